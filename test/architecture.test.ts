import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Who may import whom, by the first folder of the path; a file at the top of src/ is named by itself. `flows/outcomes`
 * is the outcome table, which places, words and the record speak of too.
 */
const MAY_USE: Record<string, readonly string[]> = {
  conversation: [],
  flows: ['conversation', 'errors.ts'],
  places: ['conversation', 'errors.ts', 'flows/outcomes.ts'],
  words: [
    'conversation',
    'handoff',
    'places',
    'flows',
    'record',
    'errors.ts',
    'channels/inbound.ts',
  ],
  record: ['conversation', 'handoff', 'places', 'flows/outcomes.ts'],
  handoff: ['conversation', 'places', 'errors.ts'],
  desk: [
    'conversation',
    'handoff',
    'places',
    'record',
    'words',
    'turn',
    'effects',
    'channels',
    'jobs',
    'store/contract.ts',
    'store/desk.ts',
    'content.ts',
    'turn.ts',
    'errors.ts',
    'observe.ts',
  ],
  console: [
    'handoff',
    'flows/outcomes.ts',
    'places',
    'record',
    'words',
    'security',
    'store/contract.ts',
    'store/desk.ts',
    'content.ts',
    'errors.ts',
    'observe.ts',
  ],
  store: ['conversation', 'record', 'security', 'errors.ts'],
  security: ['errors.ts', 'observe.ts'],
  jobs: ['store', 'errors.ts'],
  channels: [
    'conversation',
    'handoff',
    'words',
    'record',
    'flows/outcomes.ts',
    'places/shape.ts',
    'security',
    'errors.ts',
    'observe.ts',
    'content.ts',
    'store/contract.ts',
  ],
  simulator: ['security'],
  turn: [
    'channels/inbound.ts',
    'handoff',
    'conversation',
    'flows',
    'places',
    'words',
    'record',
    'store/contract.ts',
    'content.ts',
    'errors.ts',
    'observe.ts',
    'turn.ts',
  ],
  effects: [
    'channels',
    'jobs',
    'record',
    'security',
    'store/contract.ts',
    'turn',
    'turn.ts',
    'errors.ts',
    'observe.ts',
  ],
  door: [
    'channels',
    'console',
    'desk',
    'places',
    'record',
    'words/staff-card-parts.ts',
    'effects.ts',
    'turn',
    'jobs',
    'simulator',
    'security',
    'store/contract.ts',
    'store/anchor.ts',
    'store/sealed.ts',
    'store/sealed-contact.ts',
    'content.ts',
    'config.ts',
    'errors.ts',
    'observe.ts',
    'flows/library.ts',
    'flows/release.ts',
  ],
  edge: [
    'jobs',
    'console',
    'desk',
    'door',
    'effects.ts',
    'handoff',
    'places',
    'turn',
    'turn.ts',
    'simulator',
    'channels',
    'record',
    'security',
    'store',
    'flows/machines.ts',
    'content.ts',
    'signing.ts',
    'config.ts',
    'errors.ts',
    'log-fields.ts',
    'observe.ts',
  ],
}
const PURE = ['conversation', 'flows', 'places', 'words', 'record', 'handoff']
const DOORS = ['node.ts', 'worker.ts', 'cli.ts']

const MOST_LINES = 300
const MOST_LINES_IN_A_FUNCTION = 40

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort()
const text = new Map(files.map((file) => [file, readFileSync(join('src', file), 'utf8')]))
const folderOf = (file: string) => (file.includes('/') ? file.split('/')[0]! : file)

/** Files of ours that a file imports; types too, since a reader must follow them as well. */
function imports(file: string): string[] {
  const found = text.get(file)!.matchAll(/(?:from|import) ?\(?'(\.[^']+)'/g)
  return [...found].map(([, path]) => relative('src', join('src', dirname(file), path!)))
}

describe.each(files)('%s', (file) => {
  const lines = text.get(file)!.split('\n')
  const folder = folderOf(file)

  it(`has at most ${MOST_LINES} lines`, () => expect(lines.length).toBeLessThanOrEqual(MOST_LINES))

  it('imports only what its folder may use', () => {
    const allowed = MAY_USE[folder]
    const outside = imports(file).filter((other) => folderOf(other) !== folder)
    if (allowed)
      expect(
        outside.filter((other) => !allowed.includes(folderOf(other)) && !allowed.includes(other))
      ).toEqual([])
    if (!DOORS.includes(file)) expect(outside.filter((other) => other === 'app.ts')).toEqual([])
  })

  it('keeps the core pure', () => {
    if (!PURE.includes(folder)) return
    expect(text.get(file)).not.toMatch(
      /\bfetch\(|Date\.now|new Date\(\)|Math\.random|process\.|from 'node:|Temporal\.Now/
    )
  })

  it(`has no function over ${MOST_LINES_IN_A_FUNCTION} lines`, () =>
    expect(longFunctions(lines)).toEqual([]))
})

it('has no import cycles', () => {
  const cycles: string[][] = []
  const done = new Set<string>()
  const walk = (file: string, above: readonly string[]) => {
    const at = above.indexOf(file)
    if (at >= 0) return cycles.push([...above.slice(at), file])
    if (done.has(file) || !text.has(file)) return
    for (const other of valueImports(file)) walk(other, [...above, file])
    done.add(file)
  }
  for (const file of files) walk(file, [])
  expect(cycles).toEqual([])
})

it('imports zod as a namespace: its languages, a fifth of the Worker, are left out of the bundle only so', () => {
  const users = files.filter((file) =>
    /import \{[^}]*\bz\b[^}]*\} from 'zod'/.test(text.get(file)!)
  )
  expect(users).toEqual([])
})

it('imports the Bot Framework in one place only', () => {
  const users = files.filter((file) =>
    /from 'bot(builder|framework)|import\('bot/.test(text.get(file)!)
  )
  expect(users.filter((file) => !/^channels\/teams[\w-]*\.ts$/.test(file))).toEqual([])
})

/** Imports that load something; a type alone makes no cycle. */
function valueImports(file: string): string[] {
  const found = text.get(file)!.matchAll(/import (?!type )([^'"]*?) ?from '(\.[^']+)'/g)
  return [...found].map(([, , path]) => relative('src', join('src', dirname(file), path!)))
}

/** Top-level functions, by the line their brace closes in the column it opened. */
function longFunctions(lines: readonly string[]): string[] {
  const long: string[] = []
  lines.forEach((line, from) => {
    const [, indent, name] =
      /^(\s*)(?:export )?(?:default )?(?:async )?function\*? ?(\w*)/.exec(line) ?? []
    if (indent === undefined || /\}\s*$/.test(line)) return
    const length = lines.slice(from + 1).findIndex((next) => next.startsWith(`${indent}}`)) + 2
    if (length > MOST_LINES_IN_A_FUNCTION) long.push(`${name} (${length})`)
  })
  return long
}
