import { DurableObject } from 'cloudflare:workers'
import type { Bindings } from '../../src/edge/runtime.ts'
import { DoorError } from '../../src/errors.ts'
import type { Store } from '../../src/store/contract.ts'
import { openDurable } from '../../src/store/durable.ts'
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
  /** Makes every timer of this kind due now, and sets the alarm as the store would have. */
  async hurry({ event }: { event: string }): Promise<number> {
    const now = new Date().toISOString()
    const { sql } = this.ctx.storage
    const hurried = sql
      .exec(
        `UPDATE timers SET at = ?, json = json_set(json, '$.due', ?)
         WHERE json_extract(json, '$.event.type') = ? RETURNING id`,
        Date.parse(now),
        now,
        event
      )
      .toArray()
    await this.ctx.storage.setAlarm(Date.now())
    return hurried.length
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
