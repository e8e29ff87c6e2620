import type { Reply } from '../channels/inbound.ts'
import type { Contact, LogEntry } from '../record/contact.ts'
import type { StoredReply } from '../store/contract.ts'
import type { SayName } from '../words/common.ts'
import { plainReply, ringNext } from './plain.ts'
import { finish, type Trying } from './save.ts'
import { sayOf } from './says.ts'
import { lostTimer } from './settle.ts'
import { told } from './tell.ts'
import type { Thinking } from './think.ts'
import { isAsked, longestOf, quietOf } from './waiting.ts'

/**
 * One more short turn of a caller who waits: words, so that it is never silent; or, once nobody is asked any more, the
 * cover's number.
 */
export async function saveWaiting(trying: Trying): Promise<StoredReply | null> {
  const { parts, t, standing, inbound, render } = trying
  const { contact } = standing
  const { now } = t.facts
  const since = Date.parse(contact.conversation?.waiting ?? now)
  const onCall = inbound.heard.kind === 'waited' && inbound.heard.key === 'on-call'
  const asked = !onCall && isAsked(contact) && Date.parse(now) - since < longestOf(contact)
  const next = waited(contact, now, asked)
  const reply = asked ? stillWaiting(t, next) : ringNext(next, 0)
  const said = reply.parts.map(({ words }) => words).join(' ')
  const kind = asked ? 'waiting' : 'ringing'
  const entry: LogEntry = {
    ...{ seq: next.entries, at: now, kind, channel: 'voice' },
    ...(said && { said }),
  }
  const bytes = render(reply)
  const webhook = { id: inbound.webhook, reply: bytes }
  const commit = { contact: next, expected: contact.turn, webhook, log: [entry], outbox: [] }
  return finish(parts, { ...commit, timers: [lostTimer(next, now)] }, bytes)
}

/** Each short turn is a turn of its own, so that its answer is never taken for that of the one before. */
function waited(contact: Contact, now: string, asked: boolean): Contact {
  const turn = contact.turn + 1
  const conversation = asked ? contact.conversation : rings(contact.conversation)
  return {
    ...{ ...contact, turn, entries: contact.entries + 1, updatedAt: now },
    conversation: conversation && { ...conversation, turn, lastAt: now },
  }
}

/** Nobody of ours is asked any more: from here on it is a call that rings the cover. */
function rings(conversation: Contact['conversation']): Contact['conversation'] {
  if (!conversation) return null
  const { waiting: _, ...rest } = conversation
  return rest
}

/** To say the keys takes most of a turn. */
const SECONDS_FOR_KEYS = 13

function stillWaiting(t: Thinking, contact: Contact): Reply {
  const { value, context } = contact.handoff ?? {}
  const taken = value === 'accepted' || value === 'connected'
  // Who may be in danger is given nothing to choose: somebody comes, or the cover is rung.
  const seconds = quietOf(contact, t.facts.now)
  // Nor is a turn that must be short filled with choices.
  const chooses = !taken && context?.priority !== 'P1' && seconds >= SECONDS_FOR_KEYS
  const say = (name: SayName) => sayOf(t, name, 'voice', told(t, contact))
  const words = [say(taken ? 'coming' : 'still-waiting'), chooses ? say('waiting-keys') : '']
  const turn = contact.conversation?.turn ?? contact.turn
  return {
    ...plainReply(contact, 'waiting', words.filter(Boolean).join(' ')),
    turn,
    ended: null,
    waiting: {
      seconds,
      keys: chooses ? ['call-back', 'on-call'] : [],
    },
  }
}
