import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diagram } from '../flows/diagram.ts'
import { flowKey } from '../flows/flatten.ts'
import { type Packing, pack, type Wording } from '../flows/pack.ts'
import { readPromises } from '../flows/promises.ts'
import type { Flow } from '../flows/schema.ts'
import { auditWords } from '../words/audit.ts'
import { folders } from './files.ts'
import { type Read, readAll } from './given.ts'

const PACKS = 'docs/flows'

/** `flows pack [--check]`: writes the review packs, or says which are out of date. */
export function writePacks(words: readonly string[]): number {
  const packs = packsOf(readAll())
  const stale = [...packs].filter(([name, text]) => !isWritten(name, text)).map(([name]) => name)
  if (words.includes('--check')) {
    for (const name of stale) console.log(`✗ ${join(PACKS, name)} is out of date`)
    console.log(
      stale.length === 0
        ? `${packs.size} packs are up to date`
        : 'Write them anew: npm run flows -- pack'
    )
    return stale.length === 0 ? 0 : 1
  }
  mkdirSync(PACKS, { recursive: true })
  for (const name of stale) writeFileSync(join(PACKS, name), packs.get(name) ?? '')
  console.log(`${packs.size} packs in ${PACKS}, ${stale.length} of them new or changed`)
  return 0
}

const isWritten = (name: string, text: string) =>
  existsSync(join(PACKS, name)) && readFileSync(join(PACKS, name), 'utf8') === text

/** The text of every pack, by file name. */
export function packsOf(read: Read): Map<string, string> {
  const packing = packingOf(read)
  const packs = [...read.library].map(([key, flow]) => [`${key}.md`, pack(flow, packing)] as const)
  const list = [...read.library.keys()].sort().map((key) => `- [${key}](${key}.md)`)
  const index = `# Review packs\n\n**Draft, not clinically reviewed.** One for each flow version; a clinical safety officer reads and signs them together.\n\n${list.join('\n')}\n`
  return new Map([...packs, ['README.md', index]])
}

function packingOf(read: Read): Packing {
  const { promises } = readPromises(readFileSync(join(folders.flows, 'promises.yaml'), 'utf8'))
  const wordings = wordingsOf(read)
  return {
    library: read.library,
    promises,
    words: (key) => wordings.get(key) ?? [],
    signed: () =>
      'Signatures are in [flows/signed.yaml](../../flows/signed.yaml), by release hash.',
  }
}

/** What each step says, with the ways that share a wording named together. */
function wordingsOf({ words, library }: Read): Map<string, Wording[]> {
  const found = new Map<string, Map<string, string[]>>()
  for (const { flow, step, lang, form, channel, words: said } of auditWords(words, library)) {
    if (said === '') continue
    const key = `${flow}/${step.split(' ')[0]?.split('/')[0]}`
    const own = found.get(key) ?? new Map<string, string[]>()
    found.set(key, own)
    const screen = step.includes('/')
      ? `${step.split('/')[1]}, `
      : step.includes(' ')
        ? `${step.slice(step.indexOf(' ') + 1)}, `
        : ''
    const how = `${lang}, ${screen}${channel === 'voice' ? 'spoken' : 'written'}, of ${form}`
    own.set(said, [...(own.get(said) ?? []), how])
  }
  return new Map(
    [...found].map(([key, own]) => [
      key,
      [...own].map(([said, hows]) => ({ how: hows.join('; '), words: said })),
    ])
  )
}

/** `flows draw [flow]`: Mermaid of one flow, or of all. */
export function drawFlows(words: readonly string[]): number {
  const { library } = readAll()
  const [asked] = words.filter((word) => !word.startsWith('--'))
  const chosen = [...library.values()].filter(
    (flow) => !asked || [flow.flow, flowKey(flow.flow, flow.version)].includes(asked)
  )
  if (chosen.length === 0) {
    console.error(`There is no flow ${asked}. There are ${[...library.keys()].join(', ')}`)
    return 2
  }
  console.log(
    chosen
      .map((flow: Flow) => `%% ${flowKey(flow.flow, flow.version)}\n${diagram(flow)}`)
      .join('\n\n')
  )
  return 0
}
