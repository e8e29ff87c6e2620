import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { begin, step } from '../src/conversation/step.ts'
import type { Facts } from '../src/conversation/types.ts'
import { readContent } from '../src/door/folders.ts'
import { load, median, quantile } from './load.ts'

/** `npm run bench`: every figure the README quotes, side by side in one run, as a table and as bench/results.json. */
const REPEATS = Number(process.env.BENCH_REPEATS ?? 5)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4)
const CALLERS = 64

interface Row {
  name: string
  value: number
  unit: string
  goal: number | null
  ok: boolean | null
}
const rows: Row[] = []
const row = (
  name: string,
  value: number,
  unit: string,
  goal: number | null = null,
  better: 'more' | 'less' = 'less'
) => {
  const ok = goal === null ? null : better === 'more' ? value >= goal : value <= goal
  rows.push({ name, value: Number(value.toPrecision(4)), unit, goal, ok })
  console.log(
    `${name.padEnd(66)} ${String(Number(value.toPrecision(4))).padStart(9)} ${unit.padEnd(10)} ${goal === null ? '' : `goal ${goal}`} ${ok === null ? '' : ok ? 'ok' : 'MISSED'}`
  )
}

await turns()
await memory()
firstReply()
proof()
edge()
core()
save()

/** A whole signed turn, saved and synced, beside a bare handler with the same signature check; the two take turns. */
async function turns() {
  const results: Record<string, { rate: number; cpu: number; p50: number; p99: number }[]> = {
    door: [],
    bare: [],
  }
  for (let repeat = 0; repeat < REPEATS; repeat++)
    for (const kind of repeat % 2 === 0 ? ['door', 'bare'] : ['bare', 'door'])
      results[kind]?.push(await measured(kind))
  const of = (kind: string, field: 'rate' | 'cpu' | 'p50' | 'p99') =>
    median((results[kind] ?? []).map((r) => r[field]))
  row('durable turn, SQLite synced, 64 callers', of('door', 'rate'), 'turns/s')
  row('durable turn: processor time', of('door', 'cpu'), 'µs')
  row('durable turn: p50', of('door', 'p50'), 'ms')
  row('durable turn: p99', of('door', 'p99'), 'ms')
  row('bare Hono, same signature check, nothing saved', of('bare', 'rate'), 'turns/s')
  row('bare Hono: processor time', of('bare', 'cpu'), 'µs')
  row('durable turn against bare: throughput', of('door', 'rate') / of('bare', 'rate'), 'ratio')
  row('durable turn against bare: processor time', of('door', 'cpu') / of('bare', 'cpu'), 'ratio')
}

async function measured(kind: string) {
  const server = await serving(kind)
  await load(server.port, CALLERS, 1)
  const before = await server.usage()
  const { turns, seconds, times, failed } = await load(server.port, CALLERS, SECONDS)
  const after = await server.usage()
  server.stop()
  if (failed > 0) throw new Error(`${kind}: ${failed} turns failed`)
  return {
    rate: turns / seconds,
    cpu: (after.cpu - before.cpu) / turns,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  }
}

/** Heap of the server per conversation that waits for an answer: live ones are in the store, not in memory. */
async function memory() {
  const server = await serving('door')
  await load(server.port, CALLERS, 1)
  const before = await server.usage()
  const { turns } = await load(server.port, CALLERS, SECONDS)
  const after = await server.usage()
  server.stop()
  row(
    'heap kept per live conversation',
    Math.max(0, after.heap - before.heap) / (turns / 10),
    'bytes',
    2048
  )
}

/** From starting the process to the first spoken reply. */
function firstReply() {
  const times = Array.from({ length: REPEATS }, () =>
    Number(execFileSync(process.execPath, ['bench/first-reply.ts'], { encoding: 'utf8' }))
  )
  row('start to first good reply', median(times), 'ms', 2000)
}

function proof() {
  const started = performance.now()
  execFileSync(process.execPath, ['src/cli.ts', 'flows', 'check'], { stdio: 'ignore' })
  row('whole flow proof, three places', (performance.now() - started) / 1000, 's', 20)
}

/** The Worker: what is sent to the edge, and its start to the first signed reply in workerd. */
function edge() {
  const said = execFileSync(process.execPath, ['bench/edge.ts'], { encoding: 'utf8' })
  const { gzip, start } = JSON.parse(said) as { gzip: number; start: number }
  row('Worker bundle, gzip', gzip / 1024, 'kB', 900)
  row('Worker start to first reply, over an empty one', start, 'ms', 400)
}

/** The pure core: one call of ten answers, in memory, state out and in each turn. */
function core() {
  const content = readContent({ flows: 'flows', places: 'places', locales: 'locales' })
  const release = content.releases.get('resident.v1')
  if (!release) throw new Error('resident.v1 is missing')
  const facts: Facts = {
    now: '2026-11-24T14:20:00Z',
    place: 'lewisham',
    channel: 'voice',
    cover: 'yes',
    open: ['UCR2', 'CSD', 'EMH'],
    lines: [],
    phone: 'mobile',
    repeat: false,
    resume: 'no',
    known: { area: 'unasked', codes: [] },
    settings: { headInjury: 'E999', shareUrgent: 'yes' },
  }
  const answers = [
    'no',
    'no',
    'no',
    'self',
    'fall',
    'no',
    'no',
    'no',
    'none',
    'none',
    'yes',
    'right',
  ]
  const call = () => {
    let { state } = begin(release.runnable, facts)
    for (const value of answers)
      state = step(
        release.runnable,
        JSON.parse(JSON.stringify(state)),
        { type: 'ANSWER', value },
        facts
      ).state
  }
  for (let i = 0; i < 300; i++) call()
  const times = Array.from({ length: REPEATS }, () => {
    const started = process.cpuUsage()
    for (let i = 0; i < 500; i++) call()
    const { user, system } = process.cpuUsage(started)
    return (user + system) / (500 * (answers.length + 1))
  })
  row('pure step, state through JSON each turn', median(times), 'µs')
}

function save() {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const machine = `${cpus().length} cores, ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
  writeFileSync(
    'bench/results.json',
    `${JSON.stringify({ machine, date: new Date().toISOString(), commit, rows }, null, 2)}\n`
  )
  console.log(`\n${machine}`)
  if (rows.some(({ ok }) => ok === false)) process.exitCode = 1
}

async function serving(kind: string) {
  const child: ChildProcess = spawn(process.execPath, ['--expose-gc', 'bench/serve.ts', kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', (data) => resolve(Number(String(data).trim())))
    child.once('exit', (code) => reject(new Error(`${kind} ended with ${code}`)))
  })
  const usage = async () =>
    (await (await fetch(`http://127.0.0.1:${port}/bench/usage`)).json()) as {
      cpu: number
      heap: number
    }
  return { port, usage, stop: () => child.kill('SIGTERM') }
}
