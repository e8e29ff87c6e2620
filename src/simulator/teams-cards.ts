import { createRequire } from 'node:module'
import { SimulatorProblem } from './problem.ts'
import type { Activity, TeamsMessage } from './teams.ts'

const ADAPTIVE = 'application/vnd.microsoft.card.adaptive'
/** Teams refuses a message larger than this. */
const MOST_BYTES = 28 * 1024

/** A card as a person sees it: `raw` is what to draw, the rest is what it says. */
export interface CardView {
  card: string
  title: string
  text: string
  actions: readonly { action: string; title: string }[]
  raw: unknown
}

interface CardAction {
  action: string
  title: string
  type: string
  data: Record<string, unknown>
  /** What it gathers: the inputs of its own card and of those round it. */
  inputs: readonly { id: string; value: unknown; required: boolean }[]
}

/** What a press sends, and how: an Action.Submit in a message, an Action.Execute as an invoke. */
export interface Press {
  by: 'message' | 'invoke'
  data: Record<string, unknown>
}

type Json = Record<string, unknown>

/** The cards of one message; a message may carry several. */
export function cardsOf(message: TeamsMessage): readonly CardView[] {
  const cards = (message.activity.attachments ?? []).filter((a) => a.contentType === ADAPTIVE)
  return cards.map(({ content }, index) => {
    const lines = wordsOf(content).map(unescaped)
    return {
      card: cards.length === 1 ? message.id : `${message.id}/${index}`,
      title: lines[0] ?? '',
      text: lines.slice(1).join('\n'),
      actions: actionsOf(content).map(({ action, title }) => ({ action, title })),
      raw: content,
    }
  })
}

/** What a press on a card's button sends: the button's own data and everything filled in. */
export function pressedData(card: CardView, action: string, typed: Json): Press {
  const pressed = actionsOf(card.raw).find((each) => each.action === action)
  if (!pressed) {
    const names = card.actions.map((each) => `"${each.action}" (${each.title})`).join(', ')
    throw new SimulatorProblem(
      409,
      `This card has no action "${action}". It has ${names || 'none'}.`
    )
  }
  const { title, type, data, inputs } = pressed
  if (type !== 'Action.Submit' && type !== 'Action.Execute')
    throw new SimulatorProblem(
      409,
      `"${title}" is ${type}, which does not reach the bot. Only Action.Submit and Action.Execute do here.`
    )
  const filled = { ...Object.fromEntries(inputs.map(({ id, value }) => [id, value])), ...typed }
  const missing = inputs.filter(({ id, required }) => required && !filled[id])
  if (missing.length > 0)
    throw new SimulatorProblem(
      409,
      `Fill in ${missing.map(({ id }) => id).join(', ')} first, in "data".`
    )
  return {
    by: type === 'Action.Execute' ? 'invoke' : 'message',
    data: { ...data, ...filled },
  }
}

/** Refuses what Teams would refuse or show as a grey box, by the parser that draws the cards. */
export function checkActivity(activity: Activity): string | null {
  if (JSON.stringify(activity).length > MOST_BYTES) return 'The message is larger than 28 kB.'
  for (const { contentType, content } of activity.attachments ?? []) {
    if (contentType !== ADAPTIVE)
      return `The simulator shows only Adaptive Cards, not ${contentType}.`
    const fault = cardFault(content)
    if (fault) return fault
  }
  return null
}

/** Loaded at the first card, because it is large; by require, because Node can not import its other build. */
function drawing(): typeof import('adaptivecards') {
  return createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js')
}

function cardFault(content: unknown): string | null {
  const adaptive = drawing()
  const context = new adaptive.SerializationContext(adaptive.Versions.v1_5)
  new adaptive.AdaptiveCard().parse(content, context)
  return context.eventCount === 0 ? null : `Bad card: ${context.getEventAt(0).message}`
}

/** A card's words as they are shown: a backslash before a mark only says that it is no markdown. */
const unescaped = (words: string) => words.replace(/\\([^\w\s])/g, '$1')

function wordsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(wordsOf)
  if (!isObject(node)) return []
  const { type, text, title, value, inlines, isVisible } = node
  if (isVisible === false || String(type).startsWith('Action.')) return []
  if (type === 'RichTextBlock' && Array.isArray(inlines))
    return [inlines.map((run) => (isObject(run) ? run.text : run)).join('')]
  if (type === 'TextBlock') return [String(text ?? '')]
  if (type === undefined && title !== undefined && value !== undefined)
    return [`${title}: ${value}`]
  return Object.entries(node)
    .filter(([key]) => ['body', 'items', 'columns', 'facts', 'rows', 'cells'].includes(key))
    .flatMap(([, inner]) => wordsOf(inner))
}

function actionsOf(card: unknown): readonly CardAction[] {
  return actionsIn(card, []).map((found, index) => ({
    ...found,
    action: found.action || String(index),
  }))
}

/** The buttons of a card and of the cards behind them, in the order they are drawn. */
function actionsIn(card: unknown, round: CardAction['inputs']): CardAction[] {
  const nodes = nodesOf(card)
  const own = nodes.filter(({ type }) => String(type).startsWith('Input.')).map(inputOf)
  const inputs = [...round, ...own]
  return nodes
    .filter(({ type }) => String(type).startsWith('Action.') && type !== HIDES)
    .flatMap((node) => {
      if (node.type === 'Action.ShowCard') return actionsIn(node.card, inputs)
      return [
        {
          action: String(node.id ?? ''),
          title: String(node.title ?? ''),
          type: String(node.type),
          data: isObject(node.data) ? node.data : {},
          inputs: node.associatedInputs === 'none' ? [] : inputs,
        },
      ]
    })
}

/** A button that only shows or hides a part of its card. */
const HIDES = 'Action.ToggleVisibility'

const inputOf = (node: Json) => ({
  id: String(node.id),
  value: node.value ?? (node.type === 'Input.Toggle' ? 'false' : ''),
  required: node.isRequired === true,
})

/** Every element of one card in the order it is drawn; `data` is the sender's own, and a card behind a button its own. */
function nodesOf(node: unknown): Json[] {
  if (Array.isArray(node)) return node.flatMap(nodesOf)
  if (!isObject(node)) return []
  const inner = Object.entries(node).filter(([key]) => !['data', 'card', 'fallback'].includes(key))
  return [node, ...inner.flatMap(([, value]) => nodesOf(value))]
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
