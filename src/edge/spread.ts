import { DoorError } from '../errors.ts'
import type { ContactQuery, Store } from '../store/contract.ts'
import type { Desk } from '../store/desk.ts'
import { below } from '../store/durable.ts'
import { type Answer, type Asked, READS, type Read } from './homes.ts'
import type { Bindings } from './runtime.ts'
import { answerOf, type Told, toldBy } from './told.ts'

export type Ask = <R extends Read>(
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

/** Of so many contacts it is remembered which home has them, so that the next asks no other. */
const REMEMBERED = 10_000

/**
 * Homes read as one store, where each keeps its own. One that does not answer hides no other's contact: it rejects only where
 * none of them had it.
 */
export function spreadStore(ask: Ask, homes: () => readonly string[], desk: Desk): Store {
  const whose = new Map<string, string>()
  const first = async <R extends 'byRef' | 'byCall' | 'load' | 'timeline'>(
    read: R,
    given: string,
    isThere: (answer: Answer<R>) => boolean
  ): Promise<Answer<R> | undefined> => {
    const looked = async (home: string) => {
      const answer = (await ask<'load'>(home, read as 'load', given)) as Answer<R>
      return isThere(answer) ? { home, answer } : undefined
    }
    const before = whose.get(given)
    const there = before === undefined ? undefined : await looked(before)
    const { home, answer } = there ?? (await firstOf(homes().map(looked))) ?? {}
    if (home !== undefined) remember(whose, given, home)
    return answer
  }
  const contact = async (read: 'byRef' | 'byCall' | 'load', given: string) =>
    (await first(read, given, (found) => found !== null)) ?? null
  return {
    byRef: (ref) => contact('byRef', ref),
    byCall: (call) => contact('byCall', call),
    load: (id) => contact('load', id),
    timeline: async (id) => (await first('timeline', id, (lines) => lines.length > 0)) ?? [],
    list: (query) => listed(ask, homes(), query),
    async nextDue() {
      const [home] = homes()
      return home === undefined ? null : ask(home, 'nextDue')
    },
    ...NOTHING_WRITTEN,
    desk,
  }
}

/** As many as one store gives. */
const MOST_RECENT = 100

/** Contacts of an address, whichever home has them, newest first: staff look for a person, and not for a call. */
export const recentOf =
  (ask: Ask, homes: readonly string[]): Store['recent'] =>
  async (...given) => {
    const found = await Promise.all(homes.map((home) => ask(home, 'recent', ...given)))
    const all = found.flat().sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
    return all.slice(0, MOST_RECENT)
  }

/** The first that was found. Rejects where nothing was, and one of them could not look. */
async function firstOf<T>(looking: readonly Promise<T | undefined>[]): Promise<T | undefined> {
  const looked = await Promise.allSettled(looking)
  const found = looked.find((one) => one.status === 'fulfilled' && one.value !== undefined)
  if (found?.status === 'fulfilled') return found.value
  const failed = looked.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
  return undefined
}

function remember(whose: Map<string, string>, given: string, home: string): void {
  whose.delete(given)
  whose.set(given, home)
  const oldest = whose.size > REMEMBERED ? whose.keys().next().value : undefined
  if (oldest !== undefined) whose.delete(oldest)
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
