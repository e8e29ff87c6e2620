import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { openAnchors } from '../../src/door/anchors.ts'
import { type Keyring, newKeyring, writeKeyring } from '../../src/security/keyring.ts'
import type { Store } from '../../src/store/contract.ts'
import { openRedis } from '../../src/store/redis.ts'
import { sealed } from '../../src/store/sealed.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { deskOf, waiting } from '../store/desk-rows.ts'
import { startRedis, until } from '../store/redis-server.ts'
import { person, turn } from '../store/sample.ts'
import { audit, type Ledger, startLoad } from './redis-load.ts'
import type { Outcome, Rig, Run } from './rig.ts'

const exec = promisify(execFile)
const CLI = resolve('src/cli.ts')

/** A machine with a place's data: a folder in which an operator types commands, and its store. */
interface Machine {
  folder: string
  url: string
  open: () => Promise<Store>
}

/** What differs between the stores. */
interface Kind {
  name: string
  machine: (rig: Rig, folder: string) => Promise<Machine>
  /** Makes a clean machine out of a backup, by the steps of the runbook. */
  restore: (rig: Rig, backup: string, folder: string) => Promise<Machine>
}

const sqlite: Kind = {
  name: 'sqlite',
  async machine(_, folder) {
    mkdirSync(join(folder, 'data'), { recursive: true })
    const file = join(folder, 'data', 'front-door.db')
    return { folder, url: `sqlite:${file}`, open: async () => openSqlite(file) }
  },
  async restore(rig, backup, folder) {
    mkdirSync(folder, { recursive: true })
    cpSync(backup, join(folder, 'data'), { recursive: true })
    return sqlite.machine(rig, folder)
  },
}

const redis: Kind = {
  name: 'redis',
  async machine(rig, folder) {
    mkdirSync(join(folder, 'data'), { recursive: true })
    const server = await startRedis(AT_ONCE)
    rig.after(server.stop)
    return { folder, url: server.url, open: () => openRedis(server.url, STRICT) }
  },
  async restore(rig, backup, folder) {
    cpSync(backup, join(folder, 'data'), { recursive: true })
    const server = await startRedis(AT_ONCE)
    rig.after(server.stop)
    await server.kill()
    // A Redis that is to append finds no such file, and would begin empty: it reads the copy only while it does not.
    rmSync(join(server.folder, 'appendonlydir'), { recursive: true })
    cpSync(join(backup, 'front-door.rdb'), join(server.folder, 'dump.rdb'))
    await server.start(['--appendonly', 'no'])
    await server.ask('CONFIG', 'SET', 'appendonly', 'yes')
    await until(async () =>
      /aof_enabled:1[\s\S]*aof_rewrite_in_progress:0[\s\S]*aof_last_bgrewrite_status:ok/.test(
        String(await server.ask('INFO', 'persistence'))
      )
    )
    rmSync(join(server.folder, 'dump.rdb'))
    await server.restart()
    return { folder, url: server.url, open: () => openRedis(server.url, STRICT) }
  },
}

/** Whoever asks for a copy is given it at once, and not after five seconds in which others may ask as well. */
const AT_ONCE = ['--repl-diskless-sync-delay', '0']

const STRICT = { strict: true, warn: () => undefined }

/** A command of an operator on a machine, as its lines. */
async function cli({ folder, url }: Machine, keyring: Keyring, ...words: string[]) {
  const env = { PATH: process.env.PATH, STORE_URL: url, DATA_KEYS: writeKeyring(keyring) }
  const { stdout } = await exec(process.execPath, [CLI, ...words], { cwd: folder, env })
  return stdout.trimEnd().split('\n')
}

/** `backup to`, and what it says is to be typed. Returns the seconds it took. */
async function backUp(machine: Machine, keyring: Keyring, to: string): Promise<number> {
  const started = performance.now()
  const lines = await cli(machine, keyring, 'backup', 'to', to)
  const typed = lines.filter((line) => /^(redis-cli|set) /.test(line))
  if (typed.length > 0) await exec('/bin/sh', ['-ec', typed.join('\n')])
  return (performance.now() - started) / 1000
}

/** Callers for a while, on a sealed store whose log is anchored, as a door's is. */
async function serve(
  machine: Machine,
  keyring: Keyring,
  from: number,
  during: (load: ReturnType<typeof startLoad>) => Promise<void>
): Promise<Ledger> {
  const plain = await machine.open()
  const fault = (error: unknown) => Promise.reject(error)
  const folder = join(machine.folder, 'data', 'anchors')
  const anchors = openAnchors({ folder, keyring, fault })
  const load = startLoad(sealed(plain, keyring, anchors), { from })
  await during(load)
  const ledger = await load.stop()
  anchors.close()
  await plain.close()
  return ledger
}

/** Someone whose matter is closed, so that two people may have it erased. */
const CLOSED = person(9_000_000, { conversation: null, status: 'closed' })

async function closedContact(machine: Machine, keyring: Keyring) {
  const plain = await machine.open()
  await sealed(plain, keyring).commit(turn(CLOSED))
  await plain.close()
}

