import { DoorError } from '../errors.ts'
import type { Store } from '../store/contract.ts'
import type { Desk } from '../store/desk.ts'
import { inTime, isShared } from './keeping.ts'
import type { Bindings } from './runtime.ts'
import { answerOf, type Told, toldBy } from './told.ts'

/** What is asked of the home that keeps a place's desk. */
export interface DeskAsked {
  method: keyof Desk
  with: unknown[]
}

/** A place's contacts are spread over its homes; its desk is whole, and so in a home of its own. */
const deskOf = (place: string) => `${place}:queue`

/** No member of staff waits longer for a desk that is in another home. */
const DEADLINE_MS = 950

/** The desks of places, each asked in the one home that keeps it. */
export function desksOf({ HOMES }: Bindings): Desk {
  const ask =
    <Name extends keyof Desk>(method: Name) =>
    async (...given: Parameters<Desk[Name]>): Promise<never> => {
      const [first] = given
      const home = deskOf(typeof first === 'string' ? first : first.place)
      const asked = HOMES.getByName(home).desk({ method, with: given })
      const told = await inTime(DEADLINE_MS, asked).catch((cause: unknown) => {
        throw new DoorError('store-down', `${home} did not answer`, true, { cause })
      })
      return answerOf(told) as never
    }
  return {
    ...{ get: ask('get'), list: ask('list'), count: ask('count') },
    ...{ put: ask('put'), remove: ask('remove'), changes: ask('changes') },
  }
}

/** A home's store, and the desk it keeps itself: in a storage of its own that is another place's or nobody's, in Redis everybody's. */
export const withDesks = (kept: Store, storeUrl: string, env: Bindings) => ({
  desk: kept.desk,
  store: isShared(storeUrl) ? kept : { ...kept, desk: desksOf(env) },
})

const METHODS: readonly string[] = Object.keys({
  ...{ get: 1, list: 1, count: 1, put: 1, remove: 1, changes: 1 },
} satisfies Record<keyof Desk, 1>)

/** Answers what is asked of the desk that this home keeps; a fault goes back as data. */
export function tellDesk(desk: Desk, { method, with: given }: DeskAsked): Promise<Told> {
  return toldBy(() => {
    if (!METHODS.includes(method)) throw new DoorError('not-allowed', 'no desk does this', false)
    return (desk[method] as (...given: unknown[]) => Promise<unknown>)(...given)
  })
}
