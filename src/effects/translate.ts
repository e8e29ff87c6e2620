import { type Guard, SHUT_MS } from '../channels/breaker.ts'
import type { Translate, Translated } from '../channels/translate.ts'
import { DoorError } from '../errors.ts'
import type { OutboxResult, Tried } from '../jobs/outbox.ts'
import type { OutboxRow } from '../store/contract.ts'
import { alert } from '../turn/alert.ts'
import type { Parts } from '../turn.ts'
import { note } from './note.ts'

/** How words are put into English; absent where Translate is not connected. */
export interface Translating {
  translate?: Translate
  guardTranslate?: Guard
}

/** Asks for the English of one row's words. */
export async function translateRow(
  { translate, guardTranslate = (work) => work() }: Translating,
  parts: Parts,
  { body }: OutboxRow
): Promise<Tried> {
  if (!translate) return { refused: { why: 'Translate is not connected' } }
  const shut = (): Translated => ({ retry: true, after: SHUT_MS })
  const answer = await guardTranslate(() => translate(String(body.text))).catch(shut)
  if ('english' in answer) return { done: { english: answer.english, from: answer.from } }
  if ('refused' in answer) return { refused: { why: answer.refused } }
  const { ours, ...later } = answer
  if (ours) alert(parts, 'translate', new DoorError('neighbour-refused', ours, true))
  return later
}

/**
 * Writes the English beside the words, marked as a machine's; where there is none for good, that is what is written. The
 * words themselves stay as they are. What was English all along needs no line.
 */
export async function noteTranslated(
  parts: Parts,
  { id, contact, body }: OutboxRow,
  result: OutboxResult
): Promise<void> {
  const done = 'done' in result ? result.done : undefined
  if (done?.from === 'en') return
  const { of } = body
  const entry = done
    ? { kind: 'translated', detail: { of, english: done.english, from: done.from, by: 'machine' } }
    : { kind: 'not-translated', detail: { of, ...('parked' in result && result.parked) } }
  await note(parts, { contact, same: `done:${id}`, entry, task: false })
}
