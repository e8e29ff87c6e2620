import { it } from 'vitest'
import { tryMutants } from './mutants.ts'
import { library } from './shipped.ts'

it('every arrow moved, step, answer or flag taken out of a weighty step turns a proof red', () => {
  tryMutants([...library.keys()].filter((key) => !key.startsWith('exits.')))
}, 180_000)
