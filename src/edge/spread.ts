import { DoorError } from '../errors.ts'
import type { ContactQuery, Store } from '../store/contract.ts'
import type { Desk } from '../store/desk.ts'
import { below } from '../store/durable.ts'
import { type Answer, type Asked, homesOf, READS, type Read } from './homes.ts'
import type { Bindings } from './runtime.ts'
import { answerOf, type Told, toldBy } from './told.ts'

type Ask = <R extends Read>(
  home: string,
  read: R,
  ...given: Parameters<Store[R]>
) => Promise<Answer<R>>

/** Asks one home; `after` of a list is the id of a contact. Throws the DoorError that was thrown there, or 'store-down' when it does not answer. */
export function asker(env: Bindings): Ask {
  return async function ask(home, read, ...given) {
    const told = await env.HOMES.getByName(home)
      .ask({ read, with: given })
      .catch((cause: unknown) => {
        throw new DoorError('store-down', `${home} did not answer`, true, { cause })
      })
    return answerOf(told) as Answer<typeof read>
  }
}

/** Answers what the Worker asks of a home's store; a fault goes back as data. */
export function tell(store: Store, { read, with: given }: Asked): Promise<Told> {
  return toldBy(() => {
    if (!READS.includes(read)) throw new DoorError('not-allowed', 'this is not read', false)
    return (store[read] as (...given: unknown[]) => Promise<unknown>)(...given)
  })
}

const down = () =>
  Promise.reject(new DoorError('store-down', 'a turn is saved in its own home only', true))
/** Nothing of a contact is written from the Worker: a turn that could not be taken to its home finds the store down. */
const NOTHING_WRITTEN = {
  ...{ find: down, recent: down, replyTo: down, commit: down, claimTimers: down },
  settleTimer: down,
  ...{ claimOutbox: down, settleOutbox: down, closeOutbox: down, expireReplies: down },
  close: async () => undefined,
}

/** What all homes keep in one Redis, read through one of them. */
export function sharedStore(ask: Ask, home: string, desk: Desk): Store {
  const reads = READS.map((read) => [
    read,
    (...given: never[]) => (ask as (...asked: unknown[]) => Promise<unknown>)(home, read, ...given),
  ])
  return { ...(Object.fromEntries(reads) as Pick<Store, Read>), ...NOTHING_WRITTEN, desk }
}

/**
 * The homes of every place read as one store, where each keeps its own.
 */
export function spreadStore(ask: Ask, places: () => Iterable<string>, desk: Desk): Store {
  const homes = () => homesOf(places())
  const first = async <R extends 'byRef' | 'byCall' | 'load'>(read: R, given: string) => {
    const found = await Promise.all(homes().map((home) => ask<'load'>(home, read as 'load', given)))
    return found.find((contact) => contact !== null) ?? null
  }
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
    ...NOTHING_WRITTEN,
    desk,
  }
}

/** Pages of every home, merged newest first. The cursor is the contact last shown: ids go up with time. */
async function listed(ask: Ask, homes: readonly string[], query: ContactQuery) {
  const { after, ...asked } = query
  const from = after === undefined ? {} : { after: below(idIn(after)) }
  const pages = await Promise.all(homes.map((home) => ask(home, 'list', { ...asked, ...from })))
  // Beyond the end of a page that goes on, its home may hold something newer than what another shows.
  const ends = pages.filter(({ next }) => next !== null).map(({ contacts }) => contacts.at(-1)?.id)
  const end = ends.reduce<string>((so, id = '') => (id > so ? id : so), '')
  const found = pages.flatMap(({ contacts }) => contacts).sort((a, b) => (a.id < b.id ? 1 : -1))
  const contacts = found.filter(({ id }) => id >= end).slice(0, query.limit)
  const last = contacts.at(-1)?.id
  const more = last !== undefined && (ends.length > 0 || found.length > contacts.length)
  return { contacts, next: more ? Buffer.from(below(last)).toString('base64url') : null }
}

function idIn(cursor: string): string {
  const [, id] = /^below:([\da-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (id === undefined) throw new DoorError('bad-input', 'this page cursor is not ours', false)
  return id
}
