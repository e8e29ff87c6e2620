import type { Hono } from 'hono'
import { v7 } from 'uuid'
import { type AppParts, createApp } from './app.ts'
import { type Config, readConfig } from './config.ts'
import { consoleFiles } from './console/files.ts'
import { type OpenDesk, openDesk } from './desk/open.ts'
import { promising } from './desk/promising.ts'
import { openStatuses } from './desk/statuses.ts'
import { startShifts } from './door/demo.ts'
import { consoleBy, lookAgain, settle } from './door/desk.ts'
import { deskWorld } from './door/desk-world.ts'
import { faultyStore, openFaults } from './door/faults.ts'
import { healthOf, noting } from './door/health.ts'
import { ill, illDesk } from './door/ill.ts'
import { limitsBy } from './door/limits.ts'
import { addressOf, type CameWith, listen } from './door/listen.ts'
import {
  breakersTo,
  type Meeting,
  teamsBy,
  textsBy,
  translateBy,
  twilioTokens,
  wordsToTeams,
} from './door/neighbours.ts'
import { partitionBy } from './door/partition.ts'
import { proverFor } from './door/prove.ts'
import { besideStore, openSealing } from './door/sealing.ts'
import { simulatorBy } from './door/simulated.ts'
import { type DoorSpill, openSpill } from './door/spill.ts'
import { linesFor } from './door/spill-place.ts'
import { gate } from './door/together.ts'
import { type Watched, watchContent } from './door/watch.ts'
import { outboundOf, performer, reporter, type World } from './effects.ts'
import { DoorError } from './errors.ts'
import { type ServiceClock, serviceClock } from './jobs/clock.ts'
import { runOutbox } from './jobs/outbox.ts'
import { type Jobs, startJobs } from './jobs/poller.ts'
import { runTimers } from './jobs/timers.ts'
import { type Log, openLog, openMetrics } from './observe.ts'
import type { Keyring } from './security/keyring.ts'
import { simulatorKeys } from './simulator/simulator.ts'
import type { Store } from './store/contract.ts'
import { openRedis } from './store/redis.ts'
import { openSqlite } from './store/sqlite.ts'
import { alert } from './turn/alert.ts'
import { turns } from './turn.ts'

/** A door that stands open: where it listens, and how to close it. */
export interface Door {
  url: string
  config: Config
  clock: ServiceClock
  settled: () => Promise<void>
  desk: OpenDesk
  content: AppParts['content']
  /** Waits for what is under way, then closes the store. */
  close: () => Promise<void>
}

const MAX_TRIES = 8
const LOOK_AGAIN_MS = 1000
const HOUR_MS = 3_600_000
/** Longer than any call, and than any provider repeats a webhook. */
const KEEP_REPLIES_MS = 48 * HOUR_MS

/**
 * Opens the door on this machine: reads settings and content, opens the store, listens.
 * Throws DoorError 'bad-config' or 'bad-flow', naming every fault.
 */
