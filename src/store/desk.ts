/**
 * What a place's desk keeps besides its contacts: who is on shift, who waits for a navigator in which order, promises by
 * their owner, slots that are taken, the status of services. Small clear records, no words of anybody: the story stays
 * in the contact.
 */
export const DESK_KINDS = ['staff', 'queue', 'promise', 'slot', 'status'] as const
export type DeskKind = (typeof DESK_KINDS)[number]

export interface DeskRow {
  place: string
  kind: DeskKind
  id: string
  /** Where it stands among its kind: rows are listed in the order of this text, then of their id. */
  rank: string
  /** Whose it is, to list by: a staff id, a team. Empty where it is nobody's. */
  owner: string
  /** Counts its changes; for a row that mirrors a contact, that contact's turn. */
  turn: number
  body: Readonly<Record<string, unknown>>
}

/**
 * Where desk rows live: one partition `{place:queue}` of the store. Every store passes test/store/desk.ts. A method that
 * cannot answer rejects with DoorError 'store-down'. Cost must not grow with how many rows wait (bench: 10 against 10,000).
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
   * Saves a row. With `expected` only if the stored row has that turn (0: there is none); without, only if the stored
   * row's turn is lower, so that late news changes nothing.
   */
  put(row: DeskRow, expected?: number): Promise<'saved' | 'overtaken'>
  /** Takes a row away; with `expected` only at that turn. A row that is not there is gone already. */
  remove(
    row: Pick<DeskRow, 'place' | 'kind' | 'id'>,
    expected?: number
  ): Promise<'saved' | 'overtaken'>
  /** Counts every change of a place's desk: what has not moved need not be read again. */
  changes(place: string): Promise<number>
}
