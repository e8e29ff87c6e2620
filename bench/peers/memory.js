/** The calls an engine holds between turns: as text, because a store that outlives the process holds text. */
export function memory() {
  const calls = new Map()
  return {
    read: (id) => JSON.parse(calls.get(id)),
    write: (id, state) => void calls.set(id, JSON.stringify(state)),
    bytes: (id) => Buffer.byteLength(calls.get(id) ?? ''),
    drop: (id) => void calls.delete(id),
  }
}
