import type { Later, Sent } from '../channels/twilio-rest.ts'
import type { Contact } from '../record/contact.ts'
import { type Caps, readCaps, refusedTo } from '../record/outbound.ts'
import { openBuckets } from '../security/limits.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Parts } from '../turn.ts'

/** What is sent of our own accord: to whom, and how much. */
export interface Outbound {
  caps: Caps
  /** Numbers that staff approved. */
  approved: readonly string[]
}

/** The same from the settings CAPS and APPROVED. */
export const outboundOf = ({ CAPS, APPROVED }: { CAPS: string; APPROVED: string }): Outbound => ({
  caps: readCaps(CAPS).caps,
  approved: APPROVED.split(',').filter(Boolean),
})

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS

/**
 * Whether a text may go now: null when it may. What may never go is refused, and is a person's task; what is too much for
 * its place waits. A number's texts are counted in the records, so that all instances count alike; a place's minute and
 * hour are counted by each process for itself, as a fuse.
 */
export function openCaps({ caps, approved }: Outbound, parts: Parts) {
  const minute = openBuckets({ most: caps.minute, seconds: 60 })
  const strangers = openBuckets({ most: caps.new, seconds: 3600 })
  return async function held({ contact: id, body }: OutboxRow): Promise<Sent | null> {
    const to = String(body.to)
    const contact = await parts.store.load(id)
    if (!contact) return null
    const { address: theirs } = contact.person
    const refused = refusedTo({ by: 'text', to, theirs, approved })
    if (refused !== null)
      return told(parts, { refused: `we may not text ${refused}`, code: 'not-allowed' })
    // Someone in danger is looked after by text too, however many there were.
    if (contact.level === 'emergency') return null
    const now = Date.parse(parts.now())
    const since = new Date(now - WEEK_MS).toISOString()
    const known = await parts.store.recent(contact.place, theirs, since)
    const sent = (ms: number) => sentSince(known, now - ms)
    if (sent(HOUR_MS) >= caps.hour || sent(DAY_MS) >= caps.day)
      return told(parts, { refused: 'this number was texted too often', code: 'capped' })
    const stranger = known.length <= 1
    const over = stranger ? strangers(contact.place) : 'ok'
    const full = over === 'ok' ? minute(contact.place) : over
    if (full === 'ok') return null
    return full === 'first' ? told(parts, WAIT) : WAIT
  }
}

/** Long enough for half of a minute's texts to be free again. */
const WAIT: Later = { retry: true, after: 60_000 }

function told<T extends Sent>({ log, metrics }: Parts, sent: T): T {
  metrics.refused.inc({ why: 'outbound' })
  log.warn({ part: 'texts', code: 'capped' }, 'A text may not be sent, or not now')
  return sent
}

const sentSince = (contacts: readonly Contact[], since: number) =>
  contacts.flatMap(({ texts = [] }) => texts).filter(({ at }) => Date.parse(at) > since).length
