import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 } from 'uuid'
import type { TwilioCalls } from '../src/channels/twilio-calls.ts'
import { twiml } from '../src/channels/voice.ts'
import type { Content } from '../src/content.ts'
import { type OpenDesk, openDesk } from '../src/desk/open.ts'
import { promising } from '../src/desk/promising.ts'
import { readContent } from '../src/door/folders.ts'
import { gate } from '../src/door/together.ts'
import { staffActShape } from '../src/handoff/acts.ts'
import { type OnDuty, offers, type Waiting } from '../src/handoff/offers.ts'
import type { Shift } from '../src/handoff/shift.ts'
import { runOutbox } from '../src/jobs/outbox.ts'
import { type Jobs, startJobs } from '../src/jobs/poller.ts'
import { openDoor } from '../src/node.ts'
import { openLog, openMetrics } from '../src/observe.ts'
import { newKeyring } from '../src/security/keyring.ts'
import type { Desk, DeskRow } from '../src/store/desk.ts'
import { sealed } from '../src/store/sealed.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { turns } from '../src/turn.ts'
import { median, quantile } from './load.ts'
import { row } from './rows.ts'

const NAVIGATORS = 50
const WAITING = 300
const FEW = 10
const MANY = 10_000
const CONSOLES = 50
/** Between one accept and the next: more than fifty people do. */
const PACE_MS = 50
const PLACE = 'lewisham'
const NUMBER = '+442079460100'

