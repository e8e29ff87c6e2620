import { CHAINS } from './chain-runs.ts'
import { CHANGES } from './changes.ts'
import { INPUTS } from './inputs.ts'
import { KEPT } from './kept-runs.ts'
import { ODD } from './odd-words.ts'
import { REGEXES } from './regexes.ts'
import type { Run } from './rig.ts'
import { STARTS } from './starts.ts'
import { HOURS } from './time-hours.ts'
import { TIMERS } from './time-timers.ts'
import { WIRE } from './wire.ts'

/** What comes from outside and what is kept of it: starting, time, input and data. */
export const OUTSIDE: readonly Run[] = [
  ...INPUTS,
  ...ODD,
  ...REGEXES,
  ...WIRE,
  ...HOURS,
  ...TIMERS,
  ...CHAINS,
  ...CHANGES,
  ...STARTS,
  ...KEPT,
]
