import { it } from 'vitest'
import { tryMutants } from './mutants.ts'
import { library } from './shipped.ts'

// A file of its own, so that it runs beside the others: the exits have as many mutants as half the flows.
it('every arrow moved, step, answer or flag taken out of the exits turns a proof red', () => {
  tryMutants([...library.keys()].filter((key) => key.startsWith('exits.')))
}, 180_000)