/** What a handoff costs: accepted and connected, its queue, and the pages that show it. */
export async function handoff(repeats: number) {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-handoff-'))
  try {
    const runs: Connected[] = []
    for (let n = 0; n < repeats; n++) runs.push(await connects(join(folder, `${n}.db`)))
    const p99 = (of: (run: Connected) => number[]) =>
      quantile(
        runs.flatMap(of).sort((a, b) => a - b),
        0.99
      )
    const rate = median(runs.map((run) => run.rate))
    row(
      `handoffs through accept and connect, ${NAVIGATORS} navigators, ${WAITING} waiting`,
      rate,
      'handoffs/s'
    )
    row(
      `from accept to the REST call, ${1000 / PACE_MS} accepts a second: p99`,
      p99(({ paced }) => paced),
      'ms',
      100
    )
    row(
      'from accept to the REST call, as fast as can be: p99',
      p99(({ rest }) => rest),
      'ms'
    )
    await queue(folder, repeats)
    await pages()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Connected {
  rate: number
  /** Milliseconds from each accept to its REST call: as fast as can be, and at a pace. */
  rest: number[]
  paced: number[]
}

const sid = () => `CA${randomBytes(16).toString('hex')}`

/** Twilio that answers at once, and tells who asked when a contact's line is rung and when its caller is moved. */
function instant() {
  const heard = new Map<string, (call: string) => void>()
  const tell = (key: string, call: string) => {
    heard.get(key)?.(call)
    heard.delete(key)
  }
  const contactIn = (url: string) => new URL(url).searchParams.get('h') ?? ''
  const calls: TwilioCalls = {
    async ring({ url }) {
      const call = sid()
      tell(`ring:${contactIn(url)}`, call)
      return { sid: call }
    },
    async move(call, url) {
      tell(`move:${contactIn(url)}`, call)
      return 'done'
    },
    find: async () => [],
    end: async () => 'done',
    participants: async () => ({ conference: '', participants: [] }),
    change: async () => 'done',
    close: async () => 'done',
  }
  const once = (key: string) =>
    new Promise<string>((resolve) => {
      heard.set(key, resolve)
    })
  return { calls, once }
}

/** Lewisham with so many navigators, each with a number of their own. */
function staffed(): Content {
  const content = readContent({ flows: 'flows', places: 'places', locales: 'locales' })
  const loaded = content.places.get(PLACE)
  if (!loaded) throw new Error(`there is no ${PLACE}`)
  const staff = Array.from({ length: NAVIGATORS }, (_, n) => ({
    ...{ id: `n${n}`, name: `Navigator ${n}`, roles: ['navigator' as const], languages: ['en'] },
    ...{ entra: `00000000-0000-4000-9000-0000000a${String(n).padStart(4, '0')}`, disciplines: [] },
    number: `+4420794${String(61_000 + n).padStart(5, '0')}`,
  }))
  const place = { ...loaded.place, staff }
  return { ...content, places: new Map(content.places).set(PLACE, { ...loaded, place }) }
}

function opened(file: string, calls: TwilioCalls) {
  const content = staffed()
  let partition = 0
  let jobs: Jobs | undefined
  const now = () => new Date().toISOString()
  const parts = promising({
    ...{ content: () => content, store: sealed(openSqlite(file), newKeyring()), now },
    ...{ makes: { uuid: v7, random: Math.random, partition: () => partition++ % 64 } },
    ...{ log: openLog('error'), metrics: openMetrics(), together: gate() },
    committed: () => jobs?.kick(),
    ...{ publicUrl: () => 'http://bench.invalid', staffToken: 'bench', twilioTokens: [] },
    ready: async () => ({}),
    staffed: () => true,
  })
  const desk = openDesk(parts, parts.store.desk)
  const calling = {
    calls,
    guard: <T>(work: () => Promise<T>) => work(),
    publicUrl: 'http://bench.invalid',
  }
  const work = desk.work({ calling })
  const outbox = {
    ...{ store: parts.store, now, random: Math.random, maxTries: 8 },
    perform: async (one: Parameters<typeof work.perform>[0]) => work.perform(one) ?? { done: {} },
    report: async (...ended: Parameters<typeof work.report>) => work.report(...ended),
  }
  jobs = startJobs({
    ...{ store: parts.store, clock: { now, onChange: () => () => undefined }, every: 1_000 },
    runOutbox: (signal) => runOutbox({ ...outbox, signal }),
    runTimers: async () => undefined,
  })
  const close = async () => {
    await jobs?.stop()
    await desk.dispatch.idle()
    await parts.store.close()
  }
  return { desk, jobs, close, store: parts.store, takeTurn: turns(parts).takeTurn }
}
type Opened = ReturnType<typeof opened>

/** Everybody waits; then each navigator takes one after the other, until nobody is left. */
async function connects(file: string): Promise<Connected> {
  const { calls, once } = instant()
  const door = opened(file, calls)
  const { desk } = door
  const waiting = await Promise.all(Array.from({ length: WAITING }, (_, n) => waits(door, n)))
  const navigators = Array.from({ length: NAVIGATORS }, (_, n) => `n${n}`)
  for (const staff of navigators) await act(desk, staff, { do: 'shift', to: 'start' })
  const rest: number[] = []
  const next = waiting.values()
  // First as people do it, one here and one there; then each as fast as can be.
  const paced = await Promise.all(
    navigators.map(async (staff, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * PACE_MS))
      return connect(door, once, staff, next.next().value ?? '')
    })
  )
  const began = performance.now()
  await Promise.all(
    navigators.map(async (staff) => {
      for (const contact of next) rest.push(await connect(door, once, staff, contact))
    })
  )
  const seconds = (performance.now() - began) / 1000
  await door.close()
  return { rate: rest.length / seconds, rest, paced }
}

/** One more caller who was asked of danger and waits for somebody. The contact's id. */
async function waits({ takeTurn, store }: Opened, n: number): Promise<string> {
  const call = sid()
  const from = `+4477009${String(40_000 + n).padStart(5, '0')}`
  const common = { channel: 'voice', to: NUMBER, from, conversation: call } as const
  await takeTurn({ ...common, webhook: `${call}:begin`, heard: { kind: 'begin' } }, twiml)
  for (const [at, digits] of ['2', '2', '2', '0'].entries()) {
    const heard = { kind: 'answer', raw: { kind: 'keys', digits } } as const
    await takeTurn({ ...common, webhook: `${call}:${at}`, heard }, twiml)
  }
  const contact = await store.byCall(call)
  if (!contact?.handoff) throw new Error('a caller does not wait')
  return contact.id
}

