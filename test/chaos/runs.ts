import { FAILOVER } from './redis-failover.ts'
import { POWER } from './redis-power.ts'
import type { Run } from './rig.ts'

/** Every run there is, in the order of the catalogue. */
export const RUNS: readonly Run[] = [...POWER, ...FAILOVER]
