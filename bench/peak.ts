import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newKeyring, writeKeyring } from '../src/security/keyring.ts'
import { sealed } from '../src/store/sealed.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { type Call, call, signed, TURNS, taken } from './calls.ts'
import { posting, quantile } from './load.ts'
import { row } from './rows.ts'
import { serving } from './servers.ts'

/** England's record week of 111: calls offered in it. */
const WEEK = 706_129
/** The share of a week's calls that its busiest hour has: assumed, see README.md. */
const PEAK_HOUR = 0.02
const TIMES = 5
const CALLS_A_SECOND = (WEEK * PEAK_HOUR * TIMES) / 3600

/** Seconds between two turns of one call: uniform around this. Real ones are longer; only how often a turn comes counts. */
const BETWEEN = 2
const RAMP = TURNS * BETWEEN * 1.5

interface Ledger {
  calls: Call[]
  /** Milliseconds from when a turn was due to its answer, those of the measured time alone. */
  times: number[]
  refused: number
}

/** The record week's busiest hour five times over, as it would come: callers do not wait for one another. */
export async function peak(seconds: number) {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-peak-'))
  const file = join(folder, 'peak.db')
  const keyring = newKeyring()
  const env = { BENCH_FILE: file, BENCH_KEYS: writeKeyring(keyring) }
  try {
    const server = await serving({ kind: 'door', env })
    const { post, close } = posting(server.port, 512)
    const before = await server.usage()
    const started = performance.now()
    const { calls, times, refused } = await ring(post, seconds)
    const spent = (await server.usage()).cpu - before.cpu
    const busy = spent / ((performance.now() - started) * 1000)
    const changed = await again(calls, post)
    close()
    await server.stop()
    const store = sealed(openSqlite(file), keyring)
    const lost = await missing(calls, store)
    await store.close()
    const name = `111's record peak hour × ${TIMES} on SQLite`
    times.sort((a, b) => a - b)
    row(`${name}: turns offered`, CALLS_A_SECOND * TURNS, 'turns/s')
    row(`${name}: turns answered in the time`, times.length / seconds, 'turns/s')
    row(`${name}: p50`, quantile(times, 0.5), 'ms')
    row(`${name}: p99`, quantile(times, 0.99), 'ms', 100)
    row(`${name}: the server's share of a core`, busy, 'cores')
    row(`${name}: turns refused`, refused, 'turns', 0)
    row(`${name}: turns lost, doubled or changed`, lost + changed, 'turns', 0)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Post = ReturnType<typeof posting>['post']

/** Calls come at random, so many a second on average, and go on at their own pace whatever became of the others. */
async function ring(post: Post, seconds: number): Promise<Ledger> {
  const ledger: Ledger = { calls: [], times: [], refused: 0 }
  const zero = performance.now()
  const clock = () => (performance.now() - zero) / 1000
  const until = (second: number) =>
    new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, (second - clock()) * 1000)))
  const end = RAMP + seconds
  async function talk(me: Call, began: number) {
    for (let due = began; due < end && !me.ended; due += BETWEEN * (0.5 + Math.random())) {
      await until(due)
      const good = await me.turn(post).catch(told)
      if (!good) ledger.refused++
      if (due >= RAMP) ledger.times.push((clock() - due) * 1000)
      if (!good) return
    }
  }
  const talks: Promise<void>[] = []
  for (let next = 0; next < end; next += -Math.log(1 - Math.random()) / CALLS_A_SECOND) {
    await until(next)
    const me = call(talks.length)
    ledger.calls.push(me)
    talks.push(talk(me, next))
  }
  await Promise.all(talks)
  return ledger
}

const told = (error: unknown) => {
  console.log(`  refused: ${error}`)
  return false
}

/** The last webhook of each call is sent once more, as a provider may: how many are answered with other words than before. */
async function again(calls: readonly Call[], post: Post): Promise<number> {
  let changed = 0
  for (const { last } of calls) {
    if (!last) continue
    const { body } = await signed(post, last.path, last.form)
    if (body !== last.body) changed++
  }
  return changed
}

/** Acknowledged turns of the ledger that the store does not hold, and those that it holds and nobody sent. */
async function missing(calls: readonly Call[], store: ReturnType<typeof sealed>): Promise<number> {
  let lost = 0
  for (const one of calls) {
    const contact = await store.byCall(one.sid)
    const lines = contact ? await store.timeline(contact.id) : []
    const heard = lines.flatMap((line) => (line.heard === undefined ? [] : [line.heard]))
    const kept = one.heard.filter((said, i) => heard[i] === said).length
    const begun = lines.some(({ kind }) => kind === 'begin') ? 1 : 0
    lost += taken(one) - begun - kept + Math.max(0, heard.length - one.heard.length)
  }
  return lost
}
