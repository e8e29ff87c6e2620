import { spawn } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome, Rig, Run } from './rig.ts'

/** One protection, how it is taken out of the source, and the run that must see it. */
interface Mutant {
  without: string
  seenBy: string
  /** Each must be found exactly once: an edit that no longer fits is a fault, not a mutant that lives. */
  edits: readonly { file: string; from: string; to: string }[]
}

/** The nine protections without which people could be lost, doubled, deceived or overheard. */
const MUTANTS: readonly Mutant[] = [
  {
    without: 'the signature of a webhook',
    seenBy: 'G2',
    edits: [
      {
        file: 'src/security/twilio-signature.ts',
        from: 'return ours.length === theirs.length && timingSafeEqual(ours, theirs)',
        to: 'return ours.length === theirs.length || timingSafeEqual(ours, ours)',
      },
    ],
  },
  {
    without: 'knowing a repeated webhook',
    seenBy: 'A3',
    edits: [
      { file: 'src/turn.ts', from: 'if (found.reply) return found.reply', to: '' },
      {
        file: 'src/store/sqlite.ts',
        from: "if (reply !== undefined) return { result: 'seen', reply }",
        to: 'const again = reply !== undefined',
      },
      {
        file: 'src/store/sqlite.ts',
        from: 'if (webhook !== undefined) replies.add(',
        to: 'if (webhook !== undefined && !again) replies.add(',
      },
    ],
  },
  {
    without: 'comparing the turn',
    seenBy: 'A5',
    edits: [
      {
        file: 'src/store/sqlite.ts',
        from: 'const moved = contact.turn !== expected + 1 || (was?.turn ?? 0) !== expected',
        to: 'const moved = contact.turn !== expected + 1',
      },
      {
        file: 'src/store/sealed-keys.ts',
        from: 'if (stored?.turn !== turn) return null',
        to: 'if (!stored) return null',
      },
      {
        file: 'src/store/sqlite.ts',
        from: "if (was !== undefined && log.taken(was.no, commit.log)) return { result: 'overtaken' }",
        to: '',
      },
      { file: 'src/store/sqlite.ts', from: 'log.add(no, entry)', to: 'addOnce(log, no, entry)' },
      {
        file: 'src/store/sqlite.ts',
        from: '/** One turn, inside its savepoint.',
        to: 'const addOnce = (log: Parts["log"], no: number, entry: Commit["log"][number]) => {\n  if (!log.taken(no, [entry])) log.add(no, entry)\n}\n\n/** One turn, inside its savepoint.',
      },
    ],
  },
  {
    without: 'waiting for a replica',
    seenBy: 'B6',
    edits: [
      {
        file: 'src/store/redis-server.ts',
        from: 'if (demand.replicas() === 0) return send(reading)',
        to: 'if (demand.replicas() >= 0) return send(reading)',
      },
    ],
  },
  {
    without: 'asking which replicas have it',
    seenBy: 'B5b',
    edits: [
      {
        file: 'src/store/redis-confirm.ts',
        from: 'current = demand.promotable ? ',
        to: "current = demand.promotable?.().has('') ? ",
      },
    ],
  },
  {
    without: 'waiting for the disk',
    seenBy: 'B2',
    edits: [
      {
        file: 'src/store/sqlite-tables.ts',
        from: 'PRAGMA synchronous = FULL',
        to: 'PRAGMA synchronous = OFF',
      },
    ],
  },
  {
    without: 'the row of a timer',
    seenBy: 'F4',
    edits: [
      {
        file: 'src/store/sqlite.ts',
        from: 'for (const timer of commit.timers) timers.set(timer)',
        to: '',
      },
    ],
  },
  {
    without: 'escaping what people say',
    seenBy: 'G7',
    edits: [
      {
        file: 'src/channels/xml.ts',
        from: ".replace(/[&<>\"']/g, (sign) => SIGNS[sign] ?? '')",
        to: '',
      },
    ],
  },
  {
    without: 'binding what is sealed to its place',
    seenBy: 'I4',
    edits: [
      {
        file: 'src/security/seal.ts',
        from: 'Buffer.from(`${table}|${record}|${field}|${keyId}`)',
        to: 'Buffer.from(`${table}${record}${field}${keyId}`.slice(0, 0))',
      },
    ],
  },
]

const COPIED = [
  'src',
  'flows',
  'locales',
  'places',
  'test',
  'docs',
  'package.json',
  'tsconfig.json',
]

/**
 * The protections are taken out one by one, by editing a copy of the source: nothing in `src/` can turn one off. The run
 * that guards it must be green before and red without it.
 */
export const MUTATIONS: readonly Run[] = [
  {
    id: 'M1',
    name: 'each protection taken out of a copy of the source',
    goal: 'the run that guards it is green with it and red without it, for each',
    leastSuccess: 1,
    needs: ['redis-server', 'gcc'],
    run: tryAll,
  },
]

async function tryAll(rig: Rig): Promise<Outcome> {
  const copy = join(rig.folder, 'copy')
  for (const name of COPIED) cpSync(name, join(copy, name), { recursive: true })
  symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'))
  const guards = [...new Set(MUTANTS.map(({ seenBy }) => seenBy))]
  const whole = await runsIn(copy, guards, rig.seed)
  const faults = guards
    .filter((id) => !whole.green.has(id))
    .map((id) => `${id} is not green with nothing taken out: ${whole.said}`)
  let caught = 0
  for (const mutant of MUTANTS) {
    const fault = await tryOne(copy, mutant, rig.seed)
    if (fault === undefined) caught += 1
    else faults.push(fault)
  }
  const runs = MUTANTS.length
  return { runs, lost: 0, doubled: 0, success: caught / runs, faults, figures: { caught } }
}

async function tryOne(copy: string, { without, seenBy, edits }: Mutant, seed: number) {
  const before = new Map(edits.map(({ file }) => [file, readFileSync(join(copy, file), 'utf8')]))
  try {
    for (const { file, from, to } of edits) {
      const text = readFileSync(join(copy, file), 'utf8')
      if (text.split(from).length !== 2) return `${without}: the edit of ${file} no longer fits`
      writeFileSync(
        join(copy, file),
        text.replace(from, () => to)
      )
    }
    const broken = await ended(copy, ['-e', "await import('./src/node.ts')"])
    if (broken.code !== 0) return `${without}: what is left does not run: ${broken.said}`
    const { red, said } = await runsIn(copy, [seenBy], seed)
    return red.has(seenBy)
      ? undefined
      : `${without} was taken out, and ${seenBy} is not red: ${said}`
  } finally {
    for (const [file, text] of before) writeFileSync(join(copy, file), text)
  }
}

const MOST_MS = 5 * 60_000

/** The runs at their smallest, in the copy: which were judged green, and which red. */
async function runsIn(copy: string, ids: readonly string[], seed: number) {
  const args = ['test/chaos/main.ts', '--size=small', `--only=${ids}`, '--file=', `--seed=${seed}`]
  const { said } = await ended(copy, args)
  const judged = (how: RegExp) => new Set([...said.matchAll(how)].map(([, id = '']) => id))
  return {
    green: judged(/^ok {3}(\w+) /gm),
    red: judged(/^RED {2}(\w+) /gm),
    said: said.slice(-1_000),
  }
}

/** A program of Node's in the copy, to its end. */
async function ended(cwd: string, args: readonly string[]) {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => said.push(part.toString()))
  const late = setTimeout(() => child.kill('SIGKILL'), MOST_MS)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearTimeout(late)
  return { code, said: said.join('') }
}