const act = (desk: OpenDesk, staff: string, given: object) =>
  desk.act({ place: PLACE, staff, surface: 'console' }, staffActShape.parse(given))

/** Accepts, is rung, says yes, is joined by the caller, and writes it up. Milliseconds from accept to REST. */
async function connect(
  { desk, store }: Opened,
  once: (key: string) => Promise<string>,
  staff: string,
  contact: string
): Promise<number> {
  const label = `staff:${staff}`
  const [ringing, moving] = [once(`ring:${contact}`), once(`move:${contact}`)]
  const began = performance.now()
  const said = await act(desk, staff, { do: 'accept', contact })
  if (!said.ok) throw new Error(`${staff}: ${said.words}`)
  const call = await ringing
  const ms = performance.now() - began
  await desk.legs.said(contact, label, true, { call, webhook: `${call}:said:1` })
  await desk.legs.heard(contact, { type: 'LEG', label, is: 'in', call }, `${call}:in`)
  const caller = await moving
  const leg = { type: 'LEG', label: 'caller', call: caller } as const
  await desk.legs.heard(contact, { ...leg, is: 'in' }, `${caller}:in`)
  await desk.legs.heard(contact, { ...leg, is: 'left' }, `${caller}:left`)
  const up = await act(desk, staff, { do: 'wrap-up', contact, outcome: 'helped' })
  if (!up.ok) throw new Error(`${staff}: ${up.words}`)
  // Their shift hears of it by the outbox; until then they take nobody.
  for (let tries = 0; tries < 5_000; tries++) {
    const kept = await store.desk.get(PLACE, 'staff', staff)
    const { shift } = (kept?.body ?? {}) as { shift?: Shift }
    if (shift?.value === 'available') return ms
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  throw new Error(`${staff} is still busy`)
}

/** The queue's work with few and with many waiting: putting one, the head, and who is to be asked. */
async function queue(folder: string, repeats: number) {
  const [few, many] = await Promise.all(
    [FEW, MANY].map(async (count) => {
      const store = openSqlite(join(folder, `queue-${count}.db`))
      for (let n = 0; n < count; n += 100)
        await Promise.all(
          Array.from({ length: Math.min(100, count - n) }, (_, at) =>
            store.desk.put(queued(n + at))
          )
        )
      return store
    })
  )
  if (!few || !many) return
  for (const [name, work, times] of OPERATIONS) {
    const costs: [number[], number[]] = [[], []]
    for (let repeat = 0; repeat < repeats * 4; repeat++)
      for (const which of repeat % 2 === 0 ? [0, 1] : [1, 0]) {
        const store = which === 0 ? few : many
        const began = process.cpuUsage()
        for (let n = 0; n < times; n++) await work(store.desk, n)
        const { user, system } = process.cpuUsage(began)
        costs[which as 0 | 1].push((user + system) / times)
      }
    const [one, other] = costs.map(median) as [number, number]
    row(`queue of ${FEW}: ${name}`, one, 'µs')
    row(`queue of ${MANY.toLocaleString('en')}: ${name}`, other, 'µs')
    row(`queue of ${MANY.toLocaleString('en')} against ${FEW}: ${name}`, other / one, 'ratio', 1.1)
  }
  await few.close()
  await many.close()
}

const STAFF: readonly OnDuty[] = Array.from({ length: NAVIGATORS }, (_, n) => ({
  ...{
    staff: `n${n}`,
    roles: ['navigator'],
    languages: ['en'],
    disciplines: [],
    offers: [],
    later: {},
  },
  ...{
    shift: 'available' as const,
    since: '2026-11-24T08:00:00.000Z',
    phone: { own: true as const },
  },
}))
const AT = '2026-11-24T14:20:00.000Z'
/** As many of them as there are in the short queue, so that the same work is compared. */
const head = async (desk: Desk) =>
  (await desk.list(PLACE, 'queue', { limit: FEW })).map(({ body, rank }) => ({
    ...(body as unknown as Waiting),
    rank,
  }))

const OPERATIONS: readonly (readonly [
  string,
  (desk: Desk, n: number) => Promise<unknown>,
  number,
])[] = [
  ['one comes and goes', comes, 200],
  ['its head of ten', (desk) => desk.list(PLACE, 'queue', { limit: FEW }), 300],
  [
    'its head of ten, and who is to be asked',
    async (desk) => offers(await head(desk), STAFF, AT),
    200,
  ],
]

async function comes(desk: Desk, n: number) {
  const one = { ...queued(n), id: `new-${n}` }
  await desk.put(one)
  await desk.remove(one)
}

function queued(n: number): DeskRow {
  const contact = `019ab000-0000-7000-8000-${String(n).padStart(12, '0')}`
  const since = new Date(Date.parse(AT) + n * 1000).toISOString()
  const body = {
    ...{
      contact,
      ref: '07113706',
      channel: 'voice',
      value: 'waiting',
      priority: 'P3',
      level: 'soon',
    },
    ...{
      danger: 'cleared',
      wants: true,
      since,
      language: 'en',
      restricted: false,
      asked: [],
      passed: [],
    },
  }
  return {
    place: PLACE,
    kind: 'queue',
    id: contact,
    rank: `01311|${since}`,
    owner: '',
    turn: 1,
    body,
  }
}

/** From an act of staff until each of the open pages has been told, and has what is new. */
async function pages() {
  const door = await openDoor({ PORT: '0', STORE_URL: 'sqlite::memory:', LOG_LEVEL: 'error' })
  try {
    const headers = { Origin: door.url, 'Content-Type': 'application/x-www-form-urlencoded' }
    const signIn = await fetch(`${door.url}/console/sign-in/as`, {
      ...{ method: 'POST', headers, redirect: 'manual', body: `place=${PLACE}&staff=farah` },
    })
    const cookie = signIn.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const page = { headers: { Cookie: cookie } }
    let [told, began] = [[] as number[], 0]
    let all: () => void = () => undefined
    const closing = new AbortController()
    const ready: Promise<void>[] = []
    for (let n = 0; n < CONSOLES; n++) {
      const { promise, resolve } = Promise.withResolvers<void>()
      ready.push(promise)
      watch(
        await fetch(`${door.url}/console/live`, { ...page, signal: closing.signal }),
        async (event) => {
          if (event === 'here') resolve()
          if (event !== 'changed' || began === 0) return
          await (await fetch(`${door.url}/console`, page)).text()
          told.push(performance.now() - began)
          if (told.length === CONSOLES) all()
        }
      )
    }
    await Promise.all(ready)
    const times: number[] = []
    for (let round = 0; round < 12; round++) {
      // What came before has been told.
      await new Promise((resolve) => setTimeout(resolve, 700))
      const { promise, resolve } = Promise.withResolvers<void>()
      ;[told, all] = [[], resolve]
      began = performance.now()
      const to = ['start', 'break', 'available'][round === 0 ? 0 : 1 + (round % 2)]
      await act(door.desk, 'farah', { do: 'shift', to })
      await promise
      times.push(...told)
      began = 0
    }
    closing.abort()
    const sorted = times.sort((a, b) => a - b)
    row(`a change shown on ${CONSOLES} open pages: median`, quantile(sorted, 0.5), 'ms', 500)
    row(`a change shown on ${CONSOLES} open pages: p99`, quantile(sorted, 0.99), 'ms')
  } finally {
    await door.close()
  }
}

/** Reads a stream of events until it ends. */
async function watch(answer: Response, heard: (event: string) => unknown): Promise<void> {
  const decoder = new TextDecoder()
  try {
    for await (const chunk of answer.body ?? [])
      for (const [, event = ''] of decoder.decode(chunk as Uint8Array).matchAll(/^event: (\w+)$/gm))
        void heard(event)
  } catch {
    // Closed by us.
  }
}
