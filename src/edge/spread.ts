import { DoorError } from '../errors.ts'
import type { ContactQuery, Store } from '../store/contract.ts'
import { type Answer, homesOf, type Read } from './homes.ts'
import type { Bindings } from './runtime.ts'

type Ask = <R extends Read>(
  home: string,
  read: R,
  ...given: Parameters<Store[R]>
) => Promise<Answer<R>>

/** Asks one home. Throws the DoorError that was thrown there, or 'store-down' when it does not answer. */
export function asker(env: Bindings): Ask {
  return async function ask(home, read, ...given) {
    const told = await env.HOMES.getByName(home)
      .ask({ read, with: given })
      .catch((cause: unknown) => {
        throw new DoorError('store-down', `${home} did not answer`, true, { cause })
      })
    if ('answer' in told) return told.answer as Answer<typeof read>
    throw new DoorError(told.fault.code, told.fault.message, told.fault.retry)
  }
}

/**
 * The homes of every place read as one store. Nothing is written by it: a turn that could not be taken to its home finds
 * the store down, and its caller hears the safe words.
 */
export function spreadStore(ask: Ask, places: () => Iterable<string>): Store {
  const homes = () => homesOf(places())
  const first = async <R extends 'byRef' | 'byCall' | 'load'>(read: R, given: string) => {
    const found = await Promise.all(homes().map((home) => ask<'load'>(home, read as 'load', given)))
    return found.find((contact) => contact !== null) ?? null
  }
  const down = () =>
    Promise.reject(new DoorError('store-down', 'a turn is saved in its own home only', true))
  return {
    byRef: (ref) => first('byRef', ref),
    byCall: (call) => first('byCall', call),
    load: (id) => first('load', id),
    async timeline(contact) {
      const found = await Promise.all(homes().map((home) => ask(home, 'timeline', contact)))
      return found.find((lines) => lines.length > 0) ?? []
    },
    list: (query) => listed(ask, homes(), query),
    async nextDue() {
      const [home] = homes()
      return home === undefined ? null : ask(home, 'nextDue')
    },
    ...{ recent: down, replyTo: down, commit: down, claimTimers: down, settleTimer: down },
    ...{ claimOutbox: down, settleOutbox: down, closeOutbox: down, expireReplies: down },
    close: async () => undefined,
  }
}

/** The contact last shown, and where each home's next page begins: null where it has no more. */
interface Cursor {
  last: string | null
  at: Record<string, string | null>
}

/** Pages of every home, merged newest first: ids of contacts go up with time. */
async function listed(ask: Ask, homes: readonly string[], query: ContactQuery) {
  const { last, at } = readCursor(query.after)
  const { after: _, ...asked } = query
  const pages = await Promise.all(
    homes
      .filter((home) => at[home] !== null)
      .map(async (home) => {
        const after = at[home]
        const page = await ask(home, 'list', after ? { ...asked, after } : asked)
        const unseen = page.contacts.filter(({ id }) => last === null || id < last)
        return { home, next: page.next, unseen, oldest: page.contacts.at(-1)?.id ?? '' }
      })
  )
  // Beyond the end of a page that goes on, its home may hold something newer than what another shows.
  const end = pages.reduce(
    (so, { next, oldest }) => (next !== null && oldest > so ? oldest : so),
    ''
  )
  const sound = pages.flatMap(({ unseen }) => unseen).filter(({ id }) => id >= end)
  const contacts = sound.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, query.limit)
  const shown = contacts.at(-1)?.id ?? last
  for (const { home, next, unseen } of pages)
    if (unseen.every(({ id }) => shown !== null && id >= shown)) at[home] = next
  const more = homes.some((home) => at[home] !== null)
  return { contacts, next: more ? writeCursor({ last: shown, at }) : null }
}

const writeCursor = (cursor: Cursor) => Buffer.from(JSON.stringify(cursor)).toString('base64url')

function readCursor(after: string | undefined): Cursor {
  if (after === undefined) return { last: null, at: {} }
  try {
    const { last, at } = JSON.parse(Buffer.from(after, 'base64url').toString()) as Cursor
    if (typeof last === 'string' && typeof at === 'object' && at !== null) return { last, at }
  } catch {
    // Refused below, like any other cursor that is not ours.
  }
  throw new DoorError('bad-input', 'this page cursor is not ours', false)
}
