import { step } from '../conversation/step.ts'
import { DoorError } from '../errors.ts'
import type { Clock, Contact, LogEntry } from '../record/contact.ts'
import type { Commit, OutboxRow, TimerRow } from '../store/contract.ts'
import type { Parts } from '../turn.ts'
import { gather } from './facts.ts'
import { sayOf } from './says.ts'
import { entriesOf, settle } from './settle.ts'
import { tell, textRow, told } from './tell.ts'
import type { Thinking } from './think.ts'

/**
 * A wait has ended. True when it was carried out or dropped; false when another turn was saved first and it must be
 * thought again.
 */
export async function expire(parts: Parts, timer: TimerRow): Promise<boolean> {
  const contact = await parts.store.load(timer.contact)
  if (!contact || (timer.turn !== null && timer.turn !== contact.conversation?.turn)) return true
  const commit =
    timer.event.type === 'silence' ? silence(parts, contact) : due(parts, contact, timer)
  if (!commit) return true
  const { result } = await parts.store.commit(commit)
  if (result === 'saved') parts.committed()
  return result !== 'overtaken'
}

/** Nobody answered a text: a reminder, and then a person. The words go out as a text of their own. */
function silence(parts: Parts, contact: Contact): Commit | null {
  const conversation = contact.conversation
  if (!conversation || conversation.state.done || conversation.channel === 'voice') return null
  const t = thinkingOf(parts, contact, conversation.channel, conversation.lang)
  const heard = { type: 'SILENCE' as const }
  const turn = step(t.release.runnable, conversation.state, heard, t.facts)
  const thought = { heard, asked: conversation.state.value, ...turn }
  const standing = {
    loaded: loadedOf(parts, contact),
    stored: contact,
    contact,
    state: 'live' as const,
    contacts: 0,
  }
  const inbound = {
    channel: conversation.channel,
    webhook: '',
    to: '',
    from: contact.person.address,
    conversation: conversation.call ?? '',
    heard: { kind: 'answer' as const, raw: { kind: 'silence' as const } },
  }
  const settled = settle(t, standing, inbound, thought)
  const words = tell(t, settled.contact, thought, false)
  const body = [
    ...words.reply.parts.map((part) => part.words),
    words.reply.choices.map(({ key, label }) => `${key} ${label}`).join('  '),
  ]
  const text = body.filter((line) => line !== '').join('\n')
  const entries = entriesOf(
    settled.contact,
    t.facts.now,
    { kind: 'silence', step: thought.asked, said: text },
    settled.noted
  )
  const next = {
    ...settled.contact,
    entries: settled.contact.entries + entries.length,
    conversation: words.conversation,
  }
  const row = outgoing(t, next, `${next.id}:${next.turn}:1`, text)
  return {
    contact: next,
    expected: contact.turn,
    log: entries,
    outbox: [...row, ...words.outbox],
    timers: settled.timers,
    cleared: settled.cleared,
  }
}

/** A clock fell due. A running one was missed; after the 999 words it is the moment to look. */
function due(parts: Parts, contact: Contact, timer: TimerRow): Commit | null {
  const { code, name } = timer.event
  const now = parts.now()
  const is = (clock: Clock) =>
    clock.code === code &&
    clock.name === name &&
    clock.due === timer.due &&
    clock.state === 'running'
  if (!contact.clocks.some(is)) return null
  const turn = contact.turn + 1
  const checks = name === 'check'
  const state = checks ? ('met' as const) : ('missed' as const)
  const t = thinkingOf(parts, contact, contact.channel, contact.conversation?.lang ?? 'en')
  const first = checks && contact.clocks.find((clock) => clock.name === 'check')?.due === timer.due
  const text =
    first && contact.status !== 'handed-over' && !contact.person.unsafe && !contact.person.overheard
  const outbox =
    text && contact.person.phone === 'mobile'
      ? outgoing(
          t,
          { ...contact, turn },
          `${contact.id}:${turn}:1`,
          sayOf(t, 'check', 'text', told(t, contact))
        )
      : []
  // A check that could not be made by text is a person's task: it stays open until they say so.
  const after = checks && outbox.length === 0 ? ('missed' as const) : state
  const clocks = contact.clocks.map((clock) => (is(clock) ? { ...clock, state: after } : clock))
  const entry: LogEntry = {
    seq: contact.entries + 1,
    at: now,
    kind: checks ? 'check' : 'clock-missed',
    detail: { code, name, due: timer.due, state: after },
  }
  const next: Contact = {
    ...contact,
    turn,
    entries: contact.entries + 1,
    clocks,
    updatedAt: now,
    conversation: contact.conversation,
  }
  return { contact: next, expected: contact.turn, log: [entry], outbox, timers: [] }
}

/** A text to whoever can be texted; Teams people get a message in their chat. */
function outgoing(t: Thinking, contact: Contact, id: string, text: string): OutboxRow[] {
  const conversation = contact.conversation
  if (text === '') return []
  if (conversation?.channel === 'teams') {
    const body = { conversation: conversation.call ?? '', reach: conversation.reach ?? {}, text }
    return [
      {
        id,
        contact: contact.id,
        recipient: body.conversation,
        kind: 'teams',
        body,
        due: t.facts.now,
        tries: 0,
        state: 'waiting',
      },
    ]
  }
  return /^\+\d/.test(contact.person.address) ? [textRow(t, contact, id, text)] : []
}

function loadedOf(parts: Parts, contact: Contact) {
  const loaded = parts.content().places.get(contact.place)
  if (!loaded) throw new DoorError('bad-flow', `place ${contact.place} is not here`, false)
  return loaded
}

function thinkingOf(
  parts: Parts,
  contact: Contact,
  channel: Contact['channel'],
  lang: string
): Thinking {
  const content = parts.content()
  const { place } = loadedOf(parts, contact)
  const { flow, version } = contact.flow
  const release = content.releases.get(`${flow}.v${version}`)
  if (!release)
    throw new DoorError('bad-flow', `flow ${flow} version ${version} is not here`, false)
  const facts = gather({
    place,
    calendar: content.calendar,
    channel,
    now: parts.now(),
    contact,
    contacts: 0,
  })
  return { content, release, place, facts, lang }
}
