import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openAnchors, readAnchors } from '../../src/door/anchors.ts'
import { readKeyfile, writeKeyfile } from '../../src/security/keyfile.ts'
import { newKeyring } from '../../src/security/keyring.ts'
import { publicKey } from '../../src/security/sign.ts'
import { anchoredHeads, anchorFaults } from '../../src/store/anchor.ts'
import type { Store } from '../../src/store/contract.ts'
import { askErasure, confirmErasure, eraseAgain } from '../../src/store/erasure.ts'
import { sealed } from '../../src/store/sealed.ts'
import type { Stored } from '../../src/store/sealed-contact.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { verifyLog } from '../../src/store/verify.ts'
import { run as operate } from '../cli/run.ts'
import { startRedis } from '../store/redis-server.ts'
import { at, line, person, reply, row, turn } from '../store/sample.ts'
import { post, wordsIn } from './client.ts'
import type { ChildDoor } from './door.ts'
import { openHouse } from './house.ts'
import { PEOPLE } from './people.ts'
import type { Outcome, Rig, Run } from './rig.ts'

const MOST_FAULTS = 6
const LEWISHAM = '+442079460100'
const hex = (kind: string, n: number) => kind + n.toString(16).padStart(32, '0')

/** Someone whose words, name and numbers are nobody else's, so that wherever they are found they are theirs. */
interface Canary {
  n: number
  from: string
  name: string
  phrase: string
  ringOn: string
  code: string
}

/** So long that no sealed text has it by chance. */
const MARK = 'Quizzjax'
/** Letters for a number, which no word of a flow or a place begins with. */
const tag = (n: number) =>
  `${MARK}${n
    .toString(26)
    .padStart(4, '0')
    .replace(/\d/g, (digit) => 'qwjkvzxbpm'[Number(digit)] ?? '')}`
const canary = (n: number): Canary => ({
  n,
  from: `+4477009${String(80_000 + n).padStart(5, '0')}`,
  ringOn: `+4477009${String(60_000 + n).padStart(5, '0')}`,
  name: `${tag(n)}ella ${tag(n)}son`,
  phrase: `my ${tag(n)}bird fell on the ottoman`,
  code: `${tag(n)}barb`,
})

/** What would tell of anybody: the letters of all, and every way their numbers are written. */
const LETTERS = /quizzjax[a-z]{4}/i
const NUMBERS = /(?:\+?44|0)[\s().-]{0,3}7700[\s().-]{0,3}9[\s().-]{0,3}[68](?:[\s().-]{0,3}\d){4}/
const SPOKEN = /7\W{0,3}7\W{0,3}0\W{0,3}0\W{0,3}9\W{0,3}[68](?:\W{0,3}\d){4}/
const PACKED = [
  // The same letters and digits as base64 would have them, at each place in its three.
  ...[0, 1, 2].flatMap((skip) =>
    [MARK, '+4477009', '4477009'].map((text) => {
      const all = Buffer.from(`${'\0'.repeat(skip)}${text}`)
        .toString('base64')
        .replace(/=+$/, '')
      return all.slice(skip === 0 ? 0 : skip + 1, -1)
    })
  ),
  Buffer.from('+4477009').toString('hex'),
].filter((text) => text.length >= 7)

