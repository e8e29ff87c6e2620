import { compareWords, contactsOf, type Note, type Seen } from './audit.ts'
import { type Client, type Had, isBroken, type Turn } from './client.ts'
import type { ChildDoor } from './door.ts'
import type { House } from './house.ts'
import { PEOPLE } from './people.ts'
import { pause } from './redis-load.ts'

/** What a caller may wait at most, whatever is ill. */
export const MOST_MS = 3_000
/** Between two troubles, so that callers are served in between. */
export const BETWEEN_MS = 1_500
const CALLERS = 8
/** Safe words are said at once; nobody rings again in that moment. */
const BETWEEN_CALLS_MS = 400

/** Callers of every kind, one after another, while the work goes on. */
export async function whileRinging({ client }: House, work: () => Promise<void>): Promise<void> {
  let [going, next] = [true, 0]
  const caller = async () => {
    while (going) {
      await client.talk(PEOPLE[next++ % PEOPLE.length]!)
      await pause(BETWEEN_CALLS_MS)
    }
  }
  const all = Promise.all(Array.from({ length: CALLERS }, caller))
  try {
    await pause(BETWEEN_MS)
    await work()
    await pause(BETWEEN_MS)
  } finally {
    going = false
    await all
  }
}

/** What became of those who rang while the store was away, and of those who rang before and after. */
export interface OutageFound {
  lost: number
  doubled: number
  faults: string[]
  /** Turns answered in words of the flow, and turns answered with the safe words. */
  served: number
  told: number
}

/**
 * Compares what callers were told with what is there, once everything spilled is in the store. Whoever was answered, with
 * words of the flow or with the safe words, has one contact; each reply of the flow is in its log; each turn that heard
 * the safe words is there as such, once.
 */
export async function auditOutage({ door, client }: Pick<House, 'door' | 'client'>) {
  const seen = Map.groupBy(await contactsOf(door), ({ person }) => person.address ?? '')
  const found: OutageFound = { lost: 0, doubled: 0, faults: [], served: 0, told: 0 }
  const note: Note = (what, by, words) => {
    if (by <= 0) return
    found[what] += by
    if (found.faults.length < 6) found.faults.push(`${what}: ${words}`)
  }
  for (const had of client.had) auditOne(had, seen.get(had.from) ?? [], client, found, note)
  return found
}

/** What a person pressed, said or wrote; not that the line rang on, or that it ended. */
const isTurn = ({ form, status }: Turn) => !status && form.DialCallStatus === undefined

function auditOne(
  { from, turns }: Had,
  own: readonly Seen[],
  { unanswered }: Client,
  found: OutageFound,
  note: Note
) {
  const taken = turns.filter(isTurn)
  const told = taken.filter(({ reply }) => isBroken(reply.body))
  const served = taken.filter((turn) => !told.includes(turn))
  const open = unanswered.filter((one) => one.from === from).length
  found.served += served.length
  found.told += told.length
  if (taken.length === 0) return
  note('lost', own.length === 0 ? taken.length : 0, `${from} was answered, and has no contact`)
  note('doubled', own.length - 1, `${from} has ${own.length} contacts`)
  if (own.length === 0) return
  const lines = own.flatMap(({ timeline }) => timeline)
  const spilled = lines.filter(({ kind }) => kind === 'spilled')
  const said = `${told.length} turns of ${from} heard the safe words, ${spilled.length} are kept`
  note('lost', told.length - spilled.length, said)
  note('doubled', spilled.length - told.length - open, said)
  const heard = lines.filter(({ channel, kind }) => channel !== undefined && !BESIDE.has(kind))
  compareWords({ from }, served, heard, note)
  // A turn may have been saved though its caller heard the safe words: the answer came too late.
  const most = served.length + told.length + open
  note('doubled', heard.length - most, `${from} sent ${most} turns, ${heard.length} are kept`)
}

/** Lines of a log that no key and no word of the person made. */
const BESIDE = new Set(['gone', 'spilled', 'joined'])

/** The longest that anybody waited for an answer, whichever it was. */
export const longestWait = ({ turns, unanswered }: Client) =>
  Math.max(0, ...turns.map(({ ms }) => ms), ...(unanswered.length > 0 ? [Infinity] : []))

/** Webhooks that were not answered at their first try. */
export const triedAgain = ({ turns, unanswered }: Client) =>
  turns.filter(({ tries }) => tries > 1).length + unanswered.length

/** Milliseconds from then until somebody was answered in words of the flow. */
export async function servedAgain({ turns }: Client, since: number, ms = 20_000): Promise<number> {
  const end = performance.now() + ms
  while (performance.now() < end) {
    const first = turns.find(
      (turn) => turn.at >= since && isTurn(turn) && !isBroken(turn.reply.body)
    )
    if (first) return first.at - since
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return Infinity
}

/** What the door says of its parts, whatever the status. */
export async function readyOf({ port }: ChildDoor): Promise<Record<string, unknown>> {
  const signal = AbortSignal.timeout(5_000)
  return (await fetch(`http://127.0.0.1:${port}/readyz`, { signal })).json() as Promise<
    Record<string, unknown>
  >
}

/** Waits until nothing spilled waits any more. */
export async function replayed({ port }: ChildDoor, ms = 60_000): Promise<number> {
  const started = performance.now()
  while (performance.now() - started < ms) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    if (/^door_spill_waiting(\{[^}]*\})? 0$/m.test(text)) return performance.now() - started
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`after ${ms} ms something spilled still waits`)
}
