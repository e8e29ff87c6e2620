import type { Config } from '../config.ts'
import { DoorError } from '../errors.ts'
import type { SpillLines } from '../jobs/spill.ts'
import { besideStore, type StorePlace } from './sealing.ts'
import { memoryLines } from './spill.ts'
import { openSpillFiles } from './spill-files.ts'

type SpillPlace = StorePlace & Pick<Config, 'SPILL_DIR'>

/** Where a door keeps its spill: SPILL_DIR, else a folder beside the store. A store in memory has none: null. */
export const spillFolder = (config: SpillPlace): string | null =>
  config.SPILL_DIR ?? besideStore(config, 'spill')

/** What a door writes its spill to. Throws DoorError 'bad-config' where it may not be written. */
export async function linesFor(config: SpillPlace): Promise<SpillLines> {
  const folder = spillFolder(config)
  if (folder === null) return memoryLines()
  try {
    return await openSpillFiles(folder)
  } catch (cause) {
    const { code = 'unknown fault' } = cause as NodeJS.ErrnoException
    throw new DoorError(
      'bad-config',
      `Cannot start. The spill's folder ${folder} cannot be used (${code}). Set SPILL_DIR to one that may be written`,
      false,
      { cause }
    )
  }
}
