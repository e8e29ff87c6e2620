import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { besideStore } from '../door/sealing.ts'
import { spillFolder } from '../door/spill-place.ts'
import { type Address, FORMS, type Host, isAddress, readAddress } from '../store/redis-address.ts'
import { fileOf, settings, withoutSecret } from './data.ts'
import { misused, optionsIn } from './options.ts'

/** What goes with a store. The keys do not: whoever has both can read everything. */
const BESIDE = ['anchors', 'place-files', 'erased.txt']

/** All pages in one step: what is saved meanwhile does not make it begin again, and nobody waits for it. */
const WHOLE = 2 ** 30

/** How often the spill is looked at again because it changed under the copy. */
const MOST_LOOKS = 20

/**
 * `backup <folder>`: the store of this moment and what lies beside it, in a new folder, while the service goes on. A Redis
 * is copied by its own tool: what to type is printed.
 */
export async function backUp(words: readonly string[]): Promise<number> {
  const { rest } = optionsIn(words, [])
  const [named] = rest
  if (named === undefined || rest.length > 1) throw misused(['name one folder, which is made'])
  const folder = resolve(named)
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw misused([`${folder} holds something; a backup has a folder of its own`])
  const { STORE_URL } = settings
  const file = fileOf(STORE_URL)
  if (file === null && !isAddress(STORE_URL))
    throw misused([`STORE_URL ${withoutSecret(STORE_URL)} is neither a sqlite: file nor ${FORMS}`])
  if (file !== null && !existsSync(file)) throw misused([`there is no store at ${file}`])
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // First: an anchor that is newer than the store beside it would say that something was taken out.
  copyBeside(folder)
  const spilled = copySpill(join(folder, 'spill'))
  // What is typed for a Redis can be piped to a shell: what else is said is a comment there.
  const say = (words: string) => console.log(file === null ? `# ${words}` : words)
  if (spilled > 0) say(`${spilled} files of the spill: brought in when a door starts on it`)
  if (file === null) for (const line of byHand(readAddress(STORE_URL), folder)) console.log(line)
  else await copyFile(file, join(folder, basename(file)))
  say('DATA_KEYS is not in it. Without them nobody can read it; keep them elsewhere.')
  return 0
}

function copyBeside(folder: string) {
  for (const name of BESIDE) {
    const from = besideStore(settings, name)
    if (from !== null && existsSync(from)) cpSync(from, join(folder, name), { recursive: true })
  }
}

/**
 * What is acknowledged and not in the store yet. It goes before the store: what is brought in meanwhile is in both, and is
 * saved once. A file that is gone when it is copied was brought in, or has another name: then all are looked at again.
 */
function copySpill(to: string): number {
  const from = spillFolder(settings)
  for (let tries = 0; from !== null && existsSync(from); tries++) {
    const names = readdirSync(from)
    try {
      for (const name of names) cpSync(join(from, name), join(to, name))
      return names.length
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === MOST_LOOKS) throw error
    }
  }
  return 0
}

/** A copy is told of only once it has been read through. */
async function copyFile(from: string, to: string) {
  const db = new DatabaseSync(from, { readOnly: true })
  try {
    await backup(db, to, { rate: WHOLE })
  } finally {
    db.close()
  }
  const copy = new DatabaseSync(to)
  try {
    const found = copy.prepare('PRAGMA integrity_check').get()?.['integrity_check']
    if (found !== 'ok') throw misused([`the copy is not sound: ${found}`])
    const count = copy.prepare('SELECT count(*) AS n FROM contacts').get()?.['n']
    console.log(`${to}: ${count} contacts, sound`)
  } catch (error) {
    rmSync(to)
    throw error
  } finally {
    copy.close()
  }
}

/**
 * What copies a Redis, by a user of its own: the door's may not. Its tool is given the password in REDISCLI_AUTH, which nobody
 * else on the machine can read.
 */
function byHand({ kind, hosts, tls, username, password, master }: Address, folder: string) {
  const { host, port }: Host = hosts[0] ?? { host: '127.0.0.1', port: 6379 }
  const authority = process.env['NODE_EXTRA_CA_CERTS']
  const secure = [
    ...(tls ? ['--tls'] : []),
    ...(tls && authority ? ['--cacert', quoted(authority)] : []),
  ]
  const cli = (...args: string[]) => ['redis-cli', ...secure, ...args].join(' ')
  const as = username ? ['--user', 'backup'] : []
  const to = ['--rdb', quoted(join(folder, 'front-door.rdb'))]
  const secret = password === undefined ? [] : ['# with the password in REDISCLI_AUTH']
  const first = ['-h', host, '-p', String(port)]
  const ask = cli(...first, 'sentinel', 'get-master-addr-by-name', quoted(master))
  const lines = {
    single: [cli(...as, ...first, ...to)],
    sentinel: [`set -- $(${ask})`, cli(...as, '-h', '"$1"', '-p', '"$2"', ...to)],
    cluster: [cli(...as, '--cluster', 'backup', `${host}:${port}`, quoted(folder))],
  }
  return [...secret, ...lines[kind]]
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
