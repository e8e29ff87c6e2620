import { DurableObject } from 'cloudflare:workers'
import packed from 'front-door-content'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { v7 } from 'uuid'
import { type AppParts, createApp } from './app.ts'
import { type Config, readConfig } from './config.ts'
import type { Content } from './content.ts'
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
import { alarmJobs } from './edge/alarm.ts'
import { type Asked, finder, homesOf, partitioner, READS, type Told } from './edge/homes.ts'
import { unpackContent } from './edge/packed.ts'
import { type Bindings, type ObjectState, settingsIn } from './edge/runtime.ts'
import { asker, spreadStore } from './edge/spread.ts'
import { edgeLog, edgeMetrics, summed } from './edge/watch.ts'
import { outboundOf, performer, reporter } from './effects.ts'
import { DoorError } from './errors.ts'
import { runOutbox } from './jobs/outbox.ts'
import { runTimers } from './jobs/timers.ts'
import type { Store } from './store/contract.ts'
import { cursorAfter, openDurable, waitingIn } from './store/durable.ts'
import { alert } from './turn/alert.ts'
import { turns } from './turn.ts'

/** Twilio waits 15 seconds; whoever is not answered in these hears the safe words. */
const DEADLINE_MS = 8000
const MOST_BYTES = 64 * 1024
const MAX_TRIES = 8
const HOUR_MS = 3_600_000
/** Longer than any call, and than any provider repeats a webhook. */
const KEEP_REPLIES_MS = 48 * HOUR_MS

/** What holds for every request of an isolate: no connection is among it, because none outlives its request. */
interface Standing {
  config: Config
  content: Content
}
let _standing: Standing | undefined
function standing(env: Bindings): Standing {
  if (_standing) return _standing
  const config = readConfig(settingsIn(env))
  _standing = { config, content: unpackContent(packed, config.MODE === 'live') }
  return _standing
}

function common({ config, content }: Standing) {
  const partition = partitioner(config)
  return {
    content: () => content,
    now: () => new Date().toISOString(),
    makes: { uuid: v7, random: Math.random, partition },
    log: edgeLog(config.LOG_LEVEL ?? (config.MODE === 'demo' ? 'warn' : 'info')),
    publicUrl: () => config.PUBLIC_URL,
    staffToken: config.STAFF_TOKEN,
    translates: config.GOOGLE_TRANSLATE_KEY !== undefined,
    twilioTokens: twilioTokens(config),
    // What Cloudflare writes there itself.
    ...limitsBy(config, (c) => c.req.header('CF-Connecting-IP') ?? ''),
  }
}

/**
 * One place's group of partitions: it runs their turns, and keeps their contacts, outbox and timers.
 * Its alarm is set with each turn, so that what was promised is done though nobody rings again.
 */
export class Home extends DurableObject<Bindings> {
  #inside: ReturnType<typeof openHome> | undefined

  private get inside() {
    this.#inside ??= openHome(this.ctx, standing(this.env))
    return this.#inside
  }
  /** A webhook that the Worker found to be signed; it is verified again, by the same app. */
  fetch(request: Request) {
    return this.inside.app.fetch(request)
  }
  async alarm() {
    const { jobs } = this.inside
    await jobs.kicked()
    // What another pass still holds, or what waits for it, is looked at again.
    jobs.arm(waitingIn(this.ctx.storage))
  }
  ask(asked: Asked): Promise<Told> {
    return this.inside.ask(asked)
  }
  figures() {
    return this.inside.figures()
  }
}

function openHome(ctx: ObjectState, stands: Standing) {
  const { config, content } = stands
  const shared = common(stands)
  const metrics = edgeMetrics()
  const fault = (error: unknown) => alert({ log: shared.log, metrics }, 'jobs', error)
  const jobs = alarmJobs({
    setAlarm: (at) => ctx.storage.setAlarm(at),
    pass: () => pass(),
    waitUntil: (work) => ctx.waitUntil(work),
    fault,
  })
  const store = openDurable(ctx.storage, jobs.arm)
  const ready = async () => ({ store: await answers(store), content: true })
  const parts: AppParts = { ...shared, store, metrics, committed: jobs.kick, ready }
  const meeting: Meeting = {
    config,
    keys: undefined,
    url: shared.publicUrl,
    content: () => content,
    log: shared.log,
    neighbours: breakersTo(shared.log),
    lazy: true,
  }
  const taking = turns(parts)
  const channel = teamsBy(meeting, taking.takeTurn)
  const app = createApp({ ...parts, ...(channel && { teams: channel.app }) }, taking)
  const pass = passes(parts, meeting, wordsToTeams(channel), taking.takeTimer, fault)
  return { app, jobs, ask: teller(store, ctx), figures: metrics.registry.metrics }
}

