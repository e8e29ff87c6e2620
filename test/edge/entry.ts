import { DurableObject } from 'cloudflare:workers'
import { anchorsIn } from '../../src/edge/anchors.ts'
import type { Bindings } from '../../src/edge/runtime.ts'
import { DoorError } from '../../src/errors.ts'
import { readKeyring } from '../../src/security/keyring.ts'
import { publicKey } from '../../src/security/sign.ts'
import { anchoredHeads, anchorFaults } from '../../src/store/anchor.ts'
import type { Store } from '../../src/store/contract.ts'
import { openDurable } from '../../src/store/durable.ts'
import { verifyLog } from '../../src/store/verify.ts'
import worker, { Home as Shipped } from '../../src/worker.ts'

/** The Worker as it is deployed, and beside it the ways in that its tests need. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, test, object = '', name = ''] = new URL(request.url).pathname.split('/')
    if (test !== '-test') return worker.fetch(request, env)
    const body = (await request.json()) as never
    const at = decodeURIComponent(name)
    if (object === 'store') return Response.json(await env.STORES.getByName(at).run(body))
    const home = env.HOMES.getByName(at) as unknown as Home
    if (object === 'ring') return Response.json(await home.ring().then(() => null))
    if (object === 'proof') return Response.json(await home.proof())
    return Response.json({ alarm: await home.alarmAt(), hurried: await home.hurry(body) })
  },
}

interface Env extends Bindings {
  STORES: { getByName(name: string): Kept }
}

/** A home whose waits can be brought forward, because the clock of the runtime cannot be moved. */
export class Home extends Shipped {
  override fetch(request: Request) {
    if (request.headers.has('X-Test-Fails')) throw new Error('this home has failed')
    return super.fetch(request)
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

type Asked = { method: keyof Store | 'restart'; given: unknown[] }

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
      const work = this.#store[method] as (...given: unknown[]) => Promise<unknown>
      const answer = await work(...given)
      return { answer: answer ?? null }
    } catch (error) {
      if (!(error instanceof DoorError)) return { unknown: String(error) }
      const { code, message, retry } = error
      return { fault: { code, message, retry } }
    }
  }
}
