import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folders a command reads: the same settings as the door's. */
export const folders = {
  flows: process.env['FLOWS_DIR'] ?? 'flows',
  places: process.env['PLACES_DIR'] ?? 'places',
  locales: process.env['LOCALES_DIR'] ?? 'locales',
}

/** Files of a folder by name, sorted, sub-folders included. */
export function filesIn(folder: string, pattern: RegExp): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => pattern.test(name))
    .sort()
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

/** Faults in files, every one of them: for the person who must mend them, not for a programmer. */
export class Faults extends Error {
  override name = 'Faults'
  readonly faults: readonly string[]
  /** Said above them, where it is not the files that are at fault. */
  readonly heading: string | undefined

  constructor(faults: readonly string[], heading?: string) {
    super(faults.join('\n'))
    this.faults = faults
    this.heading = heading
  }
}
