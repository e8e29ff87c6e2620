import type { DatabaseSync } from 'node:sqlite'
import { DoorError } from '../errors.ts'
import type { Contact } from '../record/contact.ts'
import type { ContactQuery } from './contract.ts'
import { hourOf, instant } from './instant.ts'
import { matches, TOUCHED } from './listed.ts'
import { unpack } from './pack.ts'
import { tag } from './sqlite-facets.ts'
import { all, one } from './sqlite-tables.ts'

/** A list of contacts, newest first. */
export function openList(db: DatabaseSync) {
  const read = db.prepare('SELECT body FROM whole WHERE no = ? AND updated >= ?')
  const source = openSources(db)
  return function list(query: ContactQuery): { contacts: Contact[]; next: string | null } {
    const limit = Math.max(1, Math.floor(query.limit))
    const from = query.from === undefined ? Number.MIN_SAFE_INTEGER : instant(query.from)
    const before = query.after === undefined ? Number.MAX_SAFE_INTEGER : numberOf(query.after)
    const contacts: Contact[] = []
    let last = before
    for (const no of source(query, before, limit + 1)) {
      const row = one<{ body: string | Uint8Array }>(read, no, from)
      const contact = row === undefined ? null : unpack(row.body)
      if (contact === null || !matches(contact, query)) continue
      if (contacts.length === limit) return { contacts, next: cursorOf(last) }
      contacts.push(contact)
      last = no
    }
    return { contacts, next: null }
  }
}

/** Numbers of contacts that may match, newest first, by whichever index reads the fewest. */
function openSources(db: DatabaseSync) {
  const byAddress = db.prepare(
    'SELECT no FROM contacts WHERE address = ? AND no < ? ORDER BY no DESC'
  )
  const touched = db.prepare(
    `SELECT no FROM contacts INDEXED BY contacts_hour WHERE hour >= ? LIMIT ${TOUCHED + 1}`
  )
  const walk = openWalk(db)
  return function* source(query: ContactQuery, before: number, page: number): Iterable<number> {
    if (query.phone !== undefined) {
      yield* all<{ no: number }>(byAddress, query.phone, before).map(({ no }) => no)
      return
    }
    if (query.from !== undefined) {
      const found = all<{ no: number }>(touched, hourOf(instant(query.from)))
      if (found.length <= TOUCHED) {
        const numbers = found.map(({ no }) => no).filter((no) => no < before)
        yield* numbers.sort((a, b) => b - a)
        return
      }
    }
    yield* walk(query, before, page)
  }
}

/** Walks the facets of a query together, a page at a time: one query over all of them would sort every contact. */
function openWalk(db: DatabaseSync) {
  const facetsOf = db.prepare(
    `SELECT id FROM facets WHERE tag = :tag
     AND (:place IS NULL OR place = :place) AND (:status IS NULL OR status = :status)`
  )
  const newest = db.prepare(
    'SELECT no FROM facet_contacts WHERE facet = ? AND no < ? ORDER BY no DESC LIMIT ?'
  )
  return function* walk(query: ContactQuery, before: number, page: number): Iterable<number> {
    const { place = null, status = null, code = null, team = null } = query
    const facets = facetsOf.all({ tag: tag(code, team), place, status }).map(({ id }) => Number(id))
    let last = before
    for (;;) {
      const numbers = facets
        .flatMap((id) => all<{ no: number }>(newest, id, last, page).map(({ no }) => no))
        .sort((a, b) => b - a)
        .slice(0, page)
      yield* numbers
      if (numbers.length < page) return
      last = numbers.at(-1) ?? 0
    }
  }
}

/** Where a page that begins below this number goes on. */
export const cursorOf = (no: number) => Buffer.from(`before:${no}`).toString('base64url')

function numberOf(cursor: string): number {
  const match = /^before:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (match === null) throw new DoorError('bad-input', 'this page cursor is not ours', false)
  return Number(match[1])
}
