import type { Config } from '../config.ts'
import type { SpillLines } from '../jobs/spill.ts'
import { besideStore, type StorePlace } from './sealing.ts'
import { memoryLines } from './spill.ts'
import { openSpillFiles } from './spill-files.ts'

/** Where a door keeps its spill: SPILL_DIR, else a folder beside the store. */
export async function linesFor(
  config: StorePlace & Pick<Config, 'SPILL_DIR'>
): Promise<SpillLines> {
  const folder = config.SPILL_DIR ?? besideStore(config, 'spill')
  return folder === null ? memoryLines() : openSpillFiles(folder)
}
