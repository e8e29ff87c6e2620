import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { besideStore } from '../door/sealing.ts'
import type { Contact } from '../record/contact.ts'
import { readPeriods, retentionReport } from '../record/retention.ts'
import type { Store } from '../store/contract.ts'
import {
  askErasure,
  confirmErasure,
  eraseAgain,
  hold,
  type Records,
  release,
} from '../store/erasure.ts'
import { openContact, type Stored, shut } from '../store/sealed-contact.ts'
import { openKeys } from '../store/sealed-keys.ts'
import { settings, withStore } from './data.ts'
import { misused, optionsIn } from './options.ts'

const deciding =
  (
    work: (
      records: Records,
      decision: { ref: string; by: string; why: string }
    ) => Promise<unknown>,
    done: string,
    reason = true
  ) =>
  async (words: readonly string[]): Promise<number> => {
    const { values, rest } = optionsIn(words, ['by', 'why'])
    const ref = (rest[0] ?? '').replace(/\D/g, '')
    const { by = '', why = '' } = values
    const lacks = [
      ...(ref.length === 8 ? [] : ['a reference of 8 digits is missing']),
      ...(by.trim() ? [] : ['--by is missing: who decides']),
      ...(why.trim() || !reason ? [] : ['--why is missing']),
    ]
    if (lacks.length > 0) throw misused(lacks)
    await withRecords((records) => work(records, { ref, by: by.trim(), why }))
    console.log(`${ref}: ${done}`)
    return 0
  }

const withRecords = <T>(work: (records: Records) => Promise<T>) =>
  withStore((store, keyring) => work({ store, keyring, now: () => new Date().toISOString() }))

/** `records hold <ref> --by --why`. */
export const holdRecord = deciding(hold, 'held')
/** `records release <ref> --by --why`. */
export const releaseRecord = deciding(release, 'no longer held')
/** `records ask <ref> --by --why`: the first of two people. */
export const ask = deciding(askErasure, 'erasure asked; another person confirms it')
/** `records confirm <ref> --by`: the second. */
export const confirm = deciding(
  async (records, decision) => remember(await confirmErasure(records, decision)),
  'erased',
  false
)

const register = () => besideStore(settings, 'erased.txt')

/** Ids say nothing of a person; they are needed where a backup from before is restored. */
function remember(id: string) {
  const file = register()
  if (file !== null) appendFileSync(file, `${id}\n`, { mode: 0o600, flush: true })
}

/** `records again`: after a restore, erases again what had been erased. */
export async function again(): Promise<number> {
  const file = register()
  const ids =
    file !== null && existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  const back = await withRecords((records) => eraseAgain(records, ids))
  console.log(`${ids.length} erased records; ${back} had come back and are erased again`)
  return 0
}

/** `retention report`: what may be erased by age. It erases nothing: two people do. */
export async function reportRetention(words: readonly string[]): Promise<number> {
  const { values } = optionsIn(words, ['at'])
  const now = values.at ?? new Date().toISOString()
  if (Number.isNaN(Date.parse(now))) throw misused([`--at ${now} is no time`])
  const { periods, faults } = readPeriods(process.env['RETENTION'] ?? '')
  if (faults.length > 0) throw misused(faults.map((fault) => `RETENTION ${fault}`))
  const kept = await withRecords(everyRecord)
  for (const [kind, period] of Object.entries(periods)) console.log(`${kind}: ${period}`)
  for (const { place, kind, kept: all, due, held } of retentionReport(kept, periods, now))
    console.log(`${place}, ${kind}: ${all} kept, ${due} may be erased, ${held} held though old`)
  console.log('Dry run: nothing was erased.')
  return 0
}

async function everyRecord({ store, keyring }: Records) {
  const keys = openKeys(store, keyring)
  const found: { contact: Contact; held: boolean }[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<Store['list']>> = await store.list({
      limit: 200,
      ...(after === null ? {} : { after }),
    })
    for (const stored of page.contacts as Stored[]) {
      if (stored.seal?.erased) continue
      const contact = await keys
        .keyOf(stored)
        .then((key) => openContact(key, stored))
        .catch(() => shut(stored))
      found.push({ contact, held: stored.seal?.held !== undefined })
    }
    after = page.next
  } while (after !== null)
  return found
}
