import type { Reply } from '../channels/inbound.ts'
import type { Contact, LogEntry, SlotTime } from '../record/contact.ts'
import type { StoredReply } from '../store/contract.ts'
import { plainReply, ringNext } from './plain.ts'
import { finish, type Trying } from './save.ts'
import { lostTimer } from './settle.ts'
import { asksWhen, freeTimes } from './times.ts'
import { isAsked, longestOf, QUIET_SECONDS, quietOf } from './waiting.ts'
import { bandNow, wordsOfRound, wordsOfTimes } from './waiting-words.ts'

/**
 * One more short turn of a caller who waits: words, so that it is never silent; a choice of times to be rung back at; or,
 * once nobody is asked any more, the cover's number.
 */
export async function saveWaiting(trying: Trying): Promise<StoredReply | null> {
  const { parts, standing, inbound, render } = trying
  const { contact } = standing
  const { next, reply, kind } = round(trying)
  const said = reply.parts.map(({ words }) => words).join(' ')
  const now = next.updatedAt
  const entry: LogEntry = {
    ...{ seq: next.entries, at: now, kind, channel: 'voice' },
    ...(said && { said }),
  }
  const bytes = render(reply)
  const webhook = { id: inbound.webhook, reply: bytes }
  const commit = { contact: next, expected: contact.turn, webhook, log: [entry], outbox: [] }
  return finish(parts, { ...commit, timers: [lostTimer(next, now)] }, bytes, contact)
}

type Round = { next: Contact; reply: Reply; kind: 'waiting' | 'ringing' }

function round({ parts, t, standing: { contact }, inbound: { heard } }: Trying): Round {
  const { now } = t.facts
  const key = heard.kind === 'waited' ? heard.key : undefined
  if (key === 'call-back' && asksWhen(t, contact)) {
    const times = freeTimes(t, contact)
    const next = counted(contact, now, { times })
    return { next, reply: said(next, wordsOfTimes(t, next), keysOf(times)), kind: 'waiting' }
  }
  const since = Date.parse(contact.conversation?.waiting ?? now)
  const inTime = Date.parse(now) - since < longestOf(t.place, contact)
  if (key === 'on-call' || !isAsked(t, contact) || !inTime) {
    const next = rings(counted(contact, now, {}))
    return { next, reply: ringNext(next, 0), kind: 'ringing' }
  }
  const seconds = quietOf(contact, now)
  const before = counted(contact, now, {})
  const words = wordsOfRound(t, before, { seconds, band: bandNow(parts, t, before) })
  const { conversation } = before
  const next = words.band
    ? { ...before, conversation: conversation && { ...conversation, band: words.band } }
    : before
  const keys = words.chooses ? (['call-back', 'on-call'] as const) : []
  const reply = said(next, words.said, keys, {
    seconds,
    ...(words.again && { again: words.again }),
  })
  return { next, reply, kind: 'waiting' }
}

const KEYS = ['time-1', 'time-2', 'time-3'] as const
const keysOf = (times: readonly SlotTime[]) => KEYS.slice(0, times.length)

/** Each short turn is a turn of its own, so that its answer is never taken for that of the one before. */
function counted(contact: Contact, now: string, more: { times?: readonly SlotTime[] }): Contact {
  const turn = contact.turn + 1
  const { times: _, ...conversation } = contact.conversation ?? {}
  const rounds = (contact.conversation?.rounds ?? 0) + 1
  return {
    ...{ ...contact, turn, entries: contact.entries + 1, updatedAt: now },
    conversation: contact.conversation && {
      ...(conversation as NonNullable<Contact['conversation']>),
      ...{ turn, lastAt: now, rounds },
      ...more,
    },
  }
}

/** Nobody of ours is asked any more: from here on it is a call that rings the cover. */
function rings(contact: Contact): Contact {
  if (!contact.conversation) return contact
  const { waiting: _, rounds: __, band: ___, ...conversation } = contact.conversation
  return { ...contact, conversation }
}

/** Words of one short turn, and the keys that are heard in it. */
function said(
  contact: Contact,
  words: string,
  keys: NonNullable<Reply['waiting']>['keys'],
  more: { seconds: number; again?: string } = { seconds: QUIET_SECONDS }
): Reply {
  const turn = contact.conversation?.turn ?? contact.turn
  return { ...plainReply(contact, 'waiting', words), turn, ended: null, waiting: { keys, ...more } }
}
