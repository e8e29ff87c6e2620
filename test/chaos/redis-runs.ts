import { CLUSTER } from './redis-cluster.ts'
import { FAILOVER } from './redis-failover.ts'
import { OUTAGES } from './redis-outage.ts'
import { POWER } from './redis-power.ts'
import { RESTORE } from './restore.ts'
import type { Run } from './rig.ts'

/** What Redis may meet, in the order of the catalogue. */
export const REDIS: readonly Run[] = [...POWER, ...FAILOVER, ...OUTAGES, ...CLUSTER, ...RESTORE]