/** After the backup: it is in there, and must not stay when that is restored. */
async function erase(machine: Machine, keyring: Keyring) {
  const { ref } = CLOSED
  await cli(machine, keyring, 'records', 'ask', ref, '--by', 'kim', '--why', 'asked')
  await cli(machine, keyring, 'records', 'confirm', ref, '--by', 'lee')
}

/** Who waits for a navigator when the copy is taken, as all of it must come back. */
async function deskBefore(machine: Machine): Promise<string> {
  const plain = await machine.open()
  for (let n = 0; n < 100; n++)
    await plain.desk.put(waiting(n, { owner: n % 7 === 0 ? 'ann' : '' }))
  const kept = JSON.stringify(await deskOf(plain))
  await plain.close()
  return kept
}

interface Restored extends Outcome {
  figures: Record<string, number | string>
}

async function backUpAndRestore(rig: Rig, kind: Kind): Promise<Restored> {
  const at = (name: string) => join(rig.folder, kind.name, name)
  const keyring = newKeyring()
  const old = await kind.machine(rig, at('old'))
  const turns = rig.of(150, 6_000, 100_000)
  const first = await serve(old, keyring, 1, (load) => load.more(turns))
  await closedContact(old, keyring)
  const before = new Map(first.acked)
  const desk = await deskBefore(old)
  let seconds = 0
  const second = await serve(old, keyring, 1_000_000, async (load) => {
    await load.more(turns / 2)
    for (const [who, t] of load.ledger.acked) before.set(who, t)
    seconds = await backUp(old, keyring, at('busy'))
    await load.more(turns / 4)
  })
  await erase(old, keyring)
  await backUp(old, keyring, at('quiet'))
  const whole = await cli(old, keyring, 'log', 'verify')

  const started = performance.now()
  const clean = await kind.restore(rig, at('busy'), at('clean'))
  cpSync(join(old.folder, 'data', 'erased.txt'), join(clean.folder, 'data', 'erased.txt'))
  const [erased = ''] = await cli(clean, keyring, 'records', 'again')
  const verified = await cli(clean, keyring, 'log', 'verify')
  const back = (performance.now() - started) / 1000
  const plain = await clean.open()
  const found = await audit(sealed(plain, keyring), before)
  const standing = JSON.stringify(await deskOf(plain))
  await plain.close()
  const again = await serve(clean, keyring, 2_000_000, (load) => load.more(20))

  const equal = await kind.restore(rig, at('quiet'), at('equal'))
  const counted = await cli(equal, keyring, 'log', 'verify')
  const contacts = Number(/^\d+/.exec(whole[0] ?? '')?.[0] ?? 0)
  const people = first.acked.size + second.acked.size + 1
  const done = first.done + second.done + again.done
  return {
    runs: 2,
    ...found,
    success: done / (first.begun + second.begun + again.begun),
    faults: [
      ...(counted[0] === whole[0] ? [] : [`${counted[0]} of ${whole[0]} came back`]),
      ...(erased.startsWith('1 erased records; 1 had come back') ? [] : [erased]),
      ...(standing === desk ? [] : [`the desk came back as ${standing}`]),
      ...(contacts === people ? [] : [`${people} people were served, ${contacts} are in the log`]),
      ...[whole, verified, counted].flatMap((lines) =>
        lines.at(-1) === 'The log is whole.' ? [] : [lines.join('; ')]
      ),
      ...(existsSync(join(at('busy'), 'data-keys')) ? ['the keys lie in the backup'] : []),
      ...(seconds < RPO_S ? [] : [`a backup took ${seconds} s`]),
      ...(back < RTO_S ? [] : [`it took ${back} s to be back`]),
    ],
    figures: {
      [`${kind.name}: contacts`]: contacts,
      [`${kind.name}: backup under load s`]: seconds.toFixed(1),
      [`${kind.name}: restored and verified s`]: back.toFixed(1),
    },
  }
}

/** What may be lost with a machine, and how long it may take to be back. */
const RPO_S = 300
const RTO_S = 900

const restored: Run = {
  id: 'B17',
  name: 'backup under load, an erasure, and restored on a clean machine',
  goal: 'all acknowledged before the backup is back, what was erased is not; the log verifies; counts equal; RPO 5 min, RTO 15 min',
  leastSuccess: 0.999,
  needs: ['redis-server'],
  small: true,
  async run(rig) {
    const all: Restored[] = []
    for (const kind of rig.size === 'small' ? [sqlite] : [sqlite, redis])
      all.push(await backUpAndRestore(rig, kind))
    const sum = (of: (one: Restored) => number) => all.reduce((total, one) => total + of(one), 0)
    return {
      runs: sum(({ runs }) => runs),
      lost: sum(({ lost }) => lost),
      doubled: sum(({ doubled }) => doubled),
      success: Math.min(...all.map(({ success }) => success)),
      faults: all.flatMap(({ faults = [] }) => faults),
      figures: Object.assign({}, ...all.map(({ figures }) => figures)),
    }
  },
}

export const RESTORE: readonly Run[] = [restored]
