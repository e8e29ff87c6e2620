import type { Listening } from '../../src/conversation/listening.ts'
import type { Heard } from '../../src/conversation/types.ts'
import { type Raw, type Seek, understand } from '../../src/conversation/understand.ts'
import { isAsking } from '../../src/flows/schema.ts'
import { listening } from '../../src/words/listen.ts'
import { flat, words } from '../words/shipped.ts'

/** A town of two practices and one postcode. */
const PRACTICES: Readonly<Record<string, string>> = { G1: 'Elm Lodge', G2: 'Oak Tree' }
export const seek: Seek = {
  practice: (said) =>
    Object.entries(PRACTICES)
      .filter(([, name]) => said.toLowerCase().includes(name.toLowerCase().split(' ')[0] ?? ''))
      .map(([code]) => code),
  practiceKeys: (digits) => (digits === '3565' ? ['G1'] : []),
  postcode: (said) => (/se15/i.test(said) ? { value: 'SE15', area: 'here' } : null),
  postcodeKeys: (digits) => (digits === '154' ? { value: 'SE15 4', area: 'here' } : null),
  phone: (said) => (/^[\d ]{11,14}$/.test(said) ? `+44${said.replaceAll(' ', '').slice(1)}` : null),
}

/** What is heard at a real step of the resident flow. */
export function at(state: string, options: readonly string[] = []): Listening {
  const placed = flat.steps.get(state.replace(/\/(confirm|pick)$/, ''))
  if (!placed) throw new Error(`no step ${state}`)
  return listening(words, 'en', placed, state, options, (code) => PRACTICES[code] ?? code)
}

export const hear = (raw: Raw, asked: Listening): Heard => understand(raw, asked, seek)

/** What was heard, in one word: the answer, the kind of danger, or the type. */
export function short(heard: Heard): string {
  if (heard.type === 'ANSWER') return heard.value
  if (heard.type === 'FOUND') return `FOUND ${heard.values.join(' ')}`
  return heard.type === 'DANGER' ? `DANGER ${heard.of}` : heard.type
}

export const says = (asked: Listening, text: string, confidence?: number): string =>
  short(hear({ kind: 'words', text, ...(confidence !== undefined && { confidence }) }, asked))

export const presses = (asked: Listening, digits: string): string =>
  short(hear({ kind: 'keys', digits }, asked))

const asking = [...flat.steps.values()].filter(({ step }) => isAsking(step))

/** Every question of the resident flow, and the two screens that read a search back. */
export const questions: readonly (readonly [string, Listening])[] = [
  ...asking.map(({ state }) => [state, at(state)] as const),
  ['fall/where/practice/confirm', at('fall/where/practice/confirm', ['G1'])],
  ['fall/where/practice/pick', at('fall/where/practice/pick', ['G1', 'G2'])],
]

/** Every danger or risk question: where a no must be a plain one. */
export const strict = questions.filter(([, asked]) => asked.kind === 'yes-no' && asked.strict)
