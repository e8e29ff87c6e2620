import type { Views } from '../record/views.ts'

/** How often the desks are looked at while somebody watches, milliseconds: other doors change them too. */
const LOOK_MS = 250

/** Tells whoever watches a place that its desk has changed. Nobody is asked while nobody watches. */
export function watchDesks(views: Pick<Views, 'changes'>) {
  const watching = new Map<string, Set<() => void>>()
  const seen = new Map<string, number>()
  let looking = false
  async function look() {
    if (looking) return
    looking = true
    for (const [place, all] of watching) {
      const count = await views.changes(place).catch(() => undefined)
      const before = seen.get(place)
      if (count === undefined) continue
      seen.set(place, count)
      if (before !== undefined && before !== count) for (const tell of [...all]) tell()
    }
    looking = false
  }
  let every: ReturnType<typeof setInterval> | undefined
  return {
    changed(place: string, onChange: () => void): () => void {
      const all = watching.get(place) ?? new Set()
      watching.set(place, all.add(onChange))
      every ??= setInterval(() => void look(), LOOK_MS)
      void look()
      return () => {
        all.delete(onChange)
        if (all.size > 0) return
        watching.delete(place)
        seen.delete(place)
        if (watching.size > 0) return
        clearInterval(every)
        every = undefined
      }
    },
    close: () => clearInterval(every),
  }
}