export async function openDoor(env: Record<string, string | undefined>): Promise<Door> {
  const config = readConfig(env)
  /** What was opened, first to last; it is closed last to first. */
  const opened: (() => unknown)[] = []
  const close = async () => {
    for (const shut of opened.splice(0).reverse()) await shut()
  }
  try {
    return { ...(await openParts(config, opened)), config, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What is opened before anyone is listened to. */
async function openInside(config: Config, opened: (() => unknown)[]) {
  const log = openLog(config.LOG_LEVEL ?? (config.MODE === 'demo' ? 'warn' : 'info'))
  // First, so that a folder that may not be written is named as the store's.
  const plain = await openStore(config, log)
  opened.push(plain.close)
  const { keyring, store: embedded, close } = openSealing(plain, config, log)
  opened.push(close)
  const watched = watchContentOf(config, log)
  opened.push(watched.close)
  const clock = serviceClock()
  const faults = openFaults(clock)
  const store = config.MODE === 'demo' ? faultyStore(embedded, faults) : embedded
  const spill = openSpill(keyring, await linesFor(config))
  opened.push(spill.stop)
  return { log, keyring, watched, clock, faults, store, spill }
}

async function openParts(
  config: Config,
  opened: (() => unknown)[]
): Promise<Pick<Door, 'url' | 'clock' | 'settled' | 'desk' | 'content'>> {
  const inside = await openInside(config, opened)
  const { log, watched, clock, faults, spill } = inside
  let url = config.PUBLIC_URL
  let jobs: Jobs | undefined
  opened.push(() => jobs?.stop())
  let answer: (request: Request, came: CameWith) => Response | Promise<Response> = () =>
    new Response('opening', { status: 503 })
  const server = await listen((request, came) => answer(request, came), config)
  opened.push(server.close)
  if (config.PORT === 0 && url.endsWith(':0')) url = `http://${config.HOST}:${server.port}`
  const keys = config.MODE === 'demo' ? simulatorKeys() : undefined
  const { content } = watched
  const neighbours = breakersTo(log)
  const meeting: Meeting = { config, keys, url: () => url, content, log, neighbours }
  let desk: OpenDesk | undefined
  const staffed = (place: string) => desk?.dispatch.staffed(place) ?? false
  const plain = partsOf({ ...inside, meeting, kick: () => jobs?.kick() })
  const statuses = openStatuses(content)
  const parts = promising({ ...plain, ...statuses, staffed })
  desk = openDesk(parts, parts.store.desk, { statuses, prove: proverFor(config.PLACES_DIR) })
  const settled = async () => settle(jobs, desk)
  const taking = turns(parts)
  spill.begin(parts, taking.replaySpilled)
  const channel = teamsBy(meeting, taking.takeTurn, desk)
  const simulator = simulatorBy(meeting, { clock, faults, settled })
  const pages = consoleBy(meeting, desk, parts, consoleFiles())
  opened.push(pages.close)
  const more = { legs: desk.legs, console: pages.app }
  answer = createApp({ ...parts, ...mounted(channel?.app, simulator), ...more }, taking).fetch
  const world = worldOf(meeting, channel)
  world.desk = desk.work(illDesk(deskWorld(meeting, channel), faults))
  jobs = work(parts, ill(world, faults), clock, taking.takeTimer)
  opened.push(sweep(parts))
  opened.push(lookAgain(content, desk, LOOK_AGAIN_MS))
  return { url, clock, settled, desk, content }
}

const mounted = (teams?: Hono, simulator?: Hono): Pick<AppParts, 'teams' | 'simulator'> => ({
  ...(teams && { teams }),
  ...(simulator && { simulator }),
})

function worldOf(meeting: Meeting, channel: ReturnType<typeof teamsBy>): World {
  const sendTeams = wordsToTeams(channel)
  return {
    publicUrl: meeting.url(),
    texts: textsBy(meeting),
    guardTexts: meeting.neighbours.guard('twilio'),
    outbound: outboundOf(meeting.config),
    ...translateBy(meeting),
    ...(sendTeams && { sendTeams }),
  }
}

function watchContentOf(config: Config, log: Log): Watched {
  const { FLOWS_DIR: flows, PLACES_DIR: places, LOCALES_DIR: locales } = config
  const folders = { flows, places, locales, signedOnly: config.MODE === 'live' }
  return watchContent(folders, log, besideStore(config, 'place-files') ?? undefined)
}

const isRedis = (storeUrl: string) => storeUrl.startsWith('redis')

async function openStore({ STORE_URL: url, MODE }: Config, log: Log): Promise<Store> {
  const strict = MODE === 'live'
  const warn = (fault: string) =>
    log.warn({ part: 'store', code: 'bad-config', fault }, 'Redis could lose what people said')
  try {
    if (isRedis(url)) return await openRedis(url, { strict, warn })
    return openSqlite(url.slice('sqlite:'.length))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown fault'
    const remedy = isRedis(url)
      ? 'See that it runs, and is set up as the runbook says'
      : 'Name a file in a folder that may be written'
    // A password may stand in it.
    const named = url.replace(/\/\/[^@/]*@/, '//')
    throw new DoorError(
      'bad-config',
      `Cannot start. STORE_URL ${named} cannot be opened (${why}). ${remedy}`,
      false,
      { cause }
    )
  }
}

function partsOf(given: {
  meeting: Meeting
  watched: Watched
  store: Store
  spill: DoorSpill
  keyring: Keyring
  clock: ServiceClock
  kick: () => void
}): AppParts {
  const { watched, store, spill, keyring, clock, kick } = given
  const { config, keys, log, url, neighbours } = given.meeting
  return {
    content: watched.content,
    store,
    spill,
    now: clock.now,
    makes: {
      uuid: v7,
      random: Math.random,
      partition: partitionBy(keyring),
    },
    log,
    metrics: openMetrics(),
    committed: kick,
    publicUrl: url,
    staffToken: config.STAFF_TOKEN,
    translates: config.GOOGLE_TRANSLATE_KEY !== undefined,
    twilioTokens: keys ? [keys.twilio.authToken] : twilioTokens(config),
    together: gate(),
    deletesCopies: config.KEEP_COPIES === undefined,
    ...limitsBy(config, (c) => addressOf(config.PROXIES, c)),
    ...healthOf({
      ...{ store, sound: watched.sound, spilled: spill.waiting, now: clock.now },
      neighbours: neighbours.well,
    }),
  }
}

/** Sets the outbox and the timers going. */
function work(
  parts: AppParts,
  world: World,
  clock: ServiceClock,
  fire: ReturnType<typeof turns>['takeTimer']
): Jobs {
  const { now } = parts
  const store = noting(parts.store, parts.metrics, now)
  const fault = (error: unknown) => alert(parts, 'jobs', error)
  const perform = performer(world, parts)
  const report = reporter(parts, world.desk)
  const outbox = { store, perform, report, now, random: Math.random, maxTries: MAX_TRIES, fault }
  return startJobs({
    store,
    clock,
    every: LOOK_AGAIN_MS,
    fault,
    runOutbox: (signal) => runOutbox({ ...outbox, signal }),
    runTimers: (signal) => runTimers({ store, fire, now, fault, signal }),
  })
}

/** Drops stored replies once no webhook can come again. Real time: a moved demo clock must not drop a live call's. */
function sweep(parts: AppParts): () => void {
  const expire = () => {
    const before = new Date(Date.now() - KEEP_REPLIES_MS).toISOString()
    parts.store.expireReplies(before).catch((error: unknown) => alert(parts, 'sweep', error))
  }
  const every = setInterval(expire, HOUR_MS)
  return () => clearInterval(every)
}

async function main() {
  try {
    const door = await openDoor(process.env)
    if (door.config.MODE === 'demo') await startShifts(door.content(), door.desk)
    process.stdout.write(`${welcome(door)}\n`)
    let _closing: Promise<void> | undefined
    const stop = () => {
      _closing ??= door.close().then(() => process.exit(0))
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  } catch (error) {
    const words =
      error instanceof DoorError
        ? error.message
        : error instanceof Error
          ? error.stack
          : 'unknown fault'
    process.stderr.write(`${words}\n`)
    process.exit(1)
  }
}

function welcome({ url, config }: Door): string {
  if (config.MODE === 'live') return `The front door is open at ${url}`
  return [
    'The front door is open.',
    `  Ring it    ${url}/simulator`,
    `  Contacts   curl -H 'Authorization: Bearer ${config.STAFF_TOKEN}' ${url}/api/contacts`,
    '  This is a demo: no real calls are made. Draft content, not clinically reviewed.',
  ].join('\n')
}

if (import.meta.main) await main()
