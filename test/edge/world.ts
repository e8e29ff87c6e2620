import { DoorError, type FaultCode } from '../../src/errors.ts'
import type { Store } from '../../src/store/contract.ts'

/** How a store is ill: by the name of the method, what it throws. */
export type Ill = Record<string, { code?: FaultCode; message: string }>

/**
 * What the tests of the Node door may do to it, done to the Worker: a clock that stands still, a store that fails, a log
 * that is read, saving that takes its time, and nothing done by itself. One world at a time; each has homes of its own.
 */
export const at = {
  ...{ world: '', now: '', slow: 0 },
  ill: {} as Ill,
  lines: [] as string[],
  /** The clock of the service where it is moved and all else goes on: tokens and alarms are counted in real time. */
  clock: '',
}

/** The names of this world's homes. */
export const named = (home: string) => (at.world === '' ? home : `${at.world}/${home}`)

/** Answers a request in its world, with what was logged meanwhile beside the answer. */
export async function inWorld(
  request: Request,
  answer: (request: Request) => Promise<Response>
): Promise<Response> {
  const told = (name: string) => request.headers.get(name) ?? ''
  at.world = told('X-Test-World')
  at.now = told('X-Test-Now')
  at.ill = JSON.parse(told('X-Test-Ill') || '{}')
  at.slow = Number(told('X-Test-Slow'))
  at.lines = []
  const { body, status, headers } = await answer(request)
  const given = new Headers(headers)
  given.set('X-Test-Log', encodeURIComponent(JSON.stringify(at.lines)))
  return new Response(body, { status, headers: given })
}

/** The store as it was, and from now on as ill as the world says, in place. */
export function ailing(store: Store): Store {
  const well = { ...store }
  for (const name of Object.keys(well) as (keyof Store)[]) {
    // It is asked of another home.
    if (name === 'desk') continue
    const work = well[name] as (...given: unknown[]) => Promise<unknown>
    const perhaps = async (...given: unknown[]) => {
      const ill = at.ill[name]
      if (ill?.code) throw new DoorError(ill.code, ill.message, true)
      if (ill) throw new TypeError(ill.message)
      // What comes at the same time meets what is still being saved.
      if (name === 'commit' && at.slow > 0)
        await new Promise((resolve) => setTimeout(resolve, at.slow))
      return work(...given)
    }
    Object.assign(store, { [name]: perhaps })
  }
  return well
}

globalThis.Date = new Proxy(Date, {
  construct(real, given) {
    if (given.length > 0) return Reflect.construct(real, given) as object
    if (at.now !== '') return new real(at.now)
    const now = new real()
    return at.clock === '' ? now : Object.assign(now, { toISOString: () => at.clock })
  },
})

// The jobs begin each pass by it: in a world nothing is done unless it is asked for.
const real = globalThis.setImmediate
globalThis.setImmediate = ((...given: Parameters<typeof real>) =>
  at.world === '' ? real(...given) : undefined) as typeof real

for (const level of ['info', 'warn', 'error'] as const) {
  const said = console[level]
  console[level] = (...given: unknown[]) => {
    if (at.world === '') said(...given)
    else at.lines.push(String(given[0]))
  }
}
