import { type Answer, wordsOf } from '../app/opened.ts'
import { type Asked, openWithTeams, requestsFor } from './hostile.ts'
import type { Outcome, Rig, Run } from './rig.ts'

/** Requests under way at once. */
const LANES = 16
/** Nothing here waits for a neighbour, so that what takes this long hangs. */
const HANG_MS = 5_000
const MOST_FAULTS = 5

/** Open to everyone, and nothing of anyone's is in them. */
const PUBLIC = [
  ...['GET /livez', 'GET /readyz', 'GET /metrics'],
  ...['GET /api/places', 'GET /api/openapi.json'],
]

interface Seen {
  asked: Asked
  answer: Answer
  ms: number
}

/** Sends one request after another in a few lanes; what throws or hangs is a fault. */
async function flood(
  many: number,
  next: () => Asked,
  send: (asked: Asked) => Promise<Answer>,
  saw: (seen: Seen, n: number) => string | undefined
) {
  const faults: string[] = []
  let begun = 0
  const fault = (asked: Asked, n: number, what: string) => {
    if (faults.length >= MOST_FAULTS) return
    const { path, init } = asked
    faults.push(`request ${n}, ${init.method} ${path} ${init.body?.slice(0, 300) ?? ''}: ${what}`)
  }
  async function lane() {
    while (begun < many && faults.length < MOST_FAULTS) {
      const n = begun++
      const asked = next()
      const from = performance.now()
      const hung = setTimeout(() => fault(asked, n, 'it hangs'), HANG_MS)
      try {
        const answer = await send(asked)
        const what = saw({ asked, answer, ms: performance.now() - from }, n)
        if (what !== undefined) fault(asked, n, what)
      } catch (error) {
        fault(asked, n, `it threw ${error instanceof Error ? error.stack : error}`)
      } finally {
        clearTimeout(hung)
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return { faults, sent: begun }
}

const percentile = (sorted: readonly number[], share: number) =>
  Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1))

/** G1: 200,000 bodies that were rightly signed. */
async function anything(rig: Rig): Promise<Outcome> {
  const opened = await openWithTeams(rig)
  const { app } = opened
  const { routes, ask } = requestsFor(rig, opened)
  const many = rig.of(3_000, 200_000, 1_000_000)
  const took: number[] = []
  const statuses = new Map<number, number>()
  let [rang, greeted] = [0, 0]
  const saw = ({ asked, answer, ms }: Seen, n: number) => {
    took.push(ms)
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    const ours = app.log.splice(0).find((line) => JSON.parse(line).level >= 50)
    if (ours !== undefined) return `a fault of ours: ${ours}`
    if (answer.status >= 500) return `${answer.status} ${answer.body}`
    if (answer.type.startsWith('text/xml')) wordsOf(answer)
    if (n % 1000 === 0) app.clock.now = new Date(Date.parse(app.clock.now) + 60_000).toISOString()
    if (!asked.good) return undefined
    rang += 1
    if (answer.status === 200 && answer.body.includes('<Gather')) greeted += 1
    return undefined
  }
  const send = ({ path, init }: Asked) => app.send(path, init)
  // What is read and made once, at the first request, is not what is timed.
  await app.send('/api/places', {})
  const { faults, sent } = await flood(many, () => ask('signed'), send, saw)
  took.sort((a, b) => a - b)
  const share = (status: number) => `${((100 * (statuses.get(status) ?? 0)) / sent).toFixed(0)} %`
  return {
    runs: sent,
    lost: 0,
    doubled: 0,
    success: greeted / Math.max(1, rang),
    faults: [...faults, ...(await unreadable(app)), ...tooFew(statuses, sent)],
    figures: {
      routes: routes.length,
      'answered 200': share(200),
      'p99 ms, 16 at once': percentile(took, 0.99),
      'longest ms': percentile(took, 0.999999),
    },
  }
}

/** All of it refused would prove nothing. */
function tooFew(statuses: ReadonlyMap<number, number>, sent: number): string[] {
  const least = sent / 10
  return (statuses.get(200) ?? 0) > least ? [] : [`only ${statuses.get(200)} were answered at all`]
}

/** Whatever came in, every contact can be read by staff, and no line of its log is missing. */
async function unreadable(app: Awaited<ReturnType<typeof openWithTeams>>['app']) {
  const faults: string[] = []
  for (const { ref } of await app.contacts()) {
    const { status, body } = await app.api(`contacts/${ref}`)
    const { timeline = [] } = JSON.parse(body) as { timeline?: { seq: number }[] }
    const whole = timeline.every(({ seq }, i) => seq === i + 1)
    if (status !== 200 || !whole) faults.push(`contact ${ref} cannot be read: ${status}`)
  }
  return faults.slice(0, MOST_FAULTS)
}

/** G2: the same, of which nobody signed any. */
async function unsigned(rig: Rig): Promise<Outcome> {
  const opened = await openWithTeams(rig)
  const { app, service } = opened
  const { routes, ask } = requestsFor(rig, opened)
  const many = rig.of(3_000, 200_000, 1_000_000)
  let [looks, refused] = [0, 0]
  app.faults.ill = () => {
    looks += 1
    return undefined
  }
  const open = (asked: Asked) =>
    PUBLIC.includes(`${asked.init.method} ${new URL(asked.path, 'http://x').pathname}`)
  const saw = ({ asked, answer: { status } }: Seen) => {
    app.log.length = 0
    if (status >= 500) return `${status}`
    if (open(asked)) return undefined
    if (status < 400) return `${status}: it was taken`
    refused += 1
    return looks > 0 ? 'the store was asked' : undefined
  }
  const send = ({ path, init }: Asked) => app.send(path, init)
  const cpu = process.cpuUsage()
  const { faults, sent } = await flood(many, () => ask('unsigned'), send, saw)
  const { user, system } = process.cpuUsage(cpu)
  const each = Math.round((user + system) / sent)
  const { openId, keys } = service.state.fetched
  return {
    runs: sent,
    lost: 0,
    doubled: 0,
    success: refused / sent,
    faults: [
      ...faults,
      ...(openId + keys > 0 ? [`Microsoft was asked ${openId + keys} times`] : []),
      ...(each > 1000 ? [`${each} µs of processor each`] : []),
    ],
    figures: { routes: routes.length, 'processor µs each, making it included': each },
  }
}

export const INPUTS: readonly Run[] = [
  {
    id: 'G1',
    name: 'Bodies of any shape over every route, rightly signed',
    goal: '0 crash, 0 5xx, 0 hang; every caller among them greeted',
    leastSuccess: 1,
    small: true,
    run: anything,
  },
  {
    id: 'G2',
    name: 'The same, signed by nobody',
    goal: '0 accepted; no store call and no neighbour before the refusal; ≤ 1 ms',
    // The five public addresses are a fifth of what is asked.
    leastSuccess: 0.5,
    small: true,
    run: unsigned,
  },
]