/** What of the canaries is in some bytes, as a short account of the first. */
function foundIn(what: string, bytes: Buffer): string[] {
  const text = bytes.toString('latin1')
  const hit = (name: string, at: number) =>
    at < 0
      ? []
      : [`${what} holds ${name}: ${JSON.stringify(text.slice(Math.max(0, at - 20), at + 40))}`]
  return [
    ...hit('a name or words', text.search(LETTERS)),
    ...hit('a number', text.search(NUMBERS)),
    ...hit('a number as it is spoken', text.search(SPOKEN)),
    ...PACKED.flatMap((packed) => hit(`${packed}, which is packed`, text.indexOf(packed))),
  ]
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** A whole conversation in which everything is told that can be: what is asked is answered with what is nobody else's. */
async function confide(door: ChildDoor, one: Canary): Promise<void> {
  const spoken = one.n % 4 === 0
  const base = { From: one.from, To: LEWISHAM, AccountSid: hex('AC', 0) }
  const call = { ...base, CallSid: hex('CA', 900_000 + one.n), CallStatus: 'in-progress' }
  let path = '/twilio/voice'
  let says = one.phrase
  for (let n = 0; n < 16; n++) {
    const heard = /^\d$/.test(says) ? { Digits: says } : { SpeechResult: says, Confidence: '0.9' }
    const { body } = spoken
      ? await post(door, path, n === 0 ? call : { ...call, ...heard })
      : await post(door, '/twilio/sms', {
          ...base,
          MessageSid: hex('SM', one.n * 100 + n),
          Body: says,
          NumMedia: '0',
        })
    const asked = wordsIn(body)
    if (spoken && !body.includes('<Gather')) break
    path = /action="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? path
    says = answerTo(asked, one, n)
  }
  if (spoken) await post(door, '/twilio/status', { ...call, CallStatus: 'completed' })
}

function answerTo(asked: string, { name, ringOn, phrase, code }: Canary, n: number): string {
  if (/name|address/i.test(asked)) return `${name}, ${ringOn.replace('+44', '0')}`
  if (/code ?word|safe word/i.test(asked)) return code
  if (/number/i.test(asked)) return ringOn.replace('+44', '0')
  if (n < 3) return '2'
  return n % 5 === 4 ? phrase : '1'
}

/** I3: nothing of anybody in any file, page or line. */
async function nowhere(rig: Rig): Promise<Outcome> {
  const many = rig.of(20, 1_000, 5_000)
  const faults: string[] = []
  const kept: number[] = []
  const all = Array.from({ length: many }, (_, n) => canary(n))
  const share = existsSync('/usr/bin/redis-server') ? Math.floor(many / 5) : 0
  kept.push(...(await embedded(rig, all.slice(share), faults)))
  if (share > 0) kept.push(...(await inRedis(rig, all.slice(0, share), faults)))
  if (!controls(rig))
    faults.push('what was written in clear was not found: the search proves nothing')
  const success = kept.reduce((sum, n) => sum + n, 0) / many
  return { runs: many, lost: 0, doubled: 0, success, faults: faults.slice(0, MOST_FAULTS) }
}

async function embedded(rig: Rig, all: readonly Canary[], faults: string[]): Promise<number[]> {
  const { door } = await openHouse(rig, 'clear', { env: { LOG_LEVEL: 'trace' } })
  await inTurns(all, 8, (one) => confide(door, one))
  const kept = await readBack(door, all, faults)
  faults.push(...(await pages(door, all)))
  const folder = join(rig.folder, 'clear')
  const look = (when: string) => {
    for (const file of filesIn(folder))
      faults.push(...foundIn(`${when}, ${file.slice(folder.length)}`, readFileSync(file)))
  }
  // The write-ahead log as it is while the door is open, and what is left when it was killed and when it has closed.
  look('open')
  const db = new DatabaseSync(join(folder, 'door.db'))
  db.exec(`VACUUM INTO '${join(folder, 'backup.db')}'`)
  db.close()
  await door.kill()
  look('killed')
  await door.start()
  await door.kill('SIGTERM')
  look('closed')
  faults.push(...foundIn('its log', Buffer.from(door.out())))
  return [kept]
}

async function inRedis(rig: Rig, all: readonly Canary[], faults: string[]): Promise<number[]> {
  const redis = await startRedis()
  rig.after(() => redis.stop())
  const { door } = await openHouse(rig, 'redis', { store: redis.url, env: { LOG_LEVEL: 'trace' } })
  await inTurns(all, 8, (one) => confide(door, one))
  const kept = await readBack(door, all, faults)
  await redis.ask('SAVE')
  const [, folder = ''] = (await redis.ask('CONFIG', 'GET', 'dir')) as string[]
  for (const file of filesIn(folder))
    faults.push(...foundIn(`redis, ${file.slice(folder.length)}`, readFileSync(file)))
  faults.push(...foundIn('the log of a door on Redis', Buffer.from(door.out())))
  return [kept]
}

async function inTurns<T>(all: readonly T[], lanes: number, work: (one: T) => Promise<unknown>) {
  let next = 0
  const lane = async () => {
    while (next < all.length) await work(all[next++] as T)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** How many of them staff can read whole: what was not kept would not be found in a file either. */
async function readBack(
  door: ChildDoor,
  all: readonly Canary[],
  faults: string[]
): Promise<number> {
  let kept = 0
  await inTurns(all, 4, async ({ from, n }) => {
    const { contacts } = await door.api<{ contacts: { ref: string }[] }>(
      `contacts?phone=${encodeURIComponent(from)}`
    )
    const told = JSON.stringify(
      await Promise.all(contacts.map(({ ref }) => door.api(`contacts/${ref}`)))
    )
    if (told.includes(from) && told.includes(tag(n))) kept += 1
    else if (faults.length < MOST_FAULTS)
      faults.push(`what ${from} said was not kept: ${told.slice(0, 200)}`)
  })
  return kept
}

/** What is told to whoever is not staff: figures, health, and refusals of forms that hold people's words. */
async function pages(door: ChildDoor, all: readonly Canary[]): Promise<string[]> {
  const at = `http://127.0.0.1:${door.port}`
  const [one = canary(0)] = all
  const asked: [string, RequestInit][] = [
    ...['/metrics', '/readyz', '/livez', '/api/places', '/api/openapi.json', '/api/contacts'].map(
      (path): [string, RequestInit] => [path, {}]
    ),
    [`/api/contacts/${one.name}`, {}],
    [`/${one.name}`, {}],
    [
      '/twilio/sms',
      { method: 'POST', body: new URLSearchParams({ From: one.from, Body: one.phrase }) },
    ],
    [
      '/api/messages',
      {
        method: 'POST',
        body: JSON.stringify({ text: one.phrase }),
        headers: { 'Content-Type': 'application/json' },
      },
    ],
  ]
  const found = asked.map(async ([path, init]) => {
    const answer = await fetch(at + path, init)
    return foundIn(`the page ${path.slice(0, 20)}`, Buffer.from(await answer.text()))
  })
  return (await Promise.all(found)).flat()
}

/** The same search of the same words kept by a store that does not seal. */
function controls(rig: Rig): boolean {
  const file = join(rig.folder, 'plain.db')
  const db = new DatabaseSync(file)
  const { from, phrase, ringOn } = canary(7)
  db.exec('CREATE TABLE t (a TEXT)')
  const insert = db.prepare('INSERT INTO t VALUES (?)')
  const written = [
    phrase,
    from,
    `0${ringOn.slice(3, 7)} ${ringOn.slice(7)}`,
    Buffer.from(`x${phrase}`).toString('base64'),
  ]
  for (const text of written) insert.run(text)
  db.close()
  const each = written.every((text) => foundIn('', Buffer.from(text)).length > 0)
  return each && foundIn('', readFileSync(file)).length >= 2
}

/** I5: the key that wraps all others is changed while people ring. */
async function rotated(rig: Rig): Promise<Outcome> {
  const many = rig.of(100, 5_000, 100_000)
  const folder = join(rig.folder, 'rotating')
  mkdirSync(folder, { recursive: true })
  const keys = join(folder, 'keys')
  writeKeyfile(keys, newKeyring())
  const file = join(folder, 'door.db')
  await fill(file, keys, many)
  const { door, client } = await openHouse(rig, 'rotating', { env: { DATA_KEYS: `file:${keys}` } })
  let rotating = true
  const talking = client.talks(PEOPLE, 4, () => !rotating)
  const rounds = rig.of(1, 2, 3)
  const faults: string[] = []
  for (let n = 0; n < rounds; n++) {
    const { code, err } = await operate(['keys', 'rotate'], { env: door.env })
    if (code !== 0) faults.push(`keys rotate: ${code} ${err}`)
  }
  rotating = false
  await talking
  const broken = client.had.filter(({ complete }) => !complete).length
  await door.kill('SIGTERM')
  const { current, keys: all, index, sign } = readKeyfile(keys)
  const newest = {
    current,
    keys: new Map([[current, all.get(current) ?? Buffer.alloc(32)]]),
    index,
    sign,
  }
  const plain = openSqlite(file)
  rig.after(() => plain.close())
  const { total, unreadable, others } = await readable(sealed(plain, newest), plain, current)
  if (all.size !== rounds + 1) faults.push(`${all.size} keys after ${rounds} rounds`)
  if (others > 0) faults.push(`${others} contacts are still wrapped with an older key`)
  if (broken > 0) faults.push(`${broken} conversations broke off meanwhile`)
  if (total < many + client.had.length)
    faults.push(`${total} contacts are there, of ${many + client.had.length}`)
  const figures = {
    'conversations meanwhile': client.had.length,
    'turns meanwhile': client.turns.length,
  }
  return {
    runs: total,
    lost: unreadable + client.unanswered.length,
    doubled: 0,
    success: client.turns.length > 20 ? 1 : 0,
    faults,
    figures,
  }
}

async function fill(file: string, keys: string, many: number) {
  const plain = openSqlite(file)
  const store = sealed(plain, readKeyfile(keys))
  for (let from = 0; from < many; from += 250)
    await Promise.all(
      Array.from({ length: Math.min(250, many - from) }, (_, n) => {
        const contact = {
          ...person(from + n),
          ref: String(30_000_000 + from + n),
          conversation: null,
        }
        return store.commit(turn(contact, { log: [line(1, { heard: `words ${from + n}` })] }))
      })
    )
  await plain.close()
}

/** Reads every contact and its log with one key alone. */
async function readable(store: Store, plain: Store, current: string) {
  let [total, unreadable, others] = [0, 0, 0]
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<Store['list']>> = await plain.list({
      limit: 200,
      ...(after === null ? {} : { after }),
    })
    for (const stored of page.contacts as Stored[]) {
      total += 1
      if (stored.seal?.key?.by !== current) others += 1
      const whole = await Promise.all([store.load(stored.id), store.timeline(stored.id)]).catch(
        () => null
      )
      const opened = whole && !JSON.stringify(whole[1]).includes('"unreadable":true')
      if (!opened || !whole[0]?.person.address.startsWith('+')) unreadable += 1
    }
    after = page.next
  } while (after !== null)
  return { total, unreadable, others }
}

/** I6: some people are erased; they are found nowhere again, and everyone else is as they were. */
async function erased(rig: Rig): Promise<Outcome> {
  const many = rig.of(40, 600, 5_000)
  const folder = join(rig.folder, 'erasing')
  mkdirSync(folder, { recursive: true })
  const keyring = newKeyring()
  const [file, backup] = [join(folder, 'a.db'), join(rig.folder, 'backup.db')]
  const faults: string[] = []
  const wrong = (what: string) => void (faults.length < MOST_FAULTS && faults.push(what))
  const plain = openSqlite(file)
  const anchors = openAnchors({
    folder: join(rig.folder, 'anchors'),
    keyring,
    fault: (error) => wrong(String(error)),
  })
  const store = sealed(plain, keyring, anchors)
  for (let n = 0; n < many; n++) await store.commit(told(n))
  anchors.close()
  await plain.close()
  copyFileSync(file, backup)

  const open = openSqlite(file)
  const records = { store: open, keyring, now: () => at(900) }
  const gone = Array.from({ length: many }, (_, n) => n).filter(() => rig.random() < 0.25)
  const wrapped: string[] = []
  const ids: string[] = []
  for (const n of gone) {
    const { ref, id } = person(n)
    const stored: Stored | null = await open.load(id)
    wrapped.push(stored?.seal?.key?.key ?? '', stored?.seal?.body ?? '')
    await askErasure(records, { ref, by: 'kim', why: 'asked to be' })
    ids.push(await confirmErasure(records, { ref, by: 'lee' }))
  }
  await lookFor(sealed(open, keyring), gone, many, wrong)
  await verifies(open, rig, keyring, wrong)
  await open.close()
  // Nothing a key could be made of is left in the files, nor the words as they were sealed.
  const bytes = filesIn(folder)
    .map((name) => readFileSync(name, 'latin1'))
    .join('')
  const left = wrapped.filter((text) => text !== '' && bytes.includes(text)).length
  if (left > 0) wrong(`${left} keys or sealed words are still in the files`)
  const backAgain = await restored(backup, { keyring, ids, gone, many }, wrong)
  return {
    runs: gone.length,
    lost: 0,
    doubled: 0,
    success: wrapped.every((text) => text !== '') && backAgain === gone.length ? 1 : 0,
    faults,
    figures: { 'of people': many, 'back with the backup, and erased again': backAgain },
  }
}

const told = (n: number) => {
  const { from, name, phrase } = canary(n)
  const contact = {
    ...person(n, { address: from, status: 'closed', codes: ['CSD'] }),
    conversation: null,
  }
  contact.person = { ...contact.person, name, inTheirWords: phrase }
  return turn(contact, {
    webhook: { id: hex('SM', n), reply: reply(phrase) },
    log: [line(1, { heard: phrase, detail: { name } })],
    outbox: [row(contact, 1, { due: at(950), body: { to: from, text: phrase } })],
  })
}

/** What can be found of each: by number, reference, id, call, repeated webhook and what was to be sent. */
async function lookFor(
  store: Store,
  gone: readonly number[],
  many: number,
  wrong: (what: string) => void
) {
  for (let n = 0; n < many; n++) {
    const { from } = canary(n)
    const { ref, id } = person(n)
    const all = await Promise.all([
      store.list({ phone: from, limit: 9 }),
      store.recent('southwark', from, at(0)),
      store.byRef(ref),
      store.load(id),
      store.timeline(id),
      store.replyTo(hex('SM', n)),
    ])
    const found = JSON.stringify(all).includes(tag(n)) || JSON.stringify(all).includes(from)
    if (found === gone.includes(n))
      wrong(`${ref} ${found ? 'was erased and is found' : 'was not erased and is gone'}`)
  }
  const rows = await store.claimOutbox(at(999), 10_000)
  const sent = rows.filter(
    ({ state, body }) => state !== 'parked' && gone.some((n) => body.to === canary(n).from)
  )
  if (sent.length > 0) wrong(`${sent.length} texts to people who were erased are still to be sent`)
}

async function verifies(
  plain: Store,
  rig: Rig,
  keyring: Parameters<typeof publicKey>[0],
  wrong: (what: string) => void
) {
  const anchors = readAnchors(join(rig.folder, 'anchors'))
  const { faults, contacts } = await verifyLog(plain, anchoredHeads(anchors))
  for (const fault of [...anchorFaults(publicKey(keyring), anchors), ...faults].slice(0, 2))
    wrong(fault)
  if (contacts === 0) wrong('no contact was verified')
}

/** A backup from before brings them back, and what was erased is erased again. */
async function restored(
  backup: string,
  {
    keyring,
    ids,
    gone,
    many,
  }: {
    keyring: ReturnType<typeof newKeyring>
    ids: readonly string[]
    gone: readonly number[]
    many: number
  },
  wrong: (what: string) => void
): Promise<number> {
  const plain = openSqlite(backup)
  const [first = 0] = gone
  const before = await sealed(plain, keyring).load(person(first).id)
  if (before?.person.address !== canary(first).from)
    wrong('the backup did not hold them: erasing again proves nothing')
  const back = await eraseAgain({ store: plain, keyring, now: () => at(990) }, ids)
  await lookFor(sealed(plain, keyring), gone, many, wrong)
  await plain.close()
  return back
}

export const KEPT: readonly Run[] = [
  {
    id: 'I3',
    name: '1,000 names, numbers and phrases, looked for in every file, page and line of log',
    goal: '0 hits in store, write-ahead log, Redis file, backup, anchors, place files, logs and pages; all readable by staff',
    leastSuccess: 1,
    run: nowhere,
  },
  {
    id: 'I5',
    name: 'The key that wraps all others changed twice while people ring',
    goal: '0 unreadable with the newest key alone; every caller answered meanwhile',
    leastSuccess: 1,
    run: rotated,
  },
  {
    id: 'I6',
    name: 'People erased, one in four, and a backup from before brought back',
    goal: 'found nowhere again; the others are there; the chain verifies',
    leastSuccess: 1,
    small: true,
    run: erased,
  },
]
