import { INPUTS } from './inputs.ts'
import { REDIS } from './redis-runs.ts'
import { REGEXES } from './regexes.ts'
import type { Run } from './rig.ts'

/** Every run there is, in the order of the catalogue. */
export const RUNS: readonly Run[] = [...REDIS, ...INPUTS, ...REGEXES]
