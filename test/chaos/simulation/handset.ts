import type { Copy, Sent, TwilioTexts } from '../../../src/channels/twilio-rest.ts'
import type { Moments } from './moments.ts'

/** A text that a handset got. */
export interface Got {
  sid: string
  to: string
  from: string
  body: string
  outbox: string
  at: number
}

/** What Twilio says of a text: its last word is what is true. */
const FATES = [
  ['sent', 'delivered'],
  ['queued', 'sent', 'delivered'],
  ['sent', 'undelivered'],
  ['sending', 'failed'],
  [],
]

const never = new Promise<never>(() => undefined)

/** Twilio in a simulated world: it may refuse, take a text and lose the reply, or fail to list. It keeps what it took. */
export function openHandsets(given: {
  moments: Moments
  random: () => number
  /** The share of requests that go wrong. */
  ill: () => number
  /** Hears what became of a text, in any order. */
  tell: (outbox: string, sid: string, status: string) => void
}) {
  const { moments, random, ill, tell } = given
  const got: Got[] = []
  const textsOf = ({ alive }: { alive: () => boolean }): TwilioTexts => ({
    async send({ to, from, body, statusCallback }): Promise<Sent> {
      await moments.moment()
      // What a process had not yet asked when it died is never asked.
      if (!alive()) return never
      if (random() < ill()) return { retry: true }
      if (random() < ill() / 4) return { refused: 'Twilio 400 21610', code: '21610' }
      const sid = `SM${String(got.length + 1).padStart(32, '0')}`
      const outbox = new URL(statusCallback).searchParams.get('o') ?? ''
      got.push({ sid, to, from, body, outbox, at: Date.parse(moments.now()) })
      const fate = [...(FATES[Math.floor(random() * FATES.length)] ?? [])]
      for (const status of fate.sort(() => random() - 0.5)) tell(outbox, sid, status)
      await moments.moment()
      return random() < ill() ? { retry: true } : { sid }
    },
    async list({ from, to }, since) {
      await moments.moment()
      if (random() < ill()) return { retry: true }
      return got
        .filter((one) => one.from === from && one.to === to && one.at >= since)
        .reverse()
        .map(
          ({ sid, body, at }): Copy => ({
            sid,
            body,
            direction: 'outbound-api',
            status: 'sent',
            createdAt: at,
          })
        )
    },
    remove: async () => 'gone',
    removeRecording: async () => 'gone',
  })
  return { textsOf, got }
}
