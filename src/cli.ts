import { Faults } from './cli/files.ts'
import { DoorError } from './errors.ts'

interface Command {
  /** What it does, for someone who reads the list of verbs. */
  does: string
  load: () => Promise<(words: readonly string[]) => number | Promise<number>>
}

/** What an operator may ask for: nouns, their verbs, and the module that does each. */
const COMMANDS: Record<string, Record<string, Command>> = {
  flows: {
    check: {
      does: 'prove the fourteen promises of every flow, place and word',
      load: async () => (await import('./cli/flows-check.ts')).checkFlows,
    },
    draw: {
      does: 'draw a flow, or all of them, in Mermaid: draw [flow]',
      load: async () => (await import('./cli/flows-pack.ts')).drawFlows,
    },
    pack: {
      does: 'write the review packs into docs/flows; --check says which are out of date',
      load: async () => (await import('./cli/flows-pack.ts')).writePacks,
    },
    words: {
      does: 'list every step with its seconds, texts and reading age, and what does not fit',
      load: async () => (await import('./cli/flows-words.ts')).listWords,
    },
    try: {
      does: 'run a flow here: try [flow] [--place lewisham] [--channel voice|sms] [--at 2026-11-24T14:20:00Z]',
      load: async () => (await import('./cli/flows-try.ts')).tryFlow,
    },
    sign: {
      does: 'sign a release that is proved: sign --flow resident --version 1 --name … --role … --registration …',
      load: async () => (await import('./cli/flows-sign.ts')).signRelease,
    },
    prover: {
      does: 'prove for a Worker, as its services are made amber or red: prover [--port 8788] [--host 127.0.0.1]',
      load: async () => (await import('./cli/flows-prover.ts')).openProver,
    },
    fallback: {
      does: 'write what a call hears when the service is down, into dist/fallback/<place>.xml',
      load: async () => (await import('./cli/flows-fallback.ts')).writeFallback,
    },
  },
  log: {
    verify: {
      does: 'recompute every contact’s chain, and hold it against the signed anchors: verify [--anchors folder,folder]',
      load: async () => (await import('./cli/log-verify.ts')).verify,
    },
  },
  records: {
    hold: {
      does: 'keep a record from being erased: hold <ref> --by … --why …',
      load: async () => (await import('./cli/records.ts')).holdRecord,
    },
    release: {
      does: 'end a hold: release <ref> --by … --why …',
      load: async () => (await import('./cli/records.ts')).releaseRecord,
    },
    ask: {
      does: 'ask for a record to be erased: ask <ref> --by … --why …',
      load: async () => (await import('./cli/records.ts')).ask,
    },
    confirm: {
      does: 'another person confirms, and it is erased: confirm <ref> --by …',
      load: async () => (await import('./cli/records.ts')).confirm,
    },
    again: {
      does: 'after a restore, erase again what had been erased',
      load: async () => (await import('./cli/records.ts')).again,
    },
  },
  retention: {
    report: {
      does: 'count what may be erased by age, and erase nothing: report [--at 2034-01-01T00:00:00Z]',
      load: async () => (await import('./cli/records.ts')).reportRetention,
    },
  },
  backup: {
    to: {
      does: 'copy the store, its spill and what lies beside it, without the keys, while the service goes on: to <folder>',
      load: async () => (await import('./cli/backup.ts')).backUp,
    },
  },
  teams: {
    app: {
      does: 'write the app for Teams, checked, into dist: app --organisation … --privacy https://… --terms https://… [--name …] [--version 1.2.3]',
      load: async () => (await import('./cli/teams-app.ts')).writeTeamsApp,
    },
  },
  'data-map': {
    '': {
      does: 'list each processor, country, fields and retention',
      load: async () => (await import('./cli/data-map.ts')).dataMap,
    },
  },
  keys: {
    new: {
      does: 'make a keyring for DATA_KEYS: new [--to file]',
      load: async () => (await import('./cli/keys.ts')).newKeys,
    },
    rotate: {
      does: 'add a key, make it current, wrap every contact anew; in two steps where several processes run: rotate [--step add|use]',
      load: async () => (await import('./cli/keys.ts')).rotate,
    },
    rewrap: {
      does: 'wrap every contact with the current key, and say how many each key holds',
      load: async () => (await import('./cli/keys.ts')).rewrap,
    },
  },
}

const HELP = ['help', '--help', '-h']

async function run([noun = '', verb = '', ...words]: readonly string[]): Promise<number> {
  if (HELP.includes(noun)) return run([])
  if (HELP.includes(verb) || words.includes('--help') || words.includes('-h')) return run([noun])
  const command = COMMANDS[noun]?.[verb]
  if (!command) {
    // A noun alone asks what there is; a verb that does not exist is a mistake.
    const asked = verb === '' && (noun === '' || noun in COMMANDS)
    const say = asked ? console.log : console.error
    if (!asked) say(`There is no ${[noun, verb].filter(Boolean).join(' ')} here.`)
    say(usage(noun in COMMANDS ? [noun] : Object.keys(COMMANDS)))
    return asked ? 0 : 2
  }
  try {
    return await (await command.load())(words)
  } catch (fault) {
    if (fault instanceof DoorError) console.error(fault.message)
    else if (fault instanceof Faults) tell(fault)
    else throw fault
    return 1
  }
}

function tell({ faults, heading }: Faults) {
  console.error(heading ?? `The files hold ${faults.length} fault(s):`)
  for (const one of faults) console.error(`  - ${one}`)
}

const usage = (nouns: readonly string[]) =>
  nouns
    .flatMap((noun) => [
      noun === 'flows' ? 'npm run flows -- <verb>' : `npm run cli -- ${noun} <verb>`,
      ...Object.entries(COMMANDS[noun] ?? {}).map(
        ([verb, { does }]) => `  ${verb.padEnd(10)} ${does}`
      ),
    ])
    .join('\n')

process.exitCode = await run(process.argv.slice(2))
