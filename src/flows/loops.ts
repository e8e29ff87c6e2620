/**
 * Groups what can be reached from one another (Tarjan's strongly connected components), followers before those they
 * follow. Something that leads nowhere back is a group of its own.
 */
export function loops<T>(all: Iterable<T>, next: (one: T) => Iterable<T>): T[][] {
  const order = new Map<T, number>()
  const low = new Map<T, number>()
  const stack: T[] = []
  const open = new Set<T>()
  const groups: T[][] = []
  const lower = (one: T, to: number) => low.set(one, Math.min(low.get(one) ?? to, to))

  function close(one: T) {
    if (low.get(one) !== order.get(one)) return
    const group: T[] = []
    for (let last = stack.pop(); last !== undefined; last = stack.pop()) {
      open.delete(last)
      group.push(last)
      if (last === one) break
    }
    groups.push(group)
  }
  function visit(one: T) {
    order.set(one, order.size)
    lower(one, order.size - 1)
    stack.push(one)
    open.add(one)
    for (const other of next(one))
      if (!order.has(other)) {
        visit(other)
        lower(one, low.get(other) ?? 0)
      } else if (open.has(other)) lower(one, order.get(other) ?? 0)
    close(one)
  }
  for (const one of all) if (!order.has(one)) visit(one)
  return groups
}
