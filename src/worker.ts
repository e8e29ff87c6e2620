import { DurableObject } from 'cloudflare:workers'
import packed from 'front-door-content'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { v7 } from 'uuid'
import { type AppParts, createApp } from './app.ts'
import { type Config, readConfig } from './config.ts'
import type { Content } from './content.ts'
import { noting } from './door/health.ts'
import { limitsBy } from './door/limits.ts'
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
import { openSpill } from './door/spill.ts'
import { armed, openAlarm } from './edge/alarm.ts'
import { homeAnchors } from './edge/anchors.ts'
import { type DeskAsked, desksOf, tellDesk, withDesks } from './edge/desks.ts'
import { type Asked, finder, homesOf, homeWith, partitionsOf } from './edge/homes.ts'
import { inTime, isShared, openKeeping } from './edge/keeping.ts'
import { unpackContent } from './edge/packed.ts'
import { type Bindings, type ObjectState, settingsIn } from './edge/runtime.ts'
import { DRAIN_AGAIN_MS, storedLines } from './edge/spilled.ts'
import { asker, sharedStore, spreadStore, tell } from './edge/spread.ts'
import { sweeper } from './edge/sweep.ts'
import type { Told } from './edge/told.ts'
import { edgeLog, edgeMetrics, summed } from './edge/watch.ts'
import { outboundOf, performer, reporter, type World } from './effects.ts'
import { DoorError } from './errors.ts'
import { runOutbox } from './jobs/outbox.ts'
import { type Jobs, startJobs } from './jobs/poller.ts'
import { runTimers } from './jobs/timers.ts'
import type { Log } from './observe.ts'
import { type Keyring, readKeyring } from './security/keyring.ts'
import type { Anchor } from './store/anchor.ts'
import type { Store } from './store/contract.ts'
import { sealed } from './store/sealed.ts'
import { alert } from './turn/alert.ts'
import { turns } from './turn.ts'

/** Twilio waits 15 seconds; whoever is not answered in these hears the safe words. */
const DEADLINE_MS = 8000
const MOST_BYTES = 64 * 1024
const MAX_TRIES = 8
/** While a home is awake it looks again this often, though nothing was announced to it. */
const LOOK_AGAIN_MS = 5_000
/** How long an alarm waits for what it set going: longer than any neighbour is waited for. */
const ALARM_MS = 30_000

/** What holds for every request of an isolate: no connection is among it, because none outlives its request. */
interface Standing {
  config: Config
  content: Content
  keyring: Keyring
}
let _standing: Standing | undefined
function standing(env: Bindings): Standing {
  if (_standing) return _standing
  const config = readConfig(settingsIn(env))
  const keyring = keyringIn(config)
  _standing = { config, content: unpackContent(packed, config.MODE === 'live'), keyring }
  return _standing
}

/** A Worker has no folder to make a keyring in, and none to read one from. */
function keyringIn({ DATA_KEYS }: Config): Keyring {
  if (DATA_KEYS && !DATA_KEYS.startsWith('file:')) return readKeyring(DATA_KEYS)
  const remedy =
    'Make one with: npm run cli -- keys new, and give it with: wrangler secret put DATA_KEYS'
  throw new DoorError('bad-config', `DATA_KEYS must hold the keyring itself. ${remedy}`, false)
}

function common({ config, content, keyring }: Standing) {
  return {
    content: () => content,
    now: () => new Date().toISOString(),
    makes: { uuid: v7, random: Math.random, partition: partitionBy(keyring) },
    log: edgeLog(config.LOG_LEVEL ?? (config.MODE === 'demo' ? 'warn' : 'info')),
    publicUrl: () => config.PUBLIC_URL,
    staffToken: config.STAFF_TOKEN,
    translates: config.GOOGLE_TRANSLATE_KEY !== undefined,
    twilioTokens: twilioTokens(config),
    deletesCopies: config.KEEP_COPIES === undefined,
    // What Cloudflare writes there itself.
    ...limitsBy(config, (c) => c.req.header('CF-Connecting-IP') ?? ''),
  }
}

