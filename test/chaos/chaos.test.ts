import { describe, expect, test } from 'vitest'
import { judge, lacking } from './judge.ts'
import { RUNS } from './runs.ts'

/** The fault runs at their smallest. `npm run chaos` does them in earnest. */
const SEED = Number(process.env.CHAOS_SEED ?? 1)
const skipped = (process.env.SKIP ?? '').split(',')
const small = RUNS.filter((run) => run.small)

describe.skipIf(small.length === 0)(`faults, by seed ${SEED}`, () => {
  test.each(small)('$id $name', { timeout: 120_000 }, async (run) => {
    if (skipped.includes('redis') && run.needs?.includes('redis-server')) return
    if (lacking(run).includes('gcc')) return
    expect((await judge(run, 'small', SEED)).faults).toEqual([])
  })
})
