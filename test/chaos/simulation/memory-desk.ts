import { bodyOf, type Desk, type DeskKind, type DeskRow, limitOf } from '../../../src/store/desk.ts'

type Read = <Asked extends unknown[], Answer>(
  work: (...asked: Asked) => Answer
) => (...asked: Asked) => Promise<Answer>

/** Desks kept in a map, each row as JSON. `read` refuses once the store is closed. */
export function memoryDesk(read: Read): Desk {
  const rows = new Map<string, string>()
  const moved = new Map<string, number>()
  const keyOf = ({ place, kind, id }: Pick<DeskRow, 'place' | 'kind' | 'id'>) =>
    JSON.stringify([place, kind, id])
  const found = (key: string) => {
    const json = rows.get(key)
    return json === undefined ? null : (JSON.parse(json) as DeskRow)
  }
  const move = (place: string) => void moved.set(place, (moved.get(place) ?? 0) + 1)
  const standing = (place: string, kind: DeskKind, owner?: string) =>
    [...rows.values()]
      .map((json) => JSON.parse(json) as DeskRow)
      .filter((row) => row.place === place && row.kind === kind)
      .filter((row) => owner === undefined || row.owner === owner)
      .sort(inOrder)
  return {
    get: read((place, kind, id) => found(keyOf({ place, kind, id }))),
    list: read((place, kind, query = {}) => {
      const { owner, after = { rank: '', id: '' }, limit } = query
      const all = standing(place, kind, owner)
      return all.filter((row) => inOrder(row, after) > 0).slice(0, limitOf(limit))
    }),
    count: read((place, kind, owner) => standing(place, kind, owner).length),
    changes: read((place) => moved.get(place) ?? 0),
    put: read((row, expected) => {
      bodyOf(row, expected)
      const stands = found(keyOf(row))?.turn ?? 0
      if (expected === undefined ? stands >= row.turn : stands !== expected) return 'overtaken'
      rows.set(keyOf(row), JSON.stringify(row))
      move(row.place)
      return 'saved'
    }),
    remove: read((row, expected) => {
      const was = found(keyOf(row))
      if (was === null) return 'saved'
      if (expected !== undefined && was.turn !== expected) return 'overtaken'
      rows.delete(keyOf(row))
      move(row.place)
      return 'saved'
    }),
  }
}

type Stands = Pick<DeskRow, 'rank' | 'id'>

const inOrder = (a: Stands, b: Stands) =>
  Buffer.compare(Buffer.from(a.rank), Buffer.from(b.rank)) ||
  Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))
