import { BROWSER_PHONE } from './browser-phone.ts'
import { CALL_HANDOFFS } from './call-handoffs.ts'
import { CRASHES } from './crash.ts'
import { DESK_PAGES } from './desk-pages.ts'
import { LATER } from './later.ts'
import { MUTATIONS } from './mutants.ts'
import { NEIGHBOURS } from './neighbours.ts'
import { OUTSIDE } from './outside.ts'
import { REDIS } from './redis-runs.ts'
import { REPEATS } from './repeats.ts'
import type { Run } from './rig.ts'
import { RIVALS } from './rivals.ts'
import { SEEDS } from './seeds.ts'
import { STAFF_ATTACKS } from './staff-attacks.ts'
import { STATUSES } from './statuses.ts'
import { TEAMS_HANDOFFS } from './teams-handoffs.ts'
import { TEXTS } from './texts.ts'
import { TWO_DOORS } from './two-doors.ts'

const ALL: readonly (readonly Run[])[] = [
  // One line each, so that two who add theirs do not meet.
  CALL_HANDOFFS,
  BROWSER_PHONE,
  CRASHES,
  DESK_PAGES,
  NEIGHBOURS,
  LATER,
  MUTATIONS,
  OUTSIDE,
  REDIS,
  REPEATS,
  RIVALS,
  SEEDS,
  STAFF_ATTACKS,
  STATUSES,
  TEAMS_HANDOFFS,
  TEXTS,
  TWO_DOORS,
]
const key = ({ id }: Run) => `${id[0]}${id.slice(1).padStart(4, '0')}`

/** Every run there is, in the order of the catalogue. */
export const RUNS: readonly Run[] = ALL.flat().sort((a, b) => (key(a) < key(b) ? -1 : 1))
