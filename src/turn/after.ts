import type { Inbound } from '../channels/inbound.ts'
import { afterEnd } from '../conversation/after.ts'
import type { Heard } from '../conversation/types.ts'
import type { Clock, Contact, LogEntry } from '../record/contact.ts'
import type { StoredReply } from '../store/contract.ts'
import { copiesTimer } from './copies.ts'
import { dutyPromise } from './duty.ts'
import type { Standing } from './find.ts'
import { plainReply } from './plain.ts'
import { finish, type Trying } from './save.ts'
import { sayOf } from './says.ts'
import { clockTimers } from './settle.ts'
import { type Thinking, vocabularyOf } from './think.ts'

const wordsOf = ({ heard }: Inbound) =>
  heard.kind === 'answer' && heard.raw.kind === 'words' ? heard.raw.text : ''

function meaningAfter(t: Thinking, { ended }: Standing, inbound: Inbound) {
  const words = wordsOf(inbound)
  if (!ended || words === '') return 'new'
  const checked = ended.clocks.some((clock) => clock.name === 'check' && clock.state !== 'running')
  return afterEnd(words, vocabularyOf(t), checked)
}

/** A text soon after the end that asks nothing new: "thanks", or "1" to "did you reach 999?". */
export const isThanks = (t: Thinking, standing: Standing, inbound: Inbound) =>
  meaningAfter(t, standing, inbound) === 'thanks'

/** A digit soon after we asked how it was. */
export const isFeedback = ({ ended }: Standing, inbound: Inbound): boolean =>
  ended?.feedback !== undefined &&
  ended.feedback.score === undefined &&
  /^\s*[1-5]\s*$/.test(wordsOf(inbound))

/** A "2" to "did you reach 999?" asks for a person. */
export function askedAfterEnd(
  t: Thinking,
  standing: Standing,
  inbound: Inbound
): Heard | undefined {
  const asks = meaningAfter(t, standing, inbound) === 'person'
  return asks ? { type: 'PERSON', words: wordsOf(inbound) } : undefined
}

/** Thanks are kept with the contact they belong to, and answered in a line. Null when another turn was saved first. */
export async function saveThanks({
  parts,
  t,
  standing,
  inbound,
  render,
}: Trying): Promise<StoredReply | null> {
  const contact = standing.ended
  if (!contact) return null
  const words = sayOf(t, 'after-end', 'text')
  const reply = render(plainReply(contact, 'after-end', words))
  const entries = contact.entries + 1
  const entry: LogEntry = {
    seq: entries,
    at: t.facts.now,
    kind: 'after-end',
    channel: inbound.channel,
    heard: wordsOf(inbound),
    said: words,
  }
  const next = { ...contact, turn: contact.turn + 1, entries, updatedAt: t.facts.now }
  const webhook = { id: inbound.webhook, reply }
  const timers = inbound.channel === 'sms' ? [copiesTimer(contact.id, t.facts.now)] : []
  return finish(
    parts,
    { contact: next, expected: contact.turn, webhook, log: [entry], outbox: [], timers },
    reply
  )
}

/** How it was is kept with the contact; whoever says that it was bad is rung within a working day. */
export async function saveFeedback(trying: Trying): Promise<StoredReply | null> {
  const { parts, t, standing, inbound, render } = trying
  const contact = standing.ended
  if (!contact?.feedback) return null
  const score = Number(wordsOf(inbound).trim())
  const words = sayOf(t, 'feedback-thanks', 'text')
  const reply = render(plainReply(contact, 'feedback', words))
  const kept = {
    kind: 'feedback',
    detail: { score },
    heard: wordsOf(inbound),
    said: words,
  } as const
  const scored: Contact = {
    ...{ ...contact, turn: contact.turn + 1, entries: contact.entries + 1 },
    ...{ updatedAt: t.facts.now, feedback: { ...contact.feedback, score } },
  }
  const next = score === 1 ? owesACall(t, scored) : scored
  const timers = [
    ...(inbound.channel === 'sms' ? [copiesTimer(contact.id, t.facts.now)] : []),
    ...clockTimers(contact, next),
  ]
  const log = [{ ...kept, seq: next.entries, at: t.facts.now, channel: inbound.channel }]
  const webhook = { id: inbound.webhook, reply }
  const commit = { contact: next, expected: contact.turn, webhook, log, outbox: [], timers }
  return finish(parts, commit, reply)
}

function owesACall(t: Thinking, contact: Contact): Contact {
  const { owner, due } = dutyPromise(t.place, t.content.calendar, t.facts.now, 'P4')
  const clock: Clock = { name: 'check', code: 'FEEDBACK', owner, due, state: 'running' }
  return { ...contact, clocks: [...contact.clocks, clock] }
}
