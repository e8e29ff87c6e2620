import type { Inbound } from '../channels/inbound.ts'
import { afterEnd } from '../conversation/after.ts'
import type { Heard } from '../conversation/types.ts'
import type { LogEntry } from '../record/contact.ts'
import type { StoredReply } from '../store/contract.ts'
import { copiesTimer } from './copies.ts'
import type { Standing } from './find.ts'
import { plainReply } from './plain.ts'
import { finish, type Trying } from './save.ts'
import { sayOf } from './says.ts'
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
