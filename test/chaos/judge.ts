import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outcome, Rig, Row, Run, Size } from './rig.ts'
import { SIZES } from './rig.ts'

/** Does one run and judges it. A run that throws is a row that failed, with why. */
export async function judge(run: Run, size: Size, seed: number): Promise<Row> {
  const started = performance.now()
  const undo: (() => unknown)[] = []
  const folder = mkdtempSync(join(tmpdir(), 'front-door-chaos-'))
  const rig: Rig = {
    size,
    of: (...numbers) => numbers[SIZES.indexOf(size)] ?? numbers[0],
    seed,
    random: randomBy(seed),
    folder,
    after: (work) => void undo.push(work),
  }
  const outcome = await run.run(rig).catch(
    (error: unknown): Outcome => ({
      runs: 0,
      lost: 0,
      doubled: 0,
      success: 0,
      faults: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    })
  )
  for (const work of undo.reverse()) await work()
  rmSync(folder, { recursive: true, force: true })
  const { id, name, goal } = run
  const faults = faultsOf(run, outcome)
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1))
  return { id, name, ...outcome, goal, ok: faults.length === 0, seconds, seed, faults }
}

function faultsOf({ leastSuccess }: Run, { runs, lost, doubled, success, faults = [] }: Outcome) {
  return [
    ...faults,
    ...(runs > 0 ? [] : ['nothing was run']),
    ...(lost > 0 ? [`${lost} lost`] : []),
    ...(doubled > 0 ? [`${doubled} doubled`] : []),
    ...(success >= leastSuccess ? [] : [`only ${success} went through, not ${leastSuccess}`]),
  ]
}

const PROGRAMS = {
  'redis-server': '/usr/bin/redis-server',
  gcc: '/usr/bin/gcc',
  chromium: '/usr/bin/chromium',
} as const

/** Whether a program is on this machine. */
export const has = (name: keyof typeof PROGRAMS) => existsSync(PROGRAMS[name])

/** The programs a run lacks on this machine. */
export const lacking = ({ needs = [] }: Run) => needs.filter((name) => !has(name))

/** A small generator with a seed (mulberry32), so that a failing run can be run again. */
export function randomBy(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
