import { storeContract } from '../../store/contract.ts'
import { openMemory } from './memory-store.ts'

/** A run on a store that is no store proves nothing: it keeps the same contract as the others. */
storeContract('the simulation’s', async () => {
  const { store, giveBack } = openMemory()
  return {
    store,
    async reopen() {
      giveBack()
      return store
    },
  }
})
