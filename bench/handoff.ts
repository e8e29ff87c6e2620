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
import type { Shift } from '../src/handoff/shift.ts'
import { runOutbox } from '../src/jobs/outbox.ts'
import { type Jobs, startJobs } from '../src/jobs/poller.ts'
import { openLog, openMetrics } from '../src/observe.ts'
import { newKeyring } from '../src/security/keyring.ts'
import { sealed } from '../src/store/sealed.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { turns } from '../src/turn.ts'
import { pages } from './handoff-pages.ts'
import { queue } from './handoff-queue.ts'
import { median, quantile } from './load.ts'
import { row } from './rows.ts'

const NAVIGATORS = 50
const WAITING = 300
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
