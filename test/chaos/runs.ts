import { CRASHES } from './crash.ts'
import { INPUTS } from './inputs.ts'
import { REGEXES } from './regexes.ts'
import { REPEATS } from './repeats.ts'
import type { Run } from './rig.ts'
import { TEXTS } from './texts.ts'

/** Every run there is, in the order of the catalogue. */
export const RUNS: readonly Run[] = [...CRASHES, ...REPEATS, ...TEXTS, ...INPUTS, ...REGEXES]
