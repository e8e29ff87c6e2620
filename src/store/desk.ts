import { DoorError } from '../errors.ts'

/**
 * What a place's desk keeps besides its contacts: who is on shift, who waits for a navigator in which order, promises by
 * their owner, slots that are taken, the status of services, who signed out, whose conversation a thread in Teams is. Small
 * clear records, no words of anybody: the story stays in the contact.
 */
export const DESK_KINDS = [
  ...(['staff', 'queue', 'promise', 'slot', 'status'] as const),
  ...(['session', 'thread'] as const),
] as const
export type DeskKind = (typeof DESK_KINDS)[number]

/**
 * What a row may say: ids, references, codes, levels, priorities, times, counts, marks of yes and no, and what staff wrote of
 * a service. Never who a resident is, how to reach them, or what anybody said: rows are kept in clear in every store, the
 * sealed one too, and outlive an erased contact until they are removed. At most 16 kB as JSON.
 */
export type DeskBody = Readonly<Record<string, unknown>> & {
  readonly [Personal in
    | 'address'
    | 'heard'
    | 'number'
    | 'phone'
    | 'said'
    | 'text'
    | 'words']?: never
}

/** Its texts hold no control characters and no half of a character: they are compared byte by byte, as UTF-8. */
export interface DeskRow {
  place: string
  kind: DeskKind
  id: string
  /** Where it stands among its kind: rows are listed in the order of this text, then of their id. */
  rank: string
  /** Whose it is, to list by: a staff id, a team. Empty where it is nobody's. */
  owner: string
  /** Counts its changes, from 1; for a row that mirrors a contact, that contact's turn. */
  turn: number
  body: DeskBody
}

/** The most rows of one list, and how many there are where no limit is given. */
export const MOST_ROWS = 1_000

/**
 * Where desk rows live: one partition `{place:queue}` of the store. Every store passes test/store/desk.ts. A method that
 * cannot answer rejects with DoorError 'store-down'; a write so rejected may have been done. Cost does not grow with how
 * many rows wait.
 */
export interface Desk {
  get(place: string, kind: DeskKind, id: string): Promise<DeskRow | null>
  /** In rank order; `after` is the row before the page. */
  list(
    place: string,
    kind: DeskKind,
    query?: { owner?: string; after?: Pick<DeskRow, 'rank' | 'id'>; limit?: number }
  ): Promise<DeskRow[]>
  /** How many rows of a kind there are, by owner where one is named. */
  count(place: string, kind: DeskKind, owner?: string): Promise<number>
  /**
   * Saves a row. With `expected` only if the stored row has that turn (0: there is none), which the row's own turn must be
   * above; without, only if the stored row's turn is lower, so that late news changes nothing. Rejects with 'bad-input' what
   * is no row.
   */
  put(row: DeskRow, expected?: number): Promise<'saved' | 'overtaken'>
  /**
   * Takes a row away; with `expected` only at that turn. A row that is not there is gone already. Nothing remembers it: news
   * that comes still later, put without `expected`, brings it back.
   */
  remove(
    row: Pick<DeskRow, 'place' | 'kind' | 'id'>,
    expected?: number
  ): Promise<'saved' | 'overtaken'>
  /** Counts every change of a place's desk: what has not moved need not be read again. */
  changes(place: string): Promise<number>
}

const MOST_BYTES = 16 * 1024

/** The body of a row that may be saved, as JSON. Throws 'bad-input' for one that no store could list in its order. */
export function bodyOf({ place, kind, id, rank, owner, turn, body }: DeskRow, expected = 0) {
  const texts = [place, kind, id, rank, owner]
  const odd = (text: string) => !text.isWellFormed() || [...text].some((one) => one < ' ')
  if (texts.some(odd) || place === '' || id === '' || !DESK_KINDS.includes(kind))
    throw bad('its texts are not ones that it can be found by')
  if (!Number.isSafeInteger(turn) || turn < 1 || turn <= expected)
    throw bad(`turn ${turn} does not follow ${expected}`)
  const json = JSON.stringify(body)
  if (Buffer.byteLength(json) > MOST_BYTES) throw bad('it is too long for a small clear record')
  return json
}

const bad = (why: string) => new DoorError('bad-input', `a row of the desk: ${why}`, false)

/** How many rows a list may hold. */
export const limitOf = (limit = MOST_ROWS) => Math.min(Math.max(1, Math.floor(limit)), MOST_ROWS)
