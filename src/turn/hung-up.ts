import type { Inbound } from '../channels/inbound.ts'
import type { Contact } from '../record/contact.ts'
import { follow, goOn, type Thinking, type Thought } from './think.ts'

/**
 * What a caller answered as they hung up, where the word that they had came first: it counts as if it had come in time,
 * and then they are gone. Null where there is nothing of the kind.
 */
export function answeredAsTheyLeft(
  t: Thinking,
  contact: Contact,
  inbound: Inbound
): Thought | null {
  const { conversation } = contact
  const left = conversation?.left
  const { heard } = inbound
  if (!left || heard.kind !== 'answer' || heard.turn !== left.turn) return null
  if (heard.raw.kind === 'silence') return null
  const state = { ...conversation.state, value: left.at, done: false }
  const before = { ...conversation, state, turn: left.turn }
  const answered = goOn(t, { ...contact, conversation: before }, inbound)
  const gone = answered.state.done
    ? { state: answered.state, effects: [] }
    : follow(t, answered.state, { type: 'GONE' })
  return {
    ...answered,
    state: gone.state,
    effects: [...answered.effects, ...gone.effects],
    left: true,
  }
}
