import { afterAll, beforeAll } from 'vitest'
import { DoorError, type FaultCode } from '../../src/errors.ts'
import type { Store } from '../../src/store/contract.ts'
import { storeContract } from '../store/contract.ts'
import { type OpenedWorker, openWorker } from './worker.ts'

let worker: OpenedWorker
beforeAll(async () => {
  worker = await openWorker()
})
afterAll(() => worker.close())

type Told =
  | { answer: unknown }
  | { fault: { code: FaultCode; message: string; retry: boolean } }
  | { unknown: string }

const ask = (name: string, method: string, given: unknown[] = []) =>
  worker.inside<Told>(`store/${name}`, { method, given })

/** A store in a Durable Object, driven from here. It is no promise. */
const storeNamed = (name: string) =>
  methodsOf<Store>(name, '', { desk: methodsOf<Store['desk']>(name, 'desk.') })

const methodsOf = <Methods extends object>(name: string, under: string, known = {}) =>
  new Proxy(known as Methods, {
    get: (_, last: string) =>
      last in known
        ? Reflect.get(known, last)
        : last !== 'then' &&
          (async (...given: unknown[]) => {
            // What is not given is no null, as JSON would have it.
            const said = given.filter((one) => one !== undefined)
            const told = await ask(name, under + last, said)
            if ('answer' in told) return told.answer
            if ('unknown' in told) throw new Error(told.unknown)
            throw new DoorError(told.fault.code, told.fault.message, told.fault.retry)
          }),
  })

let stores = 0
storeContract('a Durable Object', async () => {
  const name = `store-${stores++}`
  const store = storeNamed(name)
  return {
    store,
    async reopen() {
      await store.close()
      await ask(name, 'restart')
      return storeNamed(name)
    },
  }
})
