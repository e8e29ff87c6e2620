import type { Heard } from '../conversation/types.ts'
import { understandFirst } from '../conversation/understand.ts'
import { stepHandoff } from '../handoff/handoff.ts'
import type { HandoffHeard } from '../handoff/types.ts'
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
 * What somebody writes while a navigator writes with them, or is looked for: it goes to the thread in Teams, in order, and the
 * flow stays out of the way. Danger words still raise an alert. STOP ends it. Null when another turn was saved first.
 */
export async function relay(trying: Trying): Promise<StoredReply | null> {
  const { parts, t, standing, inbound, render } = trying
  const { contact } = standing
  const text = wordsOf(trying)
  const heard = text === '' ? null : understandFirst(text, vocabularyOf(t))
  const left = inbound.heard.kind === 'gone' || heard?.type === 'GONE'
  const told = left ? '' : tells(t, contact, text, heard)
  const danger = heard?.type === 'DANGER'
  const next: Contact = { ...contact, turn: contact.turn + 1, updatedAt: t.facts.now }
  const turned = left
    ? step(t, next, { type: 'GONE' })
    : danger
      ? raised(t, next, heard)
      : undefined
  const comes = liveHandoff(contact)?.context.by === null
  const entries = [
    {
      ...{ kind: left ? 'gone' : 'relayed', channel: inbound.channel },
      ...(text && { heard: text }),
      ...(comes && !left && { detail: WAITS }),
      ...(told && !danger && { said: told }),
    },
    ...(danger ? [{ kind: 'danger', detail: { of: heard.of }, said: told }] : []),
    ...(turned?.noted ?? []),
  ].map((entry, i): LogEntry => ({ ...entry, seq: contact.entries + i + 1, at: t.facts.now }))
  const said = text === '' || comes ? [] : threadRows(next, contact.entries + 1, danger)
  const reply = render(told ? plainReply(contact, 'relayed', told) : nothing(contact))
  const saved = { ...(turned?.contact ?? next), entries: contact.entries + entries.length }
  return finish(
    parts,
    {
      ...{ contact: saved, expected: contact.turn, log: entries },
      webhook: { id: inbound.webhook, reply },
      outbox: [...said, ...(turned?.outbox ?? [])],
      timers: turned ? [...turned.timers, ...promiseTimers(next, turned.contact)] : [],
      cleared: turned?.cleared ?? [],
    },
    reply
  )
}

/** A line of the log that nobody was there to read: whoever comes is shown it first. */
const WAITS = { waits: true } as const

/** What they are told at once: what to do in danger; and that it was kept, where nobody is there to answer. */
function tells(t: Thinking, contact: Contact, text: string, heard: Heard | null): string {
  const here = liveHandoff(contact)?.value === 'connected'
  if (heard?.type === 'DANGER') return sayOf(t, here ? 'danger-relayed' : 'danger-added', 'text')
  return here || text === '' ? '' : sayOf(t, 'after-end', 'text')
}

/** Danger that is written is asked about anew, also of whoever comes after the one who reads it now. */
function raised(t: Thinking, contact: Contact, heard: Heard & { type: 'DANGER' }) {
  const { level, danger = 'not-asked', wants = true } = liveHandoff(contact)?.context ?? {}
  return step(t, contact, {
    ...{ type: 'CHANGED', priority: 'P1', level: level ?? contact.level, wants, of: heard.of },
    danger: danger === 'yes' ? 'yes' : 'not-sure',
  })
}

/** They wrote STOP, have gone from the chat, or are in danger: told to the handoff in the same turn. */
function step(t: Thinking, contact: Contact, heard: HandoffHeard): Carried | undefined {
  const live = liveHandoff(contact)
  if (!live) return undefined
  const turned = stepHandoff(live, heard, handoffFacts(t.place, t.facts))
  return carry(t.place, deciding(t), contact, turned)
}

const threadRows = (contact: Contact, seq: number, danger: boolean): OutboxRow[] => [
  threadRow(contact, 1, { do: 'relay', seq, danger }),
  ...(danger ? [threadRow(contact, 2, { do: 'danger-words' })] : []),
]

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
