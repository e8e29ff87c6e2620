import type { Store } from '../../src/store/contract.ts'
import { DESK_KINDS, type DeskRow } from '../../src/store/desk.ts'

export const PLACE = 'lewisham'
export const idOf = (n: number) => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`

/** The nth who waits for a navigator: the later they came, the later they stand. */
export const waiting = (n: number, change: Partial<DeskRow> = {}): DeskRow => ({
  place: PLACE,
  kind: 'queue',
  id: idOf(n),
  rank: `3:${String(n).padStart(6, '0')}`,
  owner: '',
  turn: 1,
  body: { level: 'today', since: '2026-11-24T14:20:00Z', offered: n % 3 },
  ...change,
})

/** Everything of one desk that a backup must bring back. */
export async function deskOf({ desk }: Pick<Store, 'desk'>) {
  const kinds = await Promise.all(DESK_KINDS.map((kind) => desk.list(PLACE, kind)))
  return {
    rows: kinds.flat(),
    anns: await desk.list(PLACE, 'queue', { owner: 'ann' }),
    count: await desk.count(PLACE, 'queue'),
    changes: await desk.changes(PLACE),
  }
}
