import type { Followed } from './drive.ts'
import type { Memory } from './memory.ts'

/** The fields that some turn from here on may read, by place. */
export type Live = Map<string, Set<string>>

/** Where a conversation stands, as finely as reading is followed: its state, and whether danger is cleared. */
export const place = (value: string, memory: Memory) => `${value} ${memory['cleared']}`

/** What is read at one place before the next is reached, and what is written on every turn between the two. */
interface Link {
  reads: Set<string>
  written: Set<string>
}
/** By place, then by the place that follows. */
export type Links = Map<string, Map<string, Link>>

/** Notes what one turn read and wrote. */
export function link(links: Links, at: string, turn: Followed): void {
  const next = place(turn.value, turn.memory)
  const out = links.get(at) ?? new Map<string, Link>()
  links.set(at, out)
  const known = out.get(next)
  if (!known) {
    out.set(next, { reads: new Set(turn.reads), written: new Set(turn.written) })
    return
  }
  for (const field of turn.reads) known.reads.add(field)
  for (const field of known.written) if (!turn.written.has(field)) known.written.delete(field)
}

/** Carries what is read back to every place from which it can still be read. True when anything was new. */
export function spread(live: Live, links: Links): boolean {
  let grew = false
  for (let again = true; again; ) {
    again = false
    for (const [at, out] of links) {
      const here = live.get(at) ?? new Set()
      live.set(at, here)
      const size = here.size
      for (const [next, { reads, written }] of out) {
        for (const field of reads) here.add(field)
        for (const field of live.get(next) ?? []) if (!written.has(field)) here.add(field)
      }
      if (here.size > size) again = grew = true
    }
  }
  return grew
}
