import type { Contact } from '../record/contact.ts'
import type { Found, Sought, Store } from './contract.ts'
import { RECENT } from './listed.ts'

/** `find` for a store that has nothing to gain by looking for everything at once. */
export async function findEach(
  store: Pick<Store, 'replyTo' | 'byCall' | 'recent'>,
  { webhook, call, place, addresses, since }: Sought
): Promise<Found> {
  const reply = await store.replyTo(webhook)
  if (reply) return { reply, live: null, recent: [] }
  const live = call === undefined ? null : await store.byCall(call)
  const lists = await Promise.all(addresses.map((address) => store.recent(place, address, since)))
  return { reply: null, live, recent: newestOf(lists) }
}

/** Several addresses' contacts as one list, newest first. Ids are UUIDv7: they sort as they were made. */
export function newestOf(lists: readonly Contact[][]): Contact[] {
  const [only, ...more] = lists.filter((list) => list.length > 0)
  if (!only || more.length === 0) return only ?? []
  return [only, ...more]
    .flat()
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, RECENT)
}
