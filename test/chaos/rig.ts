/** How much of a run is done: a few for `npm test`, what fits in forty minutes, or what the catalogue asks. */
export const SIZES = ['small', 'usual', 'catalogue'] as const
export type Size = (typeof SIZES)[number]

/** What a run is given. */
export interface Rig {
  size: Size
  /** The number for this size. */
  of: (small: number, usual: number, catalogue: number) => number
  /** Printed with the row; the same seed makes the same choices. */
  seed: number
  /** Between 0 and 1, from the seed. */
  random: () => number
  /** A folder of the run's own, removed after it. */
  folder: string
  /** Something to be undone when the run ends, well or not; last first. */
  after: (undo: () => unknown) => void
}

/** What became of a run, counted by the ledger and not by the door. */
export interface Outcome {
  /** Kills, bodies, seeds, turns: whatever the row's name says. */
  runs: number
  /** Acknowledged and not there afterwards. */
  lost: number
  /** Done twice where a person would notice. */
  doubled: number
  /** Share of what was tried that went through, 0 to 1: a run in which everything was refused proves nothing. */
  success: number
  /** Anything else that breaks the goal, in a sentence each. */
  faults?: readonly string[]
  /** What else was measured, such as `{ 'longest wait ms': 812 }`. */
  figures?: Readonly<Record<string, number | string>>
}

/** One row of the catalogue. */
export interface Run {
  /** As in the catalogue: A1, B2. */
  id: string
  name: string
  goal: string
  /** The least share of tries that must have gone through. */
  leastSuccess: number
  /** Programs that must be there; the run is named as left out where one is not. */
  needs?: readonly ('redis-server' | 'gcc' | 'chromium')[]
  /** True where the row has a size small enough for `npm test`. */
  small?: true
  run: (rig: Rig) => Promise<Outcome>
}

/** What stands in bench/chaos.json for one run. */
export interface Row extends Pick<Run, 'id' | 'name' | 'goal'>, Omit<Outcome, 'faults'> {
  ok: boolean
  seconds: number
  seed: number
  faults: readonly string[]
}
