import { DurableObject } from 'cloudflare:workers'
import { anchorsIn } from '../../src/edge/anchors.ts'
import { type DeskAsked, desksOf, tellDesk } from '../../src/edge/desks.ts'
import { homesOf } from '../../src/edge/homes.ts'
import type { Bindings } from '../../src/edge/runtime.ts'
import { DoorError } from '../../src/errors.ts'
import type { Views } from '../../src/record/views.ts'
import { readKeyring } from '../../src/security/keyring.ts'
import { publicKey } from '../../src/security/sign.ts'
import { anchoredHeads, anchorFaults } from '../../src/store/anchor.ts'
import type { Store } from '../../src/store/contract.ts'
import { openDurable } from '../../src/store/durable.ts'
import { verifyLog } from '../../src/store/verify.ts'
import worker, { Home as Shipped } from '../../src/worker.ts'
import { ailing, at, inWorld, named } from './world.ts'

/** The Worker as it is deployed, and beside it the ways in that its tests need. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const HOMES = reaching(env)
    const [, test, object = '', name = ''] = new URL(request.url).pathname.split('/')
    const answer = (request: Request) =>
      test === '-test'
        ? asked(request, { ...env, HOMES }, object, decodeURIComponent(name))
        : worker.fetch(request, { ...env, HOMES })
    return request.headers.has('X-Test-World') ? inWorld(request, answer) : answer(request)
  },
}

/** Homes that somebody has asked something. */
const reached = new Set<string>()

/** The homes of the present world. */
const reaching = ({ HOMES }: Bindings): Bindings['HOMES'] => ({
  getByName(name) {
    reached.add(name)
    return HOMES.getByName(named(name))
  },
})

async function asked(request: Request, env: Env, object: string, at: string): Promise<Response> {
  const body = (await request.json()) as never
  if (object === 'store') return Response.json(await env.STORES.getByName(at).run(body))
  if (object === 'claim') return Response.json(await claimed(env, body))
  if (object === 'settled') return Response.json(await settled(env, body))
  const home = env.HOMES.getByName(at) as unknown as Home
  if (object === 'act') return Response.json(await home.act(...(body as Parameters<Home['act']>)))
  if (object === 'quiet') return Response.json(await home.quiet().then(() => null))
  if (object === 'looked') return Response.json(await home.looked())
  if (object === 'view') return Response.json(await home.view(body))
  if (object === 'desk')
    return Response.json(await (at === '' ? tellDesk(desksOf(env), body) : home.asksDesk(body)))
  if (object === 'ring') return Response.json(await home.ring().then(() => null))
  if (object === 'proof') return Response.json(await home.proof())
  if (object === 'do') return Response.json(await home.do(body).then(() => null))
  return Response.json({ alarm: await home.alarmAt(), hurried: await home.hurry(body) })
}

/** Sets the clock of the service, or leaves it, and resolves once no home has anything left to do. */
async function settled(env: Env, { clock }: { clock?: string }): Promise<null> {
  at.clock = clock ?? at.clock
  // Whoever was not asked anything yet has nothing to do.
  const homes = [...reached].map((name) => env.HOMES.getByName(name) as unknown as Home)
  let busy = true
  while (busy) {
    await Promise.all(homes.map((home) => home.rests()))
    busy = (await Promise.all(homes.map((home) => home.isBusy()))).includes(true)
  }
  return null
}

/** What is due in any home, and in which. */
async function claimed(env: Env, asked: { what: Claim; now: string; limit: number }) {
  const found: { home: string; row: object }[] = []
  for (const home of homesOf(PLACES)) {
    const rows = await (env.HOMES.getByName(home) as unknown as Home).claim(asked)
    for (const row of rows) found.push({ home, row })
  }
  return found
}
const PLACES = ['lewisham', 'southwark', 'southampton']
type Claim = 'claimTimers' | 'claimOutbox'

interface Env extends Bindings {
  STORES: { getByName(name: string): Kept }
}

/** A home whose waits can be brought forward, because the clock of the runtime cannot be moved. */
export class Home extends Shipped {
  #well: Store | undefined

