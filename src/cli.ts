import { Faults } from './cli/files.ts'

/** What an operator may ask for: nouns, their verbs, and the module that does each. */
const COMMANDS: Record<
  string,
  Record<string, () => Promise<(words: readonly string[]) => number | Promise<number>>>
> = {
  flows: {
    check: async () => (await import('./cli/flows-check.ts')).checkFlows,
  },
}

async function run([noun = '', verb = '', ...words]: readonly string[]): Promise<number> {
  const command = COMMANDS[noun]?.[verb]
  if (!command) {
    console.error(`node src/cli.ts <noun> <verb>\n${usage()}`)
    return 2
  }
  try {
    return await (await command())(words)
  } catch (fault) {
    if (!(fault instanceof Faults)) throw fault
    console.error(`The files hold ${fault.faults.length} fault(s):`)
    for (const one of fault.faults) console.error(`  - ${one}`)
    return 1
  }
}

const usage = () =>
  Object.entries(COMMANDS)
    .map(([noun, verbs]) => `  ${noun} ${Object.keys(verbs).join(' | ')}`)
    .join('\n')

process.exitCode = await run(process.argv.slice(2))
