import { DurableObject } from 'cloudflare:workers'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type AppParts, createApp } from './app.ts'
import { deskLegs } from './desk/legs.ts'
import { openViews } from './desk/read.ts'
import { consoleBy } from './door/desk.ts'
import { breakersTo, type Meeting, teamsBy } from './door/neighbours.ts'
import { type DoorSpill, openSpill } from './door/spill.ts'
import { armed, openAlarm } from './edge/alarm.ts'
import { homeAnchors } from './edge/anchors.ts'
import { consoleAt } from './edge/console.ts'
import {
  type ChatAsked,
  type DeskAsked,
  desksOf,
  tellChat,
  tellDesk,
  withDesks,
} from './edge/desks.ts'
import { openHomeDesk, openWatch } from './edge/home-desk.ts'
import { jobsOf, ringing, worldOf } from './edge/home-jobs.ts'
import {
  type Asked,
  deskOf,
  finder,
  homesOf,
  homeWith,
  partitionsOf,
  placeOf,
} from './edge/homes.ts'
import { inTime, isShared, openKeeping } from './edge/keeping.ts'
import { metIn } from './edge/met.ts'
import type { Bindings, ObjectState } from './edge/runtime.ts'
import { storedLines } from './edge/spilled.ts'
import { asker, sharedStore, spreadStore, tell } from './edge/spread.ts'
import { common, type Standing, standing } from './edge/standing.ts'
import { type Told, toldBy } from './edge/told.ts'
import { edgeMetrics, summed } from './edge/watch.ts'
import { DoorError } from './errors.ts'
import type { Actor, StaffAct } from './handoff/acts.ts'
import type { Jobs } from './jobs/poller.ts'
import type { Log, Metrics } from './observe.ts'
import type { Anchor } from './store/anchor.ts'
import type { Commit, Store } from './store/contract.ts'
import { sealed } from './store/sealed.ts'
import { alert } from './turn/alert.ts'
import { turns } from './turn.ts'

/** Twilio waits 15 seconds; whoever is not answered in these hears the safe words. */
const DEADLINE_MS = 8000
const MOST_BYTES = 64 * 1024

/**
 * One place's group of partitions: it runs their turns, and keeps their contacts, outbox and timers, in its own storage or
 * in Redis. Its alarm is set before each turn is saved, so that what was promised is done though nobody rings again.
 */
export class Home extends DurableObject<Bindings> {
  #inside: ReturnType<typeof openHome> | undefined

