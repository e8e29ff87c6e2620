import { type Connection, type Reply, Unreached } from './redis-connection.ts'

/** How long replicas may take to have a turn: two in a row must fit into the time of one call. */
export const WAIT_MS = 350

/** Which replicas must have a write before it is acknowledged. Asked at each write, because both change. */
export interface Demand {
  /** At least so many, whichever they are; 0 confirms nothing. */
  replicas: () => number
  /** Every one of these, as `host:port`. Absent where nobody knows which replica would take over. */
  promotable?: () => ReadonlySet<string>
}

/** One confirmation speaks for every write before it; those that come while one is under way share the next. */
export function confirmer(on: () => Connection, demand: Demand): () => Promise<void> {
  let current: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  return function confirm() {
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = undefined
        current = demand.promotable ? named(on(), demand, demand.promotable) : counted(on(), demand)
        return current
      })
    return next
  }
}

async function counted(on: Connection, { replicas }: Demand) {
  const have = Number(await on.send(['WAIT', String(replicas()), String(WAIT_MS)]))
  if (have < replicas()) throw tooFew(have, replicas())
}

/**
 * WAIT says how many, and not which: a master that was replaced without knowing is obeyed by a replica that does not
 * know either. So the master is also asked how far it is, and afterwards how far each of its replicas is.
 */
async function named(on: Connection, { replicas }: Demand, promotable: () => ReadonlySet<string>) {
  const until = performance.now() + WAIT_MS
  const before = on.send(['ROLE'])
  // The first of them to have it may not be the ones that must: then one more is waited for.
  for (let wanted = Math.max(replicas(), promotable().size); ; wanted += 1) {
    // To Redis no milliseconds are for ever.
    const left = Math.max(1, Math.ceil(until - performance.now()))
    const wait = on.send(['WAIT', String(wanted), String(left)])
    const [from, answer, after] = await Promise.all([before, wait, on.send(['ROLE'])])
    const have = Number(answer)
    const has = holders(after, offsetOf(from))
    const lacking = [...promotable()].filter((name) => !has.has(name))
    if (have >= replicas() && lacking.length === 0) return
    if (have >= wanted && left > 1) continue
    if (have < replicas()) throw tooFew(have, replicas())
    throw new Unreached(`${lacking.join(', ')} could become the master without the write`)
  }
}

const tooFew = (have: number, replicas: number) =>
  new Unreached(`${have} of ${replicas} replicas have the write`)

/** How far a master is. Throws Unreached for a server that is no master any more. */
function offsetOf(role: Reply): number {
  if (!Array.isArray(role) || String(role[0]) !== 'master')
    throw new Unreached('the server is no master any more')
  return Number(role[1])
}

/** The replicas, as `host:port`, that are at least so far. */
function holders(role: Reply, offset: number): Set<string> {
  offsetOf(role)
  const rows = Array.isArray(role) && Array.isArray(role[2]) ? role[2] : []
  return new Set(
    rows.flatMap((row) => {
      const [host, port, at] = Array.isArray(row) ? row : []
      return Number(at) >= offset ? [`${host}:${port}`] : []
    })
  )
}
