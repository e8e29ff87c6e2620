import { INPUTS } from './inputs.ts'
import { REGEXES } from './regexes.ts'
import type { Run } from './rig.ts'

/** Every run there is, in the order of the catalogue. */
export const RUNS: readonly Run[] = [...INPUTS, ...REGEXES]
