import type { Config } from '../config.ts'
import { openDesk } from '../desk/open.ts'
import { promising } from '../desk/promising.ts'
import { openStatuses } from '../desk/statuses.ts'
import { DoorError } from '../errors.ts'
import type { Commit, Committed, Store } from '../store/contract.ts'
import type { DurableStorage } from '../store/durable.ts'
import { alert } from '../turn/alert.ts'
import type { Parts } from '../turn.ts'
import type { Alarm } from './alarm.ts'
import { dispatchAt } from './desks.ts'
import { homesOf, placeOf } from './homes.ts'
import { inTime, isShared } from './keeping.ts'
import { proverAt } from './proving.ts'
import { rosterIn } from './roster.ts'
import type { Bindings } from './runtime.ts'
import { asker, recentOf, spreadStore } from './spread.ts'
import { openStands } from './stands.ts'
import { answerOf } from './told.ts'
import { wholeStore } from './whole.ts'

/** How long a member of staff waits for the home of a contact. */
const DEADLINE_MS = 2_000
/** While anybody waits, or is with somebody, their desk is looked at this often: an offer ends, a phone falls silent. */
const LOOK_MS = 1_000

interface HomeDeskParts<Shared> {
  env: Bindings
  home: string | undefined
  config: Pick<Config, 'STORE_URL' | 'PROVER_URL' | 'PROVER_TOKEN'>
  own: Store
  shared: Shared
  fault: (error: unknown) => void
}

/** What turns and staff of a home stand on: its own store as part of a whole place's, and the desk of that place. */
export function openHomeDesk<Shared extends Omit<Parts, 'store'>>(given: HomeDeskParts<Shared>) {
  const { env, home, config, own, shared, fault } = given
  const { content, now } = shared
  const { place, isDesk } = placeOf(home)
  const statuses = openStatuses(content)
  const stands = openStands({ content, statuses, desk: own.desk, now, fault })
  const store = wholeStore(own, { home, others: othersOf(given), commitAt: committer(env) })
  const { staffed } = stands
  const parts = promising({ ...shared, ...statuses, store, staffed })
  const dispatch = isDesk ? undefined : dispatchAt(env, stands, fault)
  const prove = proverAt(config, content())
  const desk = openDesk(parts, own.desk, { statuses, prove, ...(dispatch && { dispatch }) })
  return { parts, desk, stands: { ...stands, look: () => stands.look(place) } }
}

/** The other homes of a place, where each keeps its own contacts. */
function othersOf({ env, home, config, shared, own }: HomeDeskParts<Omit<Parts, 'store'>>) {
  const { place, isDesk } = placeOf(home)
  if (isShared(config.STORE_URL) || !shared.content().places.has(place)) return undefined
  const others = homesOf([place]).filter((one) => one !== home)
  const ask = asker(env)
  // A turn looks for its caller's in its own home, where they are; what staff do is of every home.
  const recent = isDesk ? recentOf(ask, others) : own.recent
  return { ...spreadStore(ask, () => others, own.desk), recent }
}

const committer = ({ HOMES }: Bindings) =>
  async function commitAt(home: string, commit: Commit): Promise<Committed> {
    const told = await inTime(DEADLINE_MS, HOMES.getByName(home).commit(commit)).catch((cause) => {
      throw new DoorError('store-down', `${home} did not answer`, true, { cause })
    })
    return answerOf(told) as Committed
  }

export type Watch = ReturnType<typeof openWatch>

/**
 * Looks at the desk that a home keeps, and again a second later for as long as anybody is in its queue; and once where the
 * roster is another than it was last looked at with.
 */
export function openWatch(
  home: string | undefined,
  { desk, parts }: ReturnType<typeof openHomeDesk>,
  storage: DurableStorage,
  alarm: Alarm
) {
  const { place, isDesk } = placeOf(home)
  const soon = () => alarm.by(Date.now() + LOOK_MS)
  const roster = isDesk ? rosterIn(storage, parts.content().places.get(place)?.place) : undefined
  if (roster?.isNew()) soon().catch((error: unknown) => alert(parts, 'desk', error))
  return {
    /** Somebody is about to wait: whatever becomes of this isolate, they are looked at. */
    soon,
    async look(): Promise<void> {
      if (!isDesk) throw new DoorError('not-allowed', 'no desk is kept here', false)
      await soon()
      desk.dispatch.offer(place)
    },
    async rung(): Promise<void> {
      if (!isDesk) return
      desk.dispatch.offer(place)
      await desk.dispatch.idle()
      const waiting = await parts.store.desk.count(place, 'queue').catch(() => null)
      // A desk that cannot say may have somebody waiting at it.
      if (waiting === null || waiting > 0) await soon()
      if (waiting !== null) roster?.looked()
    },
  }
}
