import type { Commit } from './contract.ts'
import type { Arg } from './redis-connection.ts'
import type { Link } from './redis-link.ts'
import { entryOf } from './redis-partitions.ts'
import { shortId } from './redis-record.ts'
import { bytesOf } from './redis-script.ts'

/**
 * Says which partition to look in for an id, a reference, a call, an address or a webhook. What it leads to is always
 * checked there, so that one too many does no harm.
 */
export interface Locator {
  key: Arg
  /** mine: a webhook's, which one partition has at a time · own: one contact's for ever · add: to those that are there. */
  how: 'mine' | 'own' | 'add'
  value: Arg
  /** Milliseconds to keep it, or empty for ever. */
  life: string
}

export const idLocator = (id: string): Buffer => Buffer.concat([Buffer.from('i'), shortId(id)])
export const refLocator = (ref: string) => `r${ref}`
export const callLocator = (call: string) => `c${call}`
export const addressLocator = (address: string) => `a${address}`
export const webhookLocator = (webhook: string) => `w${webhook}`

/** The locators of a turn: of its webhook always, of its contact as far as they are new. */
export function locatorsOf(
  { contact, webhook }: Commit,
  partition: number,
  { life, all, address, call }: { life: string; all: boolean; address: boolean; call: boolean }
): Locator[] {
  const { id, ref, person, conversation } = contact
  const number = String(partition)
  const entry = entryOf(partition, shortId(id))
  const locators: Locator[] = []
  if (webhook) locators.push({ key: webhookLocator(webhook.id), how: 'mine', value: number, life })
  if (all) {
    locators.push({ key: idLocator(id), how: 'own', value: number, life: '' })
    locators.push({ key: refLocator(ref), how: 'own', value: entry, life: '' })
  }
  if (address)
    locators.push({ key: addressLocator(person.address), how: 'add', value: entry, life: '' })
  if (call && conversation?.call !== undefined)
    locators.push({ key: callLocator(conversation.call), how: 'add', value: entry, life: '' })
  return locators
}

/** taken: the reference is another contact's · elsewhere: another partition has the webhook. */
export type Located = 'ours' | 'taken' | 'elsewhere'

/** Writes locators, each where it belongs; all of them are on the disk before this resolves. */
export async function locate(link: Link, locators: readonly Locator[]): Promise<Located> {
  const ends = await Promise.all(
    locators.map(async ({ key, how, value, life }): Promise<Located> => {
      if (how === 'add') {
        await link.write(key, ['APPEND', key, value])
        return 'ours'
      }
      const keep = life === '' ? [] : ['PX', life]
      const found = await link.write(key, ['SET', key, value, 'NX', 'GET', ...keep])
      if (found === null || bytesOf(found)?.equals(Buffer.from(value))) return 'ours'
      return how === 'mine' ? 'elsewhere' : 'taken'
    })
  )
  return ends.find((end) => end !== 'ours') ?? 'ours'
}
