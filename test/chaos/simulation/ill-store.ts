import { DoorError } from '../../../src/errors.ts'
import type { Committed, OutboxRow, Store, TimerRow } from '../../../src/store/contract.ts'
import { findEach } from '../../../src/store/find.ts'
import type { Moments } from './moments.ts'

/** How ill this world is: the share of calls that go wrong. */
export interface Illness {
  /** The store refuses, and nothing was done. */
  before: number
  /** It was done, and the answer is lost. */
  after: number
  /** Another was saved first, it says, though nobody was. */
  overtaken: number
}

/** One process of the door, which may die. */
export interface Life {
  alive: boolean
  /** What it had claimed when it died. */
  claims: Set<string>
}

const WRITES = [
  'commit',
  'settleTimer',
  'settleOutbox',
  'closeOutbox',
  'claimTimers',
  'claimOutbox',
  'desk.put',
  'desk.remove',
]
/** After these a claim is no longer this process's; a row that ended is, until it is closed. */
const GIVES_UP = ['settleTimer', 'settleOutbox', 'closeOutbox']
function letGo({ claims }: Life, [claim, end]: unknown[]) {
  const ended =
    typeof end === 'object' &&
    end !== null &&
    ('parked' in end || ('done' in end && end.done !== true))
  if (!ended) claims.delete((claim as { id: string }).id)
}
const never = new Promise<never>(() => undefined)
const down = () => new DoorError('store-down', 'the store failed', true)

/** A store as one process sees it: each call takes its moment, may fail before or after, and is lost with the process. */
export function illStore(
  store: Store,
  { moment }: Pick<Moments, 'moment'>,
  random: () => number,
  { illness, life }: { illness: Illness; life: Life }
): Store {
  const { desk, ...turns } = store
  const named = Object.entries(desk).map(([name, work]) => [`desk.${name}`, work] as const)
  const methods = [...Object.entries(turns), ...named] as [
    string,
    (...asked: unknown[]) => Promise<unknown>,
  ][]
  const wrapped = methods.map(([name, work]) => {
    const writes = WRITES.includes(name)
    return [
      name,
      async (...asked: unknown[]) => {
        await moment()
        if (!life.alive) return never
        if (random() < illness.before) throw down()
        if (name === 'commit' && random() < illness.overtaken)
          return { result: 'overtaken' } satisfies Committed
        const answer = await work(...asked)
        if (name.startsWith('claim'))
          for (const { id } of answer as (OutboxRow | TimerRow)[]) life.claims.add(id)
        if (GIVES_UP.includes(name)) letGo(life, asked)
        if (!writes) return answer
        await moment()
        if (!life.alive) return never
        if (random() < illness.after) throw down()
        return answer
      },
    ]
  })
  const all = Object.fromEntries(wrapped)
  const desks = Object.keys(desk).map((name) => [name, all[`desk.${name}`]])
  const ill = { ...all, desk: Object.fromEntries(desks) } as Store
  // Not in one go: between its parts another turn may be saved, as in a Cluster.
  return { ...ill, find: (sought) => findEach(ill, sought) }
}