  protected override get named() {
    return super.named?.replace(/^.*\//, '')
  }

  /** What it asks other homes, it asks those of its world. */
  constructor(ctx: ConstructorParameters<typeof Shipped>[0], env: Bindings) {
    const HOMES = reaching(env)
    super(ctx, { ...env, HOMES })
  }

  protected override get inside() {
    const inside = super.inside
    if (at.world === '' || this.#well) return inside
    this.#well = ailing(inside.store)
    // A door without a spill, as the tests open it.
    inside.spill.keep = () => Promise.reject(new DoorError('spill-failed', 'none here', true))
    return inside
  }
  override fetch(request: Request) {
    if (request.headers.has('X-Test-Fails')) throw new Error('this home has failed')
    return super.fetch(request)
  }
  override async alarm() {
    if (at.world === '') await super.alarm()
  }
  get #store() {
    const { store } = this.inside
    return this.#well ?? store
  }
  claim({ what, now, limit }: { what: Claim; now: string; limit: number }): Promise<object[]> {
    return this.#store[what](now, limit)
  }
  do({ what, given }: { what: 'settleTimer' | 'fire'; given: never[] }): Promise<void> {
    const { fire } = this.inside
    const work = what === 'fire' ? fire : this.#store.settleTimer
    return (work as (...given: unknown[]) => Promise<void>)(...given)
  }
  /** What this home is told, as its own turns would be. */
  asksDesk(asked: DeskAsked) {
    return tellDesk(this.#store.desk, asked)
  }
  alarmAt() {
    return this.ctx.storage.getAlarm()
  }
  /** Makes every timer of this kind due in so many milliseconds. */
  async hurry({ event, ms = 0 }: { event: string; ms?: number }): Promise<number> {
    const { store } = this.inside
    const retryAt = new Date(Date.now() + ms).toISOString()
    let hurried = 0
    for (const timer of await store.claimTimers('2100-01-01T00:00:00Z', 100)) {
      const wanted = timer.event.type === event
      if (wanted) hurried += 1
      await store.settleTimer(timer, { retryAt: wanted ? retryAt : timer.due })
    }
    return hurried
  }
  /** Looks at what is due, and at how the desk stands, and resolves when that is done. */
  async rests(): Promise<void> {
    const { stands, jobs, desk, watch } = this.inside
    stands.forget()
    await watch.rung()
    jobs.kick()
    await jobs.settled()
    await desk.dispatch.idle()
  }
  isBusy(): Promise<boolean> {
    return this.inside.jobs.unsettled()
  }
  view({ view, given }: { view: keyof Views; given: never[] }): Promise<object | null> {
    return (this.inside.desk.views[view] as (...given: never[]) => Promise<object | null>)(...given)
  }
  /** How often pages that are open look at the desk of this home in a second. */
  async looked(): Promise<number> {
    const { views } = this.inside.desk
    const { changes } = views
    let looks = 0
    views.changes = (place) => {
      looks++
      return changes(place)
    }
    await new Promise((resolve) => setTimeout(resolve, 1000))
    views.changes = changes
    return looks
  }
  /** Its alarm is not set any more. */
  async quiet() {
    const { storage } = this.ctx
    await (storage as unknown as { deleteAlarm(): Promise<void> }).deleteAlarm()
  }
  /** Lets the alarm ring now. */
  async ring() {
    await this.ctx.storage.setAlarm(Date.now())
  }
  /** What `log verify` would say of this home's log and of its anchors. */
  async proof() {
    const { storage } = this.ctx
    const anchors = anchorsIn(storage, 1000).reverse()
    const key = publicKey(readKeyring(String(this.env.DATA_KEYS)))
    const { contacts, faults } = await verifyLog(openDurable(storage), anchoredHeads(anchors))
    return { anchors: anchors.length, contacts, faults: [...anchorFaults(key, anchors), ...faults] }
  }
}

type Asked = { method: string; given: unknown[] }

/** A store of its own, for the contract that every store passes. */
export class Kept extends DurableObject<Bindings> {
  #store: Store | undefined

  async run({ method, given }: Asked): Promise<object> {
    // What is not in the storage is forgotten.
    if (method === 'restart') {
      this.#store = undefined
      return { answer: null }
    }
    this.#store ??= openDurable(this.ctx.storage)
    try {
      const { desk, ...turns } = this.#store
      const works: Record<string, (...given: never[]) => Promise<unknown>> = { ...turns }
      for (const [name, work] of Object.entries(desk)) works[`desk.${name}`] = work
      const answer = await works[method]?.(...(given as never[]))
      return { answer: answer ?? null }
    } catch (error) {
      if (!(error instanceof DoorError)) return { unknown: String(error) }
      const { code, message, retry } = error
      return { fault: { code, message, retry } }
    }
  }
}