/**
 * One place's group of partitions: it runs their turns, and keeps their contacts, outbox and timers, in its own storage or
 * in Redis. Its alarm is set before each turn is saved, so that what was promised is done though nobody rings again.
 */
export class Home extends DurableObject<Bindings> {
  #inside: ReturnType<typeof openHome> | undefined

  protected get inside() {
    this.#inside ??= openHome(this.ctx, this.env)
    return this.#inside
  }
  /** A webhook that the Worker found to be signed; it is verified again, by the same app. */
  fetch(request: Request) {
    return this.inside.app.fetch(request)
  }
  alarm() {
    return this.inside.rung()
  }
  ask(asked: Asked): Promise<Told> {
    return tell(this.inside.store, asked)
  }
  /** Asked of the home that keeps a place's desk. */
  desk(asked: DeskAsked): Promise<Told> {
    return tellDesk(this.inside.desk, asked)
  }
  figures() {
    return this.inside.figures()
  }
}

/** A home's store, sealed, with its alarm and the anchors of its log. */
function openKept({ id, storage }: ObjectState, stands: Standing, log: Log, fault: Faulty) {
  const { config, keyring } = stands
  const warn = (words: string) =>
    log.warn({ part: 'store', code: 'bad-config', fault: words }, 'Redis could lose words')
  const strict = config.MODE === 'live'
  const keeping = { storeUrl: config.STORE_URL, storage, strict, warn, mine: partitionsOf(id.name) }
  const alarm = openAlarm(storage)
  const kept = armed(openKeeping(keeping), alarm)
  const told = ({ serial, hash, sig }: Anchor) =>
    log.info({ part: 'anchors', kind: 'anchored', count: serial, hash, sig }, 'The log is anchored')
  const anchors = homeAnchors({ storage, keyring, alarm, told, fault })
  const spill = openSpill(keyring, storedLines(storage, alarm))
  return { ...kept, alarm, anchors, spill, store: sealed(kept.store, keyring, anchors) }
}
type Faulty = (error: unknown) => void

function openHome(ctx: ObjectState, env: Bindings) {
  const stands = standing(env)
  const { config, content } = stands
  const shared = common(stands)
  const { log, publicUrl: url } = shared
  const metrics = edgeMetrics()
  const fault = (error: unknown) => alert({ log, metrics }, 'jobs', error)
  const kept = openKept(ctx, stands, log, fault)
  const { spill } = kept
  const { store, desk } = withDesks(kept.store, config.STORE_URL, env)
  const ready = async () => ({ store: await answers(store), content: true })
  let jobs: Jobs | undefined
  const committed = () => jobs?.kick()
  const parts: AppParts = { ...shared, store, spill, metrics, committed, ready }
  const meeting: Meeting = {
    ...{ config, keys: undefined, url, content: () => content, log, lazy: true },
    neighbours: breakersTo(log),
  }
  const taking = turns(parts)
  const channel = teamsBy(meeting, taking.takeTurn)
  const app = createApp({ ...parts, ...(channel && { teams: channel.app }) }, taking)
  jobs = jobsOf(parts, worldOf(meeting, channel), taking.takeTimer, fault)
  const { settled, kick } = jobs
  const { drain } = spill.begin(parts, taking.replaySpilled)
  const sweep = sweeper(store)
  async function rung() {
    await kept.rung()
    if (spill.waiting() > 0) await kept.alarm.by(Date.now() + DRAIN_AGAIN_MS)
    await kept.anchors.write().catch(fault)
    kick()
    await inTime(ALARM_MS, Promise.all([settled(), drain(), sweep()])).catch(fault)
    await kept.arm().catch(fault)
  }
  async function figures() {
    metrics.spillWaiting.set({}, spill.waiting())
    return metrics.registry.metrics()
  }
  return { app, store, desk, spill, fire: taking.takeTimer, rung, figures }
}

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

