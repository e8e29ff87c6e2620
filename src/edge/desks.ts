import type { Chatting } from '../desk/chats.ts'
import type { Dispatch } from '../desk/dispatch.ts'
import { DoorError } from '../errors.ts'
import type { Contact } from '../record/contact.ts'
import type { Store } from '../store/contract.ts'
import { bodyOf, type Desk, type DeskRow } from '../store/desk.ts'
import { deskOf } from './homes.ts'
import { inTime, isShared } from './keeping.ts'
import type { Bindings } from './runtime.ts'
import type { KnownStands } from './stands.ts'
import { answerOf, type Told, toldBy } from './told.ts'

/** What is asked of the home that keeps a place's desk. */
export interface DeskAsked {
  method: keyof Desk
  with: unknown[]
}

/** No member of staff waits longer for a desk that is in another home. */
const DEADLINE_MS = 950
/** What is sent to Teams is sent by the home of the desk, and Teams may take its time. */
const SENDING_MS = 15_000

/** The work of another home, or 'store-down'; what was thrown there is thrown here. */
async function answered(home: string, ms: number, work: Promise<Told>): Promise<never> {
  const told = await inTime(ms, work).catch((cause: unknown) => {
    throw new DoorError('store-down', `${home} did not answer`, true, { cause })
  })
  return answerOf(told) as never
}

/** The desks of places, each asked in the one home that keeps it. */
export function desksOf({ HOMES }: Bindings): Desk {
  const ask =
    <Name extends keyof Desk>(method: Name) =>
    async (...given: Parameters<Desk[Name]>): Promise<never> => {
      const [first] = given
      const home = deskOf(typeof first === 'string' ? first : first.place)
      return answered(home, DEADLINE_MS, HOMES.getByName(home).desk({ method, with: given }))
    }
  const put = ask('put')
  return {
    ...{ get: ask('get'), list: ask('list'), count: ask('count') },
    ...{ remove: ask('remove'), changes: ask('changes') },
    // What is no row is refused here: where no place is named, there is no home to ask.
    async put(row, expected) {
      bodyOf(row, expected)
      return put(row, expected)
    },
  }
}

/**
 * A home's store, and the desk it keeps itself: in a storage of its own that is its place's or nobody's, in Redis
 * everybody's.
 */
export function withDesks(
  kept: Store,
  { storeUrl, env, isDesk }: { storeUrl: string; env: Bindings; isDesk: boolean }
) {
  const desk = isShared(storeUrl) ? waking(kept.desk, env) : isDesk ? kept.desk : desksOf(env)
  return { desk: kept.desk, store: { ...kept, desk } }
}

/** Whoever waits is looked at until nobody does: so the home of the desk is woken before their row is there. */
const waking = (desk: Desk, { HOMES }: Bindings): Desk => ({
  ...desk,
  async put(row, expected) {
    if (isWaiting(row)) {
      const home = deskOf(row.place)
      await answered(home, DEADLINE_MS, HOMES.getByName(home).look())
    }
    return desk.put(row, expected)
  },
})

const isWaiting = ({ kind }: Pick<DeskRow, 'kind'>) => kind === 'queue'

const METHODS: readonly string[] = Object.keys({
  ...{ get: 1, list: 1, count: 1, put: 1, remove: 1, changes: 1 },
} satisfies Record<keyof Desk, 1>)

/** Answers what is asked of the desk that this home keeps; a fault goes back as data. `wake` is done before somebody waits. */
export function tellDesk(
  desk: Desk,
  { method, with: given }: DeskAsked,
  wake: () => Promise<void> = async () => undefined
): Promise<Told> {
  return toldBy(async () => {
    if (!METHODS.includes(method)) throw new DoorError('not-allowed', 'no desk does this', false)
    if (method === 'put' && isWaiting(given[0] as DeskRow)) await wake()
    return (desk[method] as (...given: unknown[]) => Promise<unknown>)(...given)
  })
}

/** A place's desk is looked at in its own home alone; the others tell it there that something has changed. */
export function dispatchAt(
  { HOMES }: Bindings,
  { staffed, forget }: Pick<KnownStands, 'staffed' | 'forget'>,
  fault: (error: unknown) => void
): Dispatch {
  const telling = new Set<Promise<unknown>>()
  return {
    offer(place) {
      forget()
      const home = deskOf(place)
      const told = answered(home, DEADLINE_MS, HOMES.getByName(home).look())
        .catch(fault)
        .finally(() => telling.delete(told))
      telling.add(told)
    },
    staffed,
    idle: async () => void (await Promise.all(telling)),
  }
}

const CHATS = ['card', 'change', 'words'] as const

/** What is written to staff, asked of the home of their desk. */
export interface ChatAsked {
  do: (typeof CHATS)[number]
  with: unknown[]
}

/**
 * Writes to staff from the home of their desk: whoever they wrote to in Teams knows best where they are found, and that a
 * chat is gone.
 */
export function chattingAt({ HOMES }: Bindings, link: (contact: Contact) => string): Chatting {
  const ask =
    <Name extends ChatAsked['do']>(what: Name) =>
    async (...given: Parameters<Chatting[Name]>): Promise<never> => {
      const home = deskOf(given[0].place)
      return answered(home, SENDING_MS, HOMES.getByName(home).chat({ do: what, with: given }))
    }
  return { card: ask('card'), change: ask('change'), words: ask('words'), link }
}

/** Writes to staff for another home. */
export const tellChat = (chatting: Chatting | undefined, asked: ChatAsked): Promise<Told> =>
  toldBy(async () => {
    if (!chatting || !CHATS.includes(asked.do))
      throw new DoorError('not-allowed', 'nobody is written to from here', false)
    return (chatting[asked.do] as (...given: unknown[]) => Promise<unknown>)(...asked.with)
  })
