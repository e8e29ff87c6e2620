import type { DatabaseSync } from 'node:sqlite'
import type { Contact } from '../record/contact.ts'
import { hourOf, instant } from './instant.ts'
import { isResting, RECENT, teamsOf } from './listed.ts'
import { pack, unpack } from './pack.ts'
import type { Facets } from './sqlite-facets.ts'
import { all, one } from './sqlite-tables.ts'

/** What a stored contact is found by, as its row holds it, and where its turn stands. */
interface Stored extends Found {
  no: number
  turn: number
  talking: 0 | 1
}

interface Found {
  place: string
  status: string
  level: string
  codes: string
  teams: string
  address: string
  call: string | null
  hour: number
}

interface Row {
  body: string | Uint8Array
}

export type Contacts = ReturnType<typeof openContacts>

/** Contacts by id, reference, call and address, and the one way to write them. */
export function openContacts(db: DatabaseSync, facets: Facets) {
  const body = (where: string) => db.prepare(`SELECT body FROM whole WHERE ${where}`)
  const byId = body('id = ?')
  const byRef = body('ref = ?')
  const byCall = body('call = ? ORDER BY no DESC LIMIT 1')
  const recent = db.prepare(
    `SELECT body FROM whole
     WHERE address = ? AND place = ? AND hour >= ? AND updated >= ? ORDER BY no DESC LIMIT ${RECENT}`
  )
  const stored = db.prepare(
    `SELECT no, turn, talking, place, status, level, codes, teams, address, call, hour
     FROM whole WHERE id = ?`
  )
  const refTaken = db.prepare('SELECT 1 FROM contacts WHERE ref = ? AND id <> ?')
  const contactOf = (row: Row | undefined) => (row === undefined ? null : unpack(row.body))
  return {
    load: (id: string) => contactOf(one(byId, id)),
    byRef: (ref: string) => contactOf(one(byRef, ref)),
    byCall: (call: string) => contactOf(one(byCall, call)),
    recent(place: string, address: string, since: string): Contact[] {
      const at = instant(since)
      return all<Row>(recent, address, place, hourOf(at), at).map((row) => unpack(row.body))
    },
    stored: (id: string) => one<Stored>(stored, id),
    refTaken: ({ ref, id }: Contact) => one(refTaken, ref, id) !== undefined,
    save: saver(db, facets),
  }
}

function saver(db: DatabaseSync, facets: Facets) {
  const insert = db.prepare(
    `INSERT INTO contacts (id, ref, created, place, status, level, codes, teams, address, call, hour)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING no`
  )
  const move = db.prepare(
    `UPDATE contacts SET place = ?, status = ?, level = ?, codes = ?, teams = ?, address = ?, call = ?, hour = ?
     WHERE no = ?`
  )
  const saveBody = bodySaver(db)
  /** Writes the contact and returns its number. A turn that moves nothing it is found by touches no index. */
  return function save(contact: Contact, was: Stored | undefined): number {
    const { id, ref, createdAt } = contact
    const found = foundBy(contact)
    const values = Object.values(found)
    const changed = Object.entries(found).some(
      ([name, value]) => was?.[name as keyof Found] !== value
    )
    const no = was?.no ?? numberOf(one(insert, id, ref, instant(createdAt), ...values))
    if (was !== undefined && changed) move.run(...values, no)
    if (changed) facets.move(no, was, found)
    saveBody(no, contact, was?.talking)
    return no
  }
}

const numberOf = (row: { no: number } | undefined) => Number(row?.no)

function bodySaver(db: DatabaseSync) {
  const talk = db.prepare('REPLACE INTO talking (no, turn, updated, body) VALUES (?, ?, ?, ?)')
  const rest = db.prepare('REPLACE INTO resting (no, turn, updated, body) VALUES (?, ?, ?, ?)')
  const leaveTalking = db.prepare('DELETE FROM talking WHERE no = ?')
  const leaveResting = db.prepare('DELETE FROM resting WHERE no = ?')
  return function saveBody(no: number, contact: Contact, was: 0 | 1 | undefined) {
    const { turn } = contact
    const updated = instant(contact.updatedAt)
    if (isResting(contact)) {
      rest.run(no, turn, updated, pack(contact))
      if (was === 1) leaveTalking.run(no)
    } else {
      talk.run(no, turn, updated, JSON.stringify(contact))
      if (was === 0) leaveResting.run(no)
    }
  }
}

/** In the order of the columns of the statements above. */
function foundBy(contact: Contact) {
  const { place, status, level, codes, person, conversation } = contact
  return {
    place,
    status,
    level,
    codes: JSON.stringify([...new Set(codes)]),
    teams: JSON.stringify(teamsOf(contact)),
    address: person.address,
    call: conversation?.call ?? null,
    hour: hourOf(instant(contact.updatedAt)),
  } satisfies Found
}
