/** What a card is made of: the part of a reply that a Teams card shows. */
export interface Shown {
  turn: number
  parts: readonly { words: string }[]
  choices: readonly { value: string; label: string; key: string }[]
}

interface TextBlock {
  type: 'TextBlock'
  text: string
  wrap: true
}
interface Submit {
  type: 'Action.Submit'
  id: string
  title: string
  data: { choice: string; turn: number }
}
interface ActionSet {
  type: 'ActionSet'
  actions: Submit[]
}

/**
 * An Adaptive Card of version 1.4, as far as we use it. It has no `lang`: the `adaptivecards` package refuses every second
 * card that has one (its pattern remembers where it stopped), so the message carries the language.
 */
export interface AdaptiveCard {
  type: 'AdaptiveCard'
  $schema: string
  version: '1.4'
  fallbackText: string
  body: (TextBlock | ActionSet)[]
  actions: Submit[]
}

// Renderers drop what is beyond their limit in one row of buttons; five is the smallest limit in use.
const ROW = 5

/**
 * A question or an ending as a card, and the same as plain text for screen readers, notifications and clients that show no
 * cards. Every button carries the turn it answers, so that one pressed late changes nothing; "a person" is always there.
 */
export function card(shown: Shown, person = 'A person'): { card: AdaptiveCard; text: string } {
  const text = plainText(shown, person)
  const rows = inRows(buttons(shown, person))
  const said = shown.parts.flatMap(({ words }) => words.split(/\n+/)).filter((w) => w.trim())
  const words = [...said, ...longLabels(shown)]
  const body: AdaptiveCard['body'] = words.map((line) => ({
    type: 'TextBlock',
    text: unmarked(line),
    wrap: true,
  }))
  const above = rows.slice(0, -1).map((actions) => ({ type: 'ActionSet' as const, actions }))
  return {
    text,
    card: {
      type: 'AdaptiveCard',
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      version: '1.4',
      fallbackText: text,
      body: [...body, ...above],
      actions: rows.at(-1) ?? [],
    },
  }
}

/** Letters of a button that every client shows whole. */
const WHOLE = 24

/** Answers too long for a button stand in the card as well, with the keys that may be typed for them. */
function longLabels({ choices }: Shown): string[] {
  if (choices.every(({ label }) => label.length <= WHOLE)) return []
  return choices.map(({ key, label }) => `${key} ${label}`)
}

function buttons({ choices, turn }: Shown, person: string): Submit[] {
  const own = choices.map(({ value, label }) => ({ value, label }))
  const all = own.some(({ value }) => value === 'person')
    ? own
    : [...own, { value: 'person', label: person }]
  return all.map(({ value, label }) => ({
    type: 'Action.Submit',
    id: value,
    title: label,
    data: { choice: value, turn },
  }))
}

function inRows(all: Submit[]): Submit[][] {
  const rows: Submit[][] = []
  for (let from = 0; from < all.length; from += ROW) rows.push(all.slice(from, from + ROW))
  return rows
}

function plainText({ parts, choices }: Shown, person: string): string {
  const lines = choices.map(({ key, label }) => `${key} ${label}`)
  const words = parts.map(({ words }) => words.trim()).filter((text) => text !== '')
  const asked = choices.some(({ value }) => value === 'person') ? [] : [`0 ${person}`]
  return [...words, ...lines, ...asked].join('\n')
}

/**
 * A line of words that markdown leaves as it is. A card's text is read as markdown, and a person's own words may be in it:
 * without this a name could become a link, and `{{DATE(…)}}` a date.
 */
export function unmarked(line: string): string {
  return (
    line
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
      .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
      .trim()
      .replace(/[\\`*_[\]~<>{}|]/g, '\\$&')
      .replace(/&(?=#?\w+;)/g, '\\&')
      .replace(/^([-+#=]|\d+(?=[.)]))/, (mark) => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`))
  )
}