  protected get inside() {
    this.#inside ??= openHome(this.ctx, this.env, this.named)
    return this.#inside
  }
  protected get named() {
    return this.ctx.id.name
  }
  /** A webhook that the Worker found to be signed; it is verified again, by the same app. */
  async fetch(request: Request) {
    await this.inside.stands.look()
    return this.inside.app.fetch(request)
  }
  alarm() {
    return this.inside.rung()
  }
  ask(asked: Asked): Promise<Told> {
    return tell(this.inside.store, asked)
  }
  /** A turn of one of its contacts that was thought by another home. */
  commit(commit: Commit): Promise<Told> {
    return toldBy(() => this.inside.commit(commit))
  }
  /** Asked of the home that keeps a place's desk. */
  desk(asked: DeskAsked): Promise<Told> {
    return tellDesk(this.inside.rows, asked, this.inside.watch.soon)
  }
  look(): Promise<Told> {
    return toldBy(() => this.inside.watch.look())
  }
  chat(asked: ChatAsked): Promise<Told> {
    return tellChat(this.inside.chatting, asked)
  }
  async act(actor: Actor, act: StaffAct) {
    await this.inside.stands.look()
    return this.inside.desk.act(actor, act)
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

function openHome(ctx: ObjectState, env: Bindings, home: string | undefined) {
  const stands = standing(env)
  const { config, content } = stands
  const { STORE_URL: storeUrl } = config
  const shared = common(stands)
  const { log, publicUrl: url } = shared
  const metrics = edgeMetrics()
  const fault = (error: unknown) => alert({ log, metrics }, 'jobs', error)
  const { spill, ...kept } = openKept(ctx, stands, log, fault)
  const { isDesk } = placeOf(home)
  const { store, desk: rows } = withDesks(kept.store, { storeUrl, env, isDesk })
  const ready = async () => ({ store: await answers(store), content: true })
  let jobs: Jobs | undefined
  const committed = () => jobs?.kick()
  const more = { ...shared, spill, metrics, committed, ready }
  const opened = openHomeDesk({ env, home, config, own: store, shared: more, fault })
  const { parts, desk } = opened
  const meeting: Meeting = {
    ...{ config, keys: undefined, url, content: () => content, log, lazy: true },
    neighbours: breakersTo(log),
  }
  const taking = turns(parts)
  const met = isDesk ? metIn(ctx.storage) : undefined
  const channel = teamsBy(meeting, taking.takeTurn, desk, met)
  const { world, chatting } = worldOf(meeting, channel, { env, desk, isDesk })
  const pages = isDesk ? pagesOf(meeting, opened) : undefined
  const teams = channel?.app
  const app = createApp({ ...parts, ...pages, ...(teams && { teams }), legs: desk.legs }, taking)
  const fire = taking.takeTimer
  jobs = jobsOf({ parts, world, fire, fault, look: opened.stands.look })
  const watch = openWatch(home, opened, ctx.storage, kept.alarm)
  const { drain } = spill.begin(parts, taking.replaySpilled)
  const rung = ringing({ kept: { ...kept, spill }, jobs, watch, drain, fault })
  const commit = (asked: Commit) => store.commit(asked).finally(committed)
  const figures = figuresOf(spill, metrics)
  return {
    ...opened,
    ...{ app, store, rows, chatting, watch, spill, jobs, fire, commit, rung, figures },
  }
}

/** The pages of staff, where sessions can be sealed. Their styles and scripts are assets: no Worker is asked for them. */
const pagesOf = (meeting: Meeting, { desk, parts }: ReturnType<typeof openHomeDesk>) =>
  meeting.config.SESSION_KEY
    ? { console: consoleBy(meeting, desk, parts, new Hono()).app }
    : undefined

const figuresOf = (spill: DoorSpill, metrics: Metrics) =>
  async function figures() {
    metrics.spillWaiting.set({}, spill.waiting())
    return metrics.registry.metrics()
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
  const { content, config } = stands
  const shared = common(stands)
  const ask = asker(env)
  const places = [...content.places.keys()]
  const homes = homesOf(places)
  const [anyHome = ''] = homes
  const desk = desksOf(env)
  const store = isShared(config.STORE_URL)
    ? sharedStore(ask, anyHome, desk)
    : spreadStore(ask, () => homes, desk)
  const find = finder(() => content, shared.makes.partition)
  const own = edgeMetrics()
  const fault = (error: unknown) => alert({ log: shared.log, metrics: own }, 'home', error)
  const take = (home: string, request: Request, ms = DEADLINE_MS) =>
    inTime(ms, env.HOMES.getByName(home).fetch(request)).catch((error: unknown) => {
      fault(error)
      return undefined
    })
  // Where it cannot be found out it goes where its numbers say: what needs no store is answered there too.
  const held = async ({ home, by, is }: Sought) =>
    (await ask(home, by, is).catch(() => null)) ?? store[by](is).catch(() => null)
  const onward: NonNullable<AppParts['onward']> = async (request, form) => {
    const { searchParams: told } = new URL(request.url)
    const { home, sought } = find.twilio(form, told.get('o') ?? told.get('h'))
    const contact = sought && (await held({ ...sought, home }))
    return take(contact ? homeWith(contact) : home, request)
  }
  const figures = () => allFigures(env, own, [...homes, ...places.map(deskOf)])
  const metrics = { ...own, registry: { ...own.registry, metrics: figures } }
  const ready = async () => ({ store: await answers(store), content: true })
  const teams = toTeams((body, request) => take(find.teams(body), request))
  const parts = { ...shared, store, metrics, committed: () => undefined, ready }
  // What a line hears that needs no store is said here, where its home is silent.
  const legs = deskLegs(parts, openViews(parts, desk))
  const { SESSION_KEY: sessionKey, PUBLIC_URL: publicUrl } = config
  const pages = sessionKey && consoleAt({ sessionKey, publicUrl, places, take })
  return createApp({ ...parts, ...(pages && { console: pages }), onward, teams, legs })
}

/** What every isolate counted, added up. It wakes them. */
async function allFigures({ HOMES }: Bindings, own: Metrics, homes: readonly string[]) {
  const asked = homes.map((home) =>
    HOMES.getByName(home)
      .figures()
      .catch(() => '')
  )
  return summed(await Promise.all([own.registry.metrics(), ...asked]))
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
