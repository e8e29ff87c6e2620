import { understandFirst } from '../conversation/understand.ts'
import { stepHandoff } from '../handoff/handoff.ts'
import type { Contact, LogEntry } from '../record/contact.ts'
import type { OutboxRow, StoredReply } from '../store/contract.ts'
import { type Carried, carry } from './carry.ts'
import { handoffFacts, liveHandoff } from './handing.ts'
import { nothing, plainReply } from './plain.ts'
import { finish, type Trying } from './save.ts'
import { sayOf } from './says.ts'
import { deciding, promiseTimers } from './settle.ts'
import { type Thinking, vocabularyOf } from './think.ts'

/**
 * What somebody writes while a navigator writes with them: it goes to the thread in Teams, in order, and the flow stays out
 * of the way. Danger words still raise an alert. STOP ends it. Null when another turn was saved first.
 */
export async function relay(trying: Trying): Promise<StoredReply | null> {
  const { parts, t, standing, inbound, render } = trying
  const { contact } = standing
  const { now } = t.facts
  const text = wordsOf(trying)
  const heard = text === '' ? null : understandFirst(text, vocabularyOf(t))
  const left = inbound.heard.kind === 'gone' || heard?.type === 'GONE'
  const danger = heard?.type === 'DANGER' ? sayOf(t, 'danger-relayed', 'text') : ''
  const next: Contact = { ...contact, turn: contact.turn + 1, updatedAt: now }
  const gone = left ? leaves(t, next) : undefined
  const entries = [
    { kind: left ? 'gone' : 'relayed', channel: inbound.channel, ...(text && { heard: text }) },
    ...(heard?.type === 'DANGER'
      ? [{ kind: 'danger', detail: { of: heard.of }, said: danger }]
      : []),
    ...(gone?.noted ?? []),
  ].map((entry, i): LogEntry => ({ ...entry, seq: contact.entries + i + 1, at: now }))
  const said =
    text === ''
      ? []
      : [
          threadRow(next, 1, { do: 'relay', seq: contact.entries + 1, danger: danger !== '' }),
          ...(danger ? [threadRow(next, 2, { do: 'danger-words' })] : []),
        ]
  const reply = render(danger ? plainReply(contact, 'danger', danger) : nothing(contact))
  return finish(
    parts,
    {
      contact: { ...(gone?.contact ?? next), entries: contact.entries + entries.length },
      expected: contact.turn,
      webhook: { id: inbound.webhook, reply },
      log: entries,
      outbox: [...said, ...(gone?.outbox ?? [])],
      timers: gone ? [...gone.timers, ...promiseTimers(next, gone.contact)] : [],
      cleared: gone?.cleared ?? [],
    },
    reply
  )
}

/** They wrote STOP, or have gone from the chat. */
function leaves(t: Thinking, contact: Contact): Carried | undefined {
  const live = liveHandoff(contact)
  if (!live) return undefined
  const turned = stepHandoff(live, { type: 'GONE' }, handoffFacts(t.place, t.facts))
  return carry(t.place, deciding(t), contact, turned)
}

/** What was written, on its way to the thread: the words themselves stay in the log. */
const threadRow = (
  contact: Contact,
  n: number,
  body: { do: 'relay'; seq: number; danger: boolean } | { do: 'danger-words' }
): OutboxRow => ({
  ...{ id: `${contact.id}:${contact.turn}:${n}`, contact: contact.id, kind: 'thread' },
  ...{ recipient: `thread:${contact.id}`, body },
  ...{ due: contact.updatedAt, tries: 0, state: 'waiting' },
})

const wordsOf = ({ inbound: { heard } }: Trying) =>
  heard.kind === 'answer' && heard.raw.kind === 'words' ? heard.raw.text : ''
