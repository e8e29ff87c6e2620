import type { Contact } from '../../src/record/contact.ts'
import type { Commit, Store } from '../../src/store/contract.ts'
import { line, person, reply, turn } from '../store/sample.ts'

/** Each person takes so many turns, one after another. */
const TURNS = 4
const CALLERS = 16
/** Whoever is refused tries the same webhook again for so long, as a provider and a caller would. */
const PATIENCE_MS = 20_000
const AGAIN_MS = 20

/** What callers were told, kept by them and not by the store. */
export interface Ledger {
  /** The last turn of each person that was acknowledged. */
  acked: Map<number, number>
  /** Turns begun, and how many of them were acknowledged in the end. */
  begun: number
  done: number
  /** Single tries that were refused, and with which words how often. */
  refused: number
  refusals: Map<string, number>
  /** A turn that could not be saved because an acknowledged one before it is not there, or an answer that differs. */
  faults: string[]
  /** Milliseconds: the longest that one try took, and the longest in which nobody was acknowledged. */
  slowest: number
  silence: number
}

export interface Load {
  ledger: Ledger
  /** Resolves when so many more turns than now are acknowledged. */
  more: (turns: number) => Promise<void>
  stop: () => Promise<Ledger>
}

export interface LoadOptions {
  callers?: number
  /** The first person; loads beside each other need people of their own. */
  from?: number
  patience?: number
  /** 64 by default: in how many partitions the people live. */
  partitions?: number
  /** Hears of every turn as it is acknowledged. */
  told?: (n: number, t: number) => void
}

const webhookOf = (n: number, t: number) => `SM${n}:${t}`
const words = (n: number, t: number) => `<Response><Say>turn ${t} of ${n}</Say></Response>`

/** The nth person's turn t, in one of sixty-four partitions. */
export function turnOf(n: number, t: number, partitions = 64): Commit {
  const contact: Contact = person(n, { turn: t, address: `+4477${n}`, call: `CA${n}` })
  contact.partition = `southwark:${String(n % partitions).padStart(2, '0')}`
  const webhook = { id: webhookOf(n, t), reply: reply(words(n, t)) }
  return turn(contact, { webhook, log: [line(t, { heard: webhook.id })] })
}

/** Callers who talk to the store until they are told to stop. */
export function startLoad(store: Store, options: LoadOptions = {}): Load {
  const { callers = CALLERS, from = 1, patience = PATIENCE_MS, partitions = 64, told } = options
  const ledger: Ledger = {
    acked: new Map(),
    begun: 0,
    done: 0,
    refused: 0,
    refusals: new Map(),
    faults: [],
    slowest: 0,
    silence: 0,
  }
  let [next, last, going] = [from, performance.now(), true]
  const acknowledged = (n: number, t: number) => {
    const now = performance.now()
    ledger.silence = Math.max(ledger.silence, now - last)
    last = now
    ledger.done += 1
    ledger.acked.set(n, t)
    told?.(n, t)
  }
  async function take(n: number, t: number): Promise<boolean> {
    const until = performance.now() + patience
    ledger.begun += 1
    do {
      const result = await attempt(store, turnOf(n, t, partitions), ledger)
      if (result === 'acknowledged') acknowledged(n, t)
      if (result !== 'refused') return result === 'acknowledged'
      ledger.refused += 1
      await pause(AGAIN_MS)
    } while (performance.now() < until)
    return false
  }
  async function call() {
    while (going) {
      const n = next++
      for (let t = 1; t <= TURNS && going; t += 1) if (!(await take(n, t))) break
    }
  }
  const all = Promise.all(Array.from({ length: callers }, call))
  return {
    ledger,
    async more(turns) {
      const wanted = ledger.done + turns
      const until = performance.now() + 2 * patience
      while (ledger.done < wanted) {
        if (performance.now() > until) throw new Error(`${turns} more turns did not go through`)
        await pause(AGAIN_MS)
      }
    },
    async stop() {
      going = false
      await all
      return ledger
    },
  }
}

/** One try of one turn. An answer that was given before must be the same bytes. */
async function attempt(
  store: Store,
  commit: Commit,
  ledger: Ledger
): Promise<'acknowledged' | 'refused' | 'overtaken'> {
  const started = performance.now()
  try {
    const answer = await store.commit(commit)
    if (answer.result === 'seen' && answer.reply.body !== commit.webhook?.reply.body)
      ledger.faults.push(`${commit.webhook?.id} was answered with other words`)
    if (answer.result !== 'overtaken') return 'acknowledged'
    ledger.faults.push(`${commit.webhook?.id} could not follow the turn before it`)
    return 'overtaken'
  } catch (error) {
    const words = String(error)
    ledger.refusals.set(words, (ledger.refusals.get(words) ?? 0) + 1)
    return 'refused'
  } finally {
    ledger.slowest = Math.max(ledger.slowest, performance.now() - started)
  }
}

const AT_ONCE = 40

/** Reads back every turn that was acknowledged: how many are not there, and how many are there twice. */
export async function audit(
  store: Store,
  acked: ReadonlyMap<number, number>
): Promise<{ lost: number; doubled: number }> {
  const found = { lost: 0, doubled: 0 }
  const people = [...acked]
  for (let at = 0; at < people.length; at += AT_ONCE)
    await Promise.all(people.slice(at, at + AT_ONCE).map((one) => auditOne(store, one, found)))
  return found
}

async function auditOne(
  store: Store,
  [n, turns]: readonly [number, number],
  found: { lost: number; doubled: number }
) {
  const { id } = person(n)
  const contact = await patiently(() => store.load(id))
  const lines = await patiently(() => store.timeline(id))
  for (let t = 1; t <= turns; t += 1) {
    const times = lines.filter(({ heard }) => heard === webhookOf(n, t)).length
    const kept = await patiently(() => store.replyTo(webhookOf(n, t)))
    if ((contact?.turn ?? 0) < t || times === 0 || kept?.body !== words(n, t)) found.lost += 1
    if (times > 1) found.doubled += 1
  }
}

/** Whether it is there is asked, not how soon it is read: a server that has just changed may be slow for a moment. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await read()
    } catch (error) {
      if (performance.now() > until) throw error
      await pause(AGAIN_MS)
    }
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
export const ms = (time: number) => Math.round(time)
