import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Run } from './rig.ts'
import { type Total, together } from './simulation/summary.ts'

const A17: Run = {
  id: 'A17',
  name: 'whole worlds from a seed: people, processes, a store and a Twilio that fail',
  goal: 'no turn lost or doubled, no wait forgotten, every text once, byte-equal repeats',
  leastSuccess: 0.7,
  small: true,
  async run({ of, seed }) {
    const seeds = of(300, 100_000, 1_000_000)
    const started = performance.now()
    const total = together(await inParts(seed, seeds))
    const seconds = (performance.now() - started) / 1000
    const { worlds, broken, findings, turns, tries, answered, crashes, texts } = total
    const faults = [...findings, ...(broken > 0 ? [`${broken} worlds were broken`] : [])]
    // Worlds in which nothing happens prove nothing.
    if (turns < 5 * worlds) faults.push(`only ${turns} turns in ${worlds} worlds`)
    if (crashes < worlds / 50) faults.push(`only ${crashes} crashes in ${worlds} worlds`)
    return {
      runs: worlds,
      lost: total.lost,
      doubled: total.doubled,
      success: answered / tries,
      faults,
      figures: {
        'seeds/s': Math.round(worlds / seconds),
        'first seed': first(seed),
        turns,
        texts,
        crashes,
      },
    }
  },
}

/** Each run has worlds of its own; the same seed has the same. */
const first = (seed: number) => (seed % 4_000) * 1_000_000

function inParts(seed: number, seeds: number): Promise<Total[]> {
  // A thread needs a second to read the flows.
  const threads = seeds < 1000 ? 1 : Math.max(1, availableParallelism())
  const file = new URL('simulation/worker.ts', import.meta.url)
  const from = first(seed)
  return Promise.all(
    Array.from({ length: threads }, (_, n) => {
      const workerData = { from: from + n, to: from + seeds, step: threads }
      const worker = new Worker(file, { workerData })
      return new Promise<Total>((resolve, reject) => {
        worker.once('message', resolve)
        worker.once('error', reject)
        worker.once(
          'exit',
          (code) => code !== 0 && reject(new Error(`a thread ended with ${code}`))
        )
      }).finally(() => worker.terminate())
    })
  )
}

export const SEEDS: readonly Run[] = [A17]
