import { readdirSync, readFileSync } from 'node:fs'
import { readFlows } from '../../src/flows/library.ts'
import { readPromises } from '../../src/flows/promises.ts'
import type { Flow } from '../../src/flows/schema.ts'

/** The flow files that are shipped, by name. */
export const files = new Map(
  readdirSync('flows')
    .filter((name) => /\.v\d+\.yaml$/.test(name))
    .map((name) => [name, readFileSync(`flows/${name}`, 'utf8')])
)
export const { library, problems } = readFlows(files)
export const { promises, problems: promiseProblems } = readPromises(
  readFileSync('flows/promises.yaml', 'utf8')
)

/** A shipped flow. */
export function flowOf(key: string): Flow {
  const flow = library.get(key)
  if (!flow) throw new Error(`there is no flow ${key}`)
  return flow
}

/** The shipped files with one changed: every test breaks its own copy. */
export function changed(name: string, change: (text: string) => string): Map<string, string> {
  const text = files.get(name)
  if (text === undefined) throw new Error(`there is no file ${name}`)
  const after = change(text)
  if (after === text) throw new Error(`${name}: nothing was changed`)
  return new Map(files).set(name, after)
}
