import { execFileSync } from 'node:child_process'
import { begin, step } from '../src/conversation/step.ts'
import { readContent } from '../src/door/folders.ts'
import { call, play } from './calls.ts'
import { engines } from './engines.ts'
import { handoff } from './handoff.ts'
import { median, posting } from './load.ts'
import { FACTS } from './ours.ts'
import { peak } from './peak.ts'
import { row, save } from './rows.ts'
import { serving } from './servers.ts'
import { sizes } from './sizes.ts'
import { stored } from './stored.ts'
import { turns } from './turns.ts'

/** `npm run bench`: every figure the README quotes, side by side in one run, as a table and as bench/results.json. */
const REPEATS = Number(process.env.BENCH_REPEATS ?? 5)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4)
const CALLERS = 64
/** Conversations that wait at once while memory is measured. */
const LIVE = 2000

/** `npm run bench -- turns memory` runs these parts alone, and keeps nothing. */
const PARTS: Readonly<Record<string, () => unknown>> = {
  turns: () => turns(REPEATS, SECONDS),
  engines: () => engines(Math.min(REPEATS, 3), SECONDS),
  core,
  memory,
  stored: () => stored(Math.min(REPEATS, 3), SECONDS),
  sizes,
  peak: () => peak(SECONDS * 15),
  handoff: () => handoff(Math.min(REPEATS, 3)),
  start: firstReply,
  proof,
  edge,
}
const asked = process.argv.slice(2)
for (const name of asked)
  if (!PARTS[name]) throw new Error(`${name} is none of ${Object.keys(PARTS).join(', ')}`)
for (const [name, part] of Object.entries(PARTS))
  if (asked.length === 0 || asked.includes(name)) await part()
save(asked.length === 0)

/** Heap of the server per conversation that waits for an answer: live ones are in the store, not in memory. */
async function memory() {
  const server = await serving({ kind: 'door' })
  const { post, close } = posting(server.port, CALLERS)
  const live = (count: number) =>
    play(
      post,
      Array.from({ length: count }, (_, n) => call(n)),
      5
    )
  // What is remembered of a call for a while is remembered of so many.
  await live(1000)
  const before = await server.heap()
  await live(LIVE)
  const after = await server.heap()
  close()
  await server.stop()
  row('heap kept per live conversation', Math.max(0, after - before) / LIVE, 'bytes', 2048)
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
    let { state } = begin(release.runnable, FACTS)
    for (const value of answers)
      state = step(
        release.runnable,
        JSON.parse(JSON.stringify(state)),
        { type: 'ANSWER', value },
        FACTS
      ).state
  }
  for (let i = 0; i < 300; i++) call()
  const times = Array.from({ length: REPEATS }, () => {
    const started = process.cpuUsage()
    for (let i = 0; i < 500; i++) call()
    const { user, system } = process.cpuUsage(started)
    return (user + system) / (500 * (answers.length + 1))
  })
  row('our pure step on the resident flow, state through JSON each turn', median(times), 'µs')
}
