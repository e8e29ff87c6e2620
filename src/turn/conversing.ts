import { begin } from '../conversation/step.ts'
import type { Contact } from '../record/contact.ts'
import type { Parts } from '../turn.ts'
import { writeText } from '../words/text.ts'
import { type Carried, carriedIn } from './carry.ts'
import { writing } from './outgoing.ts'
import { settle } from './settle.ts'
import { standingOf } from './standing.ts'
import { tell } from './tell.ts'
import { follow, type Thinking, type Thought } from './think.ts'

/** The conversation's own step in the same turn, where the handoff made it hear something. */
export function conversing(
  parts: Parts,
  t: Thinking,
  before: Contact,
  { contact, hears, handsBack }: Carried
) {
  const { conversation } = before
  const nothing = { contact, noted: [], outbox: [], timers: [], cleared: [] }
  if (handsBack && conversation) return asksAgain(parts, t, before, contact)
  if (!hears || !conversation || conversation.state.done) return nothing
  if (hears.type === 'NOBODY') return nothing // the caller's own next turn rings the cover
  const heard = { type: 'JOINED', ...(hears.by !== undefined && { by: hears.by }) } as const
  const { state } = conversation
  const thought: Thought = { heard, asked: state.value, ...follow(t, state, heard) }
  const { channel, call = '' } = conversation
  const reaching = { channel, conversation: call }
  const settled = settle(t, { ...standingOf(parts, before) }, reaching, thought)
  const whole: Contact = { ...settled.contact, ...carriedIn(contact) }
  const told = tell(t, whole, thought, false)
  return {
    contact: { ...whole, conversation: told.conversation },
    noted: [
      { kind: 'joined', step: state.value, detail: { by: hears.by ?? '' } },
      ...settled.noted,
    ],
    outbox: told.outbox,
    timers: settled.timers.filter(({ id }) => !id.includes(':clock:')),
    cleared: settled.cleared,
  }
}

/** A navigator gives the conversation back: the flow begins again with what is known, and its first question is written. */
function asksAgain(parts: Parts, t: Thinking, before: Contact, contact: Contact) {
  const { channel, call = '' } = before.conversation ?? { channel: before.channel }
  const thought: Thought = { heard: null, ...begin(t.release.runnable, t.facts) }
  const reaching = { channel, conversation: call }
  const settled = settle(t, standingOf(parts, { ...before, conversation: null }), reaching, thought)
  const { reach } = before.conversation ?? {}
  const whole: Contact = { ...settled.contact, ...carriedIn(contact) }
  const told = tell(t, whole, thought, true)
  const conversation = told.conversation && { ...told.conversation, ...(reach && { reach }) }
  const next = { ...whole, conversation }
  const id = `${next.id}:${next.turn}:4`
  return {
    contact: next,
    noted: [{ kind: 'handed-back', said: told.said }, ...settled.noted],
    outbox: [...writing(t, next, id, writeText(told.reply)), ...told.outbox],
    timers: settled.timers.filter(({ id }) => !id.includes(':clock:')),
    cleared: settled.cleared,
  }
}
