import type { Guard } from '../channels/breaker.ts'
import type { Copy, Sent, TwilioTexts } from '../channels/twilio-rest.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Parts } from '../turn.ts'

/** Where a text is sent, and where Twilio tells us of its fate. */
export interface Texting {
  texts: TwilioTexts
  publicUrl: string
  /** Round what is asked of Twilio. */
  guardTexts?: Guard
}

/** Our clock and Twilio's differ by less. */
const CLOCKS_DIFFER_MS = 5 * 60_000

/**
 * Sends texts, a row at a time. Twilio knows no key by which the same text sent twice is one, so where an earlier try may
 * have reached it the text is looked for first: see docs/decisions/011. While it cannot be looked for it is not sent.
 * `held` says what may not be sent, or not now.
 */
export function textSender(
  { texts, publicUrl, guardTexts = (work) => work() }: Texting,
  store: Pick<Parts['store'], 'load' | 'recent'>,
  held: (row: OutboxRow) => Promise<Sent | null>
) {
  return async function sendText(row: OutboxRow): Promise<Sent> {
    const [to, from, body] = [String(row.body.to), String(row.body.from), String(row.body.body)]
    const look = () => lookFor(texts, store, row, { to, from, body })
    const earlier = row.tries > 1 ? await guardTexts(look) : null
    const settled = earlier ?? (await held(row))
    if (settled) return settled
    const statusCallback = `${publicUrl}/twilio/status?o=${encodeURIComponent(row.id)}`
    return guardTexts(() => texts.send({ to, from, body, statusCallback }))
  }
}

/** The text that an earlier try left at Twilio: null when there is none. */
async function lookFor(
  texts: TwilioTexts,
  store: Pick<Parts['store'], 'load' | 'recent'>,
  row: OutboxRow,
  { to, from, body }: { to: string; from: string; body: string }
): Promise<Sent | null> {
  const contact = await store.load(row.contact)
  // Twilio told of it by the row's own id before it could tell us its own.
  const told = contact?.texts?.find(({ id }) => id === row.id)
  if (told) return { sid: told.sid }
  const since = Date.parse(row.due) - CLOCKS_DIFFER_MS
  const found = await texts.list({ to, from }, since)
  if ('retry' in found) return found
  const others = contact
    ? await store.recent(contact.place, contact.person.address, new Date(since).toISOString())
    : []
  const taken = new Set(others.flatMap(({ texts: own = [] }) => own.map(({ sid }) => sid)))
  const left = found.filter(
    (copy) => copy.direction === 'outbound-api' && same(copy, body) && !taken.has(copy.sid)
  )
  // Newest first; rows to one recipient are sent in order, so the oldest that is nobody else's is ours.
  const ours = left.at(-1)
  return ours ? { sid: ours.sid } : null
}

/** Twilio keeps the words as they are, but for the space round them. */
const same = ({ body }: Copy, sent: string) => body.trim() === sent.trim()
