import { parseArgs } from 'node:util'
import { Faults } from './files.ts'

/** What was written after the verb: options by name, and the words that belong to none. */
export interface Options<Name extends string> {
  values: Readonly<Partial<Record<Name, string>>>
  rest: readonly string[]
}

/** Reads options such as `--place lewisham`. One that nobody knows is refused with those that are. */
export function optionsIn<const Name extends string>(
  words: readonly string[],
  names: readonly Name[]
): Options<Name> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options,
      allowPositionals: true,
      strict: true,
    })
    return { values: values as Options<Name>['values'], rest: positionals }
  } catch (error) {
    const [why = ''] = error instanceof Error ? error.message.split('. ') : []
    throw misused([
      `${why}. It takes ${names.map((name) => `--${name}`).join(', ')}, each with a value`,
    ])
  }
}

/** A command that was asked for wrongly. */
export const misused = (faults: readonly string[]) => new Faults(faults, 'This cannot be done:')