/** Everything due: timers, outbox, and once an hour the replies no webhook can ask for again. */
function passes(
  parts: AppParts,
  meeting: Meeting,
  sendTeams: ReturnType<typeof wordsToTeams>,
  fire: ReturnType<typeof turns>['takeTimer'],
  fault: (error: unknown) => void
) {
  const { store, now } = parts
  const world = {
    publicUrl: parts.publicUrl(),
    texts: textsBy(meeting),
    guardTexts: meeting.neighbours.guard('twilio'),
    outbound: outboundOf(meeting.config),
    ...translateBy(meeting),
    ...(sendTeams && { sendTeams }),
  }
  const perform = performer(world, parts)
  const report = reporter(parts)
  const outbox = { store, perform, report, now, random: Math.random, maxTries: MAX_TRIES, fault }
  let swept = Date.now()
  return async function pass() {
    const ends = await Promise.allSettled([
      runTimers({ store, fire, now, fault }),
      runOutbox(outbox),
    ])
    for (const end of ends) if (end.status === 'rejected') fault(end.reason)
    if (Date.now() - swept < HOUR_MS) return
    swept = Date.now()
    await store.expireReplies(new Date(swept - KEEP_REPLIES_MS).toISOString())
  }
}

const answers = (store: Store) =>
  store.nextDue().then(
    () => true,
    () => false
  )

/** Answers what the Worker asks of the store; a fault goes back as data. A list goes on after a contact of any home. */
function teller(store: Store, { storage }: ObjectState) {
  return async function ask({ read, with: given }: Asked): Promise<Told> {
    try {
      if (!READS.includes(read)) throw new DoorError('not-allowed', 'this is not read', false)
      const method = store[read] as (...given: unknown[]) => Promise<unknown>
      const [first] = given as [{ after?: string }]
      if (read === 'list' && first.after !== undefined)
        return { answer: await method({ ...first, after: cursorAfter(storage, first.after) }) }
      return { answer: await method(...given) }
    } catch (error) {
      if (!(error instanceof DoorError)) throw error
      const { code, message, retry } = error
      return { fault: { code, message, retry } }
    }
  }
}

/** The Worker's own door: it verifies, takes each webhook to its home, and reads all homes for staff. */
function openWorker(env: Bindings) {
  const stands = standing(env)
  const { content } = stands
  const shared = common(stands)
  const ask = asker(env)
  const places = () => content.places.keys()
  const store = spreadStore(ask, places)
  const find = finder(() => content, shared.makes.partition)
  const own = edgeMetrics()
  const fault = (error: unknown) => alert({ log: shared.log, metrics: own }, 'home', error)
  const take = (home: string, request: Request) =>
    inTime(env.HOMES.getByName(home).fetch(request)).catch((error: unknown) => {
      fault(error)
      return undefined
    })
  const onward: NonNullable<AppParts['onward']> = async (request, form) => {
    const found = find.twilio(form)
    const home = 'home' in found ? found.home : await sought(ask, places(), found.seek)
    return take(home, request)
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

/** The home that holds a call, when its numbers do not say. */
async function sought(ask: ReturnType<typeof asker>, places: Iterable<string>, call: string) {
  const homes = homesOf(places)
  const held = await Promise.all(homes.map((home) => ask(home, 'byCall', call)))
  return homes[held.findIndex((contact) => contact !== null)] ?? homes[0] ?? ''
}

async function inTime(answer: Promise<Response>): Promise<Response> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new DoorError('store-down', 'a home did not answer in time', true)
    timer = setTimeout(() => reject(error), DEADLINE_MS)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
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
