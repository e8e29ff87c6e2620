import type { StaffAct } from '../handoff/acts.ts'
import { unmarked } from './card.ts'

/** Pieces of the cards staff see: Adaptive Cards 1.4, as far as they use it. */
export type Element = TextBlock | Container | FactSet | ActionSet | Input
export type Action = Execute | OpenUrl | ShowCard | Toggle

type Colour = 'attention' | 'warning' | 'good' | 'accent'
interface TextBlock {
  type: 'TextBlock'
  text: string
  wrap: true
  size?: 'small' | 'medium' | 'large'
  weight?: 'bolder'
  color?: Colour
  isSubtle?: true
  spacing?: 'none' | 'small' | 'medium'
  separator?: true
}
interface Container {
  type: 'Container'
  id?: string
  style?: 'emphasis' | Colour
  bleed?: true
  isVisible?: false
  spacing?: 'small' | 'medium'
  items: readonly Element[]
}
interface FactSet {
  type: 'FactSet'
  facts: readonly { title: string; value: string }[]
}
interface ActionSet {
  type: 'ActionSet'
  actions: readonly Action[]
}
interface Choice {
  title: string
  value: string
}
export interface Input {
  type: 'Input.Text' | 'Input.ChoiceSet'
  /** `<what is done>.<field>`: where it belongs in the act of the button that is pressed. */
  id: string
  label: string
  isRequired?: true
  errorMessage?: string
  value?: string
  placeholder?: string
  maxLength?: number
  isMultiline?: true
  style?: 'tel' | 'compact' | 'expanded'
  isMultiSelect?: true
  wrap?: true
  choices?: readonly Choice[]
}
interface Execute {
  type: 'Action.Execute'
  id: string
  title: string
  verb: 'staff'
  data: Pressed
  style?: 'positive' | 'destructive'
  associatedInputs?: 'none'
}
interface OpenUrl {
  type: 'Action.OpenUrl'
  id: 'open'
  title: string
  url: string
}
interface ShowCard {
  type: 'Action.ShowCard'
  id: string
  title: string
  card: { type: 'AdaptiveCard'; body: readonly Element[]; actions: readonly Action[] }
}
interface Toggle {
  type: 'Action.ToggleVisibility'
  id: string
  title: string
  targetElements: readonly string[]
}

/** What a button sends. Inputs add what is missing of the act; who pressed is never in it. */
export interface Pressed {
  act: Begun
  /** `<contact>:<turn>` of what the card shows; for cards of a shift `shift:<staff>`. */
  card: string
}
/** An act whose other fields the person fills in. */
export interface Begun {
  do: StaffAct['do']
  [field: string]: unknown
}

/** A card for staff, and the line that notifications and clients without cards show. */
export interface StaffCard {
  card: StaffCardJson
  text: string
}
export interface StaffCardJson {
  type: 'AdaptiveCard'
  $schema: string
  version: '1.4'
  fallbackText: string
  body: readonly Element[]
  actions: readonly Action[]
}

// Microsoft's renderers draw no more than this in one row of buttons.
const ROW = 5

/** A whole card. `text` must say nothing that is not on a lock screen: it is shown there. */
export function staffCard(
  text: string,
  body: readonly Element[],
  actions: readonly Action[] = []
): StaffCard {
  if (actions.length > ROW) throw new RangeError(`A card has at most ${ROW} buttons in a row`)
  return {
    text,
    card: {
      type: 'AdaptiveCard',
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      version: '1.4',
      fallbackText: unmarked(text),
      body,
      actions,
    },
  }
}

type Look = Partial<Omit<TextBlock, 'type' | 'text' | 'wrap'>>

/** Words, as they are: no markdown in them is followed. */
export const line = (text: string, look: Look = {}): TextBlock => ({
  type: 'TextBlock',
  text: unmarked(text),
  wrap: true,
  ...look,
})

export const title = (text: string): TextBlock => line(text, { size: 'large', weight: 'bolder' })

const MOST_OF_A_FACT = 120

/** Facts side by side; one without a value is left out. */
export function facts(given: Readonly<Record<string, string | undefined>>): FactSet {
  const known = Object.entries(given).filter((fact): fact is [string, string] => Boolean(fact[1]))
  return {
    type: 'FactSet',
    facts: known.map(([name, value]) => ({
      title: unmarked(name),
      value: unmarked(cut(value, MOST_OF_A_FACT)),
    })),
  }
}

/** A block with a colour of its own, from edge to edge. */
export const block = (
  style: Container['style'] & string,
  items: readonly Element[]
): Container => ({
  type: 'Container',
  style,
  bleed: true,
  items,
})

export const row = (...actions: readonly Action[]): ActionSet => ({ type: 'ActionSet', actions })

/** What somebody said, between quotation marks. */
export const quoted = (words: string, most: number): TextBlock => line(`“${cut(words, most)}”`)

/** A button that does something at once. */
export function press(
  title: string,
  id: string,
  data: Pressed,
  more: Partial<Pick<Execute, 'style' | 'associatedInputs'>> = {}
): Execute {
  return { type: 'Action.Execute', id, title: plain(title), verb: 'staff', data, ...more }
}

/** A button that opens a few lines to fill in. */
export const ask = (
  title: string,
  id: string,
  body: readonly Element[],
  ...actions: readonly Action[]
): ShowCard => ({
  type: 'Action.ShowCard',
  id,
  title: plain(title),
  card: { type: 'AdaptiveCard', body, actions },
})

export const open = (title: string, url: string): OpenUrl => ({
  type: 'Action.OpenUrl',
  id: 'open',
  title: plain(title),
  url,
})

/** A button that shows what is hidden. */
export const more = (title: string, ...targetElements: string[]): Toggle => ({
  type: 'Action.ToggleVisibility',
  id: `show-${targetElements[0] ?? ''}`,
  title,
  targetElements,
})

/** Letters that any line somebody types here may have. */
export const MOST_TYPED = 500

export function textInput(id: string, label: string, given: Partial<Input> = {}): Input {
  return { type: 'Input.Text', id, label, maxLength: MOST_TYPED, ...given }
}

export function choiceInput(
  id: string,
  label: string,
  choices: Readonly<Record<string, string>>,
  given: Partial<Input> = {}
): Input {
  return {
    type: 'Input.ChoiceSet',
    id,
    label,
    style: 'compact',
    wrap: true,
    choices: Object.entries(choices).map(([value, title]) => ({ value, title: plain(title) })),
    ...given,
  }
}

/** Words where no markdown is read, such as on a button: without line ends and other controls. */
export const plain = (words: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
  words.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()

/** The first letters of what is too long. */
export function cut(words: string, most: number): string {
  const letters = [...words.trim()]
  return letters.length <= most ? letters.join('') : `${letters.slice(0, most - 1).join('')}…`
}
