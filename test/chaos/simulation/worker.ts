import { parentPort, workerData } from 'node:worker_threads'
import { readContent } from '../../../src/door/folders.ts'
import { simulate } from './simulate.ts'
import { type Part, summed } from './summary.ts'

/** Plays the worlds of its share of the seeds, and tells what became of them all. */
const { from, to, step } = workerData as { from: number; to: number; step: number }
const content = readContent({ flows: 'flows', places: 'places', locales: 'locales' })
const part: Part = summed()
for (let seed = from; seed < to; seed += step) {
  const world = await simulate(seed, content).catch((error: unknown) => ({
    findings: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  }))
  part.add(seed, world)
}
parentPort?.postMessage(part.total)