/** What is due is done while a home is awake, as on any machine; its alarm wakes it. */
function jobsOf(
  parts: AppParts,
  world: World,
  fire: ReturnType<typeof turns>['takeTimer'],
  fault: Faulty
): Jobs {
  const { now, metrics } = parts
  const store = noting(parts.store, metrics, now)
  const work = { perform: performer(world, parts), report: reporter(parts) }
  const outbox = { ...work, store, now, random: Math.random, maxTries: MAX_TRIES, fault }
  return startJobs({
    ...{ store, every: LOOK_AGAIN_MS, fault, clock: { now, onChange: () => () => undefined } },
    runOutbox: (signal) => runOutbox({ ...outbox, signal }),
    runTimers: (signal) => runTimers({ store, fire, now, fault, signal }),
  })
}

const answers = (store: Store) =>
  store.nextDue().then(
    () => true,
    () => false
  )

type Sought = { home: string; by: 'byCall' | 'load'; is: string }

/** The Worker's own door: it verifies, takes each webhook to its home, and reads all homes for staff. */
function openWorker(env: Bindings) {
  const stands = standing(env)
  const { content } = stands
  const shared = common(stands)
  const ask = asker(env)
  const places = () => content.places.keys()
  const [anyHome = ''] = homesOf(places())
  const desk = desksOf(env)
  const store = isShared(stands.config.STORE_URL)
    ? sharedStore(ask, anyHome, desk)
    : spreadStore(ask, places, desk)
  const find = finder(() => content, shared.makes.partition)
  const own = edgeMetrics()
  const fault = (error: unknown) => alert({ log: shared.log, metrics: own }, 'home', error)
  const take = (home: string, request: Request) =>
    inTime(DEADLINE_MS, env.HOMES.getByName(home).fetch(request)).catch((error: unknown) => {
      fault(error)
      return undefined
    })
  const held = async ({ home, by, is }: Sought) =>
    (await ask(home, by, is).catch(() => null)) ?? store[by](is)
  const onward: NonNullable<AppParts['onward']> = async (request, form) => {
    const { searchParams: told } = new URL(request.url)
    const { home, sought } = find.twilio(form, told.get('o') ?? told.get('h'))
    const contact = sought && (await held({ ...sought, home }))
    return take(contact ? homeWith(contact) : home, request)
  }
  const figures = async () => {
    const homes = homesOf(places()).map((home) =>
      env.HOMES.getByName(home)
        .figures()
        .catch(() => '')
    )
    return summed(await Promise.all([own.registry.metrics(), ...homes]))
  }
  const metrics = { ...own, registry: { ...own.registry, metrics: figures } }
  const ready = async () => ({ store: await answers(store), content: true })
  const teams = toTeams((body, request) => take(find.teams(body), request))
  return createApp({ ...shared, store, metrics, committed: () => undefined, ready, onward, teams })
}

/** Teams verifies itself where it is heard: its keys and its token are kept by the home. */
function toTeams(take: (body: string, request: Request) => Promise<Response | undefined>) {
  return new Hono()
    .use(bodyLimit({ maxSize: MOST_BYTES, onError: (c) => c.body(null, 413) }))
    .post('/', async (c) => {
      const body = await c.req.text()
      const { url, method, raw } = c.req
      const answer = await take(body, new Request(url, { method, headers: raw.headers, body }))
      return answer ?? c.body(null, 503)
    })
    .all('/', (c) => c.body(null, 405, { Allow: 'POST' }))
}

let _door: ReturnType<typeof openWorker> | undefined

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    try {
      _door ??= openWorker(env)
      return await _door.fetch(request)
    } catch (error) {
      // A Worker that may not open has no log of its own yet; settings name no one.
      console.error(error instanceof DoorError ? error.message : 'the Worker could not be opened')
      return new Response('The front door cannot be opened', { status: 503 })
    }
  },
}
