import type { Inbound, Render, Reply } from '../../../src/channels/inbound.ts'
import type { Raw } from '../../../src/conversation/understand.ts'
import type { StoredReply } from '../../../src/store/contract.ts'
import { LEWISHAM } from '../client.ts'
import type { Moments } from './moments.ts'
import type { Process } from './process.ts'

/** What callers and providers do in one world. */
export interface Callers {
  /** Replies that were acknowledged, by webhook: the bytes of the first. */
  acked: Map<string, { inbound: Inbound; body: string }>
  /** Tries, and how many of them were acknowledged. */
  tries: { all: number; answered: number }
  /** Repeats that got other bytes than the first time. */
  other: string[]
  /** Replies that said nothing to a caller who waited. */
  silent: string[]
  /** A whole conversation by phone or by text. */
  talk: (n: number) => Promise<void>
  /** Repeats and words about texts that are under way. */
  background: Set<Promise<unknown>>
  /** Sends one webhook until it is acknowledged. */
  deliver: (inbound: Inbound) => Promise<Reply>
}

/** The reply as it was thought, so that a caller can act on it; its bytes are compared. */
const render: Render = (reply) => ({ status: 200, type: 'json', body: JSON.stringify(reply) })
const replyIn = ({ body }: StoredReply) => JSON.parse(body) as Reply

const KEYS = ['2', '2', '2', '2', '2', '2', '1', '1', '3', '4', '0', '9', '12#']
const WORDS = [
  'no',
  'yes',
  'not sure',
  'help',
  'SE6 1AT',
  'blah',
  'I have chest pain',
  'a person',
  '17 Example House',
]
const TEXTS = [...KEYS, ...WORDS, 'STOP', 'thanks', 'start again']

const MOST_TURNS = 9
/** Shares of what is sent: again at once, again later, against a rival at once. */
const TWICE = 0.12
const LATER = 0.1
const RIVAL = 0.06
const HANG_UP = 0.08

export function openCallers(given: {
  moments: Moments
  random: () => number
  process: () => Process
}): Callers {
  const { moments, random, process } = given
  const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const acked: Callers['acked'] = new Map()
  const other: string[] = []
  const silent: string[] = []
  const tries = { all: 0, answered: 0 }
  const background: Callers['background'] = new Set()
  const aside = (work: Promise<unknown>) => {
    const kept = work.catch(() => undefined).finally(() => background.delete(kept))
    background.add(kept)
  }

  async function deliver(inbound: Inbound): Promise<Reply> {
    if (random() < TWICE) aside(insist(inbound))
    const reply = await insist(inbound)
    const past = any([...acked.values()])
    if (random() < LATER && past) aside(insist(past.inbound))
    return reply
  }
  /** Until it is acknowledged: the process may die, or say that it could not save. */
  async function insist(inbound: Inbound): Promise<Reply> {
    for (;;) {
      await moments.moment()
      tries.all += 1
      const got = await process()
        .take(inbound, render)
        .catch(() => undefined)
      const reply = got && replyIn(got)
      if (got && reply && !reply.broken) {
        tries.answered += 1
        note(inbound, got.body)
        return reply
      }
    }
  }
  function note(inbound: Inbound, body: string) {
    const first = acked.get(inbound.webhook)
    if (first === undefined) acked.set(inbound.webhook, { inbound, body })
    else if (first.body !== body) other.push(inbound.webhook)
  }
  const { ring, write } = people({ random, any, deliver, aside, silent })
  return {
    acked,
    tries,
    other,
    silent,
    background,
    deliver,
    talk: (n) => (random() < 0.6 ? ring(n) : write(n)),
  }
}

interface Acting {
  random: () => number
  any: <T>(of: readonly T[]) => T
  deliver: Callers['deliver']
  aside: (work: Promise<unknown>) => void
  silent: string[]
}

function people({ random, any, deliver, aside, silent }: Acting) {
  const numberOf = (n: number) => `+4477009000${String(n).padStart(2, '0')}`
  let made = 0

  async function ring(n: number) {
    const sid = `CA${++made}`
    const base = { channel: 'voice', to: LEWISHAM, from: numberOf(n), conversation: sid } as const
    const send = (same: string, heard: Inbound['heard']) =>
      deliver({ ...base, webhook: `${sid}:${same}`, heard })
    let reply = await send('begin', { kind: 'begin' })
    for (let turns = 0; turns < MOST_TURNS; turns++) {
      if (reply.parts.length === 0 && !reply.dial) silent.push(sid)
      if (reply.dial) {
        const { tried } = reply.dial
        const heard =
          random() < 0.5
            ? ({ kind: 'joined', by: 'cover' } as const)
            : ({ kind: 'unanswered', tried, turn: reply.turn } as const)
        reply = await send(`${reply.turn}:rang:${tried}`, heard)
        // They have spoken with a person: the call may end without a word.
        if (heard.kind === 'joined') break
      } else if (!reply.listen || random() < HANG_UP) break
      else {
        // Of two answers to one question the caller hears what was said last: Twilio has one document at a time.
        const both =
          random() < RIVAL ? [answer(reply, send), answer(reply, send)] : [answer(reply, send)]
        const [first, second = first] = await Promise.all(both)
        reply = second && first && second.turn > first.turn ? second : (first as Reply)
      }
    }
    // Twilio may lose the word that a call is over.
    if (random() < 0.9) await send('over', { kind: 'gone' })
  }
  function answer(
    { turn }: Reply,
    send: (same: string, heard: Inbound['heard']) => Promise<Reply>
  ) {
    const raw = spoken()
    return send(`${turn}:${JSON.stringify(raw)}`, { kind: 'answer', turn, raw })
  }
  function spoken(): Raw {
    const at = random()
    if (at < 0.05) return { kind: 'silence' }
    if (at < 0.8) return { kind: 'keys', digits: any(KEYS) }
    return { kind: 'words', text: any(WORDS), confidence: 0.9 }
  }

  async function write(n: number) {
    const from = numberOf(n)
    const send = (text: string) => {
      const base = { channel: 'sms', to: LEWISHAM, from, webhook: `SM${++made}` } as const
      const raw = { kind: 'words', text } as const
      return deliver({
        ...base,
        conversation: `${LEWISHAM}:${from}`,
        heard: { kind: 'answer', raw },
      })
    }
    let reply = await send(any(['I fell over', 'hello', 'chest pain', 'help my mum']))
    for (let turns = 0; turns < MOST_TURNS && reply.ended === null; turns++) {
      if (random() < HANG_UP) return
      if (random() < RIVAL) aside(send(any(TEXTS)))
      reply = await send(any(TEXTS))
    }
  }
  return { ring, write }
}
