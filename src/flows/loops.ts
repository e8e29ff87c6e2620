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

  function enter(one: T) {
    order.set(one, order.size)
    lower(one, order.size - 1)
    stack.push(one)
    open.add(one)
    return { one, rest: next(one)[Symbol.iterator]() }
  }
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
  // A stack of our own: a flow of a thousand steps is deeper than calls may go in some runtimes.
  for (const first of all) {
    if (order.has(first)) continue
    const calls = [enter(first)]
    for (let call = calls.at(-1); call; call = calls.at(-1)) {
      const { value, done } = call.rest.next()
      if (!done && !order.has(value)) calls.push(enter(value))
      else if (!done && open.has(value)) lower(call.one, order.get(value) ?? 0)
      if (!done) continue
      calls.pop()
      close(call.one)
      const above = calls.at(-1)
      if (above) lower(above.one, low.get(call.one) ?? 0)
    }
  }
  return groups
}
