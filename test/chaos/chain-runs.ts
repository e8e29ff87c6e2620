import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openAnchors, readAnchors } from '../../src/door/anchors.ts'
import type { LogEntry } from '../../src/record/contact.ts'
import { newKeyring } from '../../src/security/keyring.ts'
import { freshIv, newDataKey, type Spot, seal, unseal } from '../../src/security/seal.ts'
import { publicKey } from '../../src/security/sign.ts'
import { anchoredHeads, anchorFaults } from '../../src/store/anchor.ts'
import type { Store } from '../../src/store/contract.ts'
import { openRedis } from '../../src/store/redis.ts'
import { sealed } from '../../src/store/sealed.ts'
import { chained, genesis, type Head } from '../../src/store/sealed-chain.ts'
import type { Stored } from '../../src/store/sealed-contact.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { chainFaults, verifyLog } from '../../src/store/verify.ts'
import { startRedis } from '../store/redis-server.ts'
import { line, person, reply, row, turn } from '../store/sample.ts'
import type { Outcome, Rig, Run } from './rig.ts'

const MOST_FAULTS = 6
const LINES = 10

/** A turn of two lines: an answer in someone's words, and what came of it. */
const nth = (who: number, n: number, words = 'my mum fell in the kitchen') =>
  turn(person(who, { turn: n }), {
    log: [
      line(2 * n - 1, { kind: 'answer', heard: `${words}, ${n}` }),
      line(2 * n, { kind: 'outcome', detail: { code: 'CSD', rule: 'practice' } }),
    ],
  })

interface Chain {
  id: string
  head: Head
  lines: readonly LogEntry[]
}

/** Talks that were sealed, chained and anchored, as they stand in the store: so many contacts, with lines of so many turns. */
async function chains(rig: Rig, name: string, contacts: number, turns: number) {
  const folder = join(rig.folder, name)
  mkdirSync(folder, { recursive: true })
  const keyring = newKeyring()
  const plain = openSqlite(join(folder, 'chain.db'))
  rig.after(() => plain.close())
  const faults: unknown[] = []
  const anchors = openAnchors({ folder, keyring, fault: (error) => void faults.push(error) })
  const store = sealed(plain, keyring, anchors)
  for (let n = 1; n <= turns; n++)
    await Promise.all(Array.from({ length: contacts }, (_, who) => store.commit(nth(who, n))))
  anchors.close()
  const found: Chain[] = []
  for (let who = 0; who < contacts; who++) {
    const stored: Stored | null = await plain.load(person(who).id)
    if (stored?.seal)
      found.push({ id: stored.id, head: stored.seal, lines: await plain.timeline(stored.id) })
  }
  const anchored = anchoredHeads(readAnchors(folder))
  return { folder, keyring, plain, found, anchored, faults }
}

/** A text with one of its signs made another. */
const flipped = (text: string, at: number) =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)

/** Every change of one byte that a line as it is stored can have. */
function* bytesOf(entry: LogEntry): Generator<LogEntry> {
  const { detail, seq, ...texts } = entry
  for (const [name, text] of Object.entries(texts))
    for (let at = 0; at < text.length; at++) yield { ...entry, [name]: flipped(text, at) }
  for (const digit of [1, 10, 100]) yield { ...entry, seq: seq + digit }
  if (detail) yield { ...entry, detail: { ...detail, code: 'EMH' } }
}

/** What can be done to a chain without knowing how it is made. */
const BLUNT: readonly [what: string, change: (lines: LogEntry[], at: number) => LogEntry[]][] = [
  ['a line taken out', (lines, at) => lines.toSpliced(at, 1)],
  ['a line said twice', (lines, at) => lines.toSpliced(at, 0, lines[at]!)],
  ['a line put in', (lines, at) => lines.toSpliced(at, 0, { ...lines[at]!, heard: 'no' })],
  ['two lines changed about', (lines, at) => lines.toSpliced(at, 2, lines[at + 1]!, lines[at]!)],
  ['a turn taken out', (lines, at) => lines.toSpliced(at & ~1, 2)],
  ['the end cut off', (lines, at) => lines.slice(0, at)],
  ['the beginning cut off', (lines, at) => lines.slice(at + 1)],
  ['turned round', (lines) => lines.toReversed()],
]

/** I1: every way to change what was logged is seen. */
async function changed(rig: Rig): Promise<Outcome> {
  const short = await chains(rig, 'short', rig.of(10, 400, 1_000), LINES / 2)
  const long = await chains(rig, 'long', 1, rig.of(200, 5_000, 5_000))
  const faults: string[] = []
  let [runs, seen] = [0, 0]
  const tried = (what: string, noticed: boolean) => {
    runs += 1
    if (noticed) seen += 1
    else if (faults.length < MOST_FAULTS) faults.push(`${what}: nobody noticed`)
  }
  for (const { anchored, found } of [short, long])
    for (const { id, head, lines } of found)
      if (chainFaults(id, head, lines, anchored.get(id) ?? []).length > 0)
        faults.push(`${id} is said to be broken, and is whole`)
  const none: readonly Head[] = []
  for (const { id, head, lines } of short.found)
    lines.forEach((entry, n) => {
      for (const other of bytesOf(entry))
        tried('a byte of a line', chainFaults(id, head, lines.with(n, other), none).length > 0)
    })
  for (const one of long.found) {
    const at = () => 1 + Math.floor(rig.random() * (one.lines.length - 3))
    for (let n = 0; n < rig.of(5, 60, 1_000); n++) {
      const where = at()
      const all = [...bytesOf(one.lines[where]!)]
      const other = all[Math.floor(rig.random() * all.length)]!
      tried(
        'a byte of a long chain',
        chainFaults(one.id, one.head, one.lines.with(where, other), none).length > 0
      )
      for (const [what, change] of BLUNT)
        tried(what, chainFaults(one.id, one.head, change([...one.lines], where), none).length > 0)
    }
    rewritten(one, long.anchored.get(one.id) ?? [], at(), tried, faults)
  }
  anchorBytes(short, rig, tried)
  const figures = {
    'lines of the long chain': long.found[0]?.lines.length ?? 0,
    'lines flipped byte by byte': short.found.length * LINES,
  }
  return { runs, lost: 0, doubled: 0, success: seen / runs, faults, figures }
}

/** Whoever knows how a chain is made makes another, head and all: only what was anchored tells. */
function rewritten(
  { id, lines }: Chain,
  anchored: readonly Head[],
  at: number,
  tried: (what: string, noticed: boolean) => void,
  faults: string[]
) {
  const marks = (all: readonly LogEntry[]) => {
    let head = genesis(id)
    return all.map((entry) => {
      const first = /^~[\w-]{11}\./.test(entry.heard ?? '')
      const heard = first ? `~${head.head.slice(0, 11)}.${entry.heard?.slice(13)}` : entry.heard
      const next = { ...entry, ...(heard !== undefined && { heard }) }
      head = chained(head, [next])
      return next
    })
  }
  const forged: [string, LogEntry[]][] = [
    ['the end cut off, and the head set back', lines.slice(0, at)],
    [
      'a word changed, and all after it made anew',
      marks(lines.with(at, { ...lines[at]!, kind: 'no' })),
    ],
    ['a turn taken out, and all after it made anew', marks(lines.toSpliced(at & ~1, 2))],
    [
      'everything written anew',
      marks(lines.map((entry) => ({ ...entry, at: entry.at.replace('2026', '2027') }))),
    ],
  ]
  for (const [what, all] of forged) {
    const head = chained(genesis(id), all)
    tried(what, chainFaults(id, head, all, anchored).length > 0)
    // The forger did well: what sees it is the anchor and nothing else.
    if (chainFaults(id, head, all, []).length > 0)
      faults.push(`${what}: it was badly forged, and proves nothing`)
  }
}

/** Every byte of the anchors themselves. */
function anchorBytes(
  { folder, keyring, found }: Awaited<ReturnType<typeof chains>>,
  rig: Rig,
  tried: (what: string, noticed: boolean) => void
) {
  const day = `${new Date().toISOString().slice(0, 10)}.jsonl`
  const text = readFileSync(join(folder, day), 'utf8')
  const other = join(rig.folder, 'changed')
  mkdirSync(other, { recursive: true })
  const whole = new Map(found.map((one) => [one.id, one]))
  const step = Math.max(1, Math.floor(text.length / rig.of(100, 2_000, 100_000)))
  for (let at = Math.floor(rig.random() * step); at < text.length - 1; at += step) {
    writeFileSync(join(other, day), flipped(text, at))
    tried('a byte of an anchor', anchorsWrong(other, keyring, whole))
  }
}

function anchorsWrong(
  folder: string,
  keyring: Parameters<typeof publicKey>[0],
  whole: ReadonlyMap<string, Chain>
): boolean {
  try {
    const anchors = readAnchors(folder)
    if (anchorFaults(publicKey(keyring), anchors).length > 0) return true
    return [...anchoredHeads(anchors)].some(([id, heads]) => {
      const one = whole.get(id)
      return !one || chainFaults(id, one.head, one.lines, heads).length > 0
    })
  } catch {
    return true
  }
}

/** One after the other in a few lanes: a store that syncs each commit is not to be flooded. */
async function inLanes(many: number, work: (n: number) => Promise<void>) {
  let next = 0
  const lane = async () => {
    while (next < many) await work(next++)
  }
  await Promise.all(Array.from({ length: 8 }, lane))
}

/** I2: two who write one contact at once. */
async function twoWriters(rig: Rig): Promise<Outcome> {
  const keyring = newKeyring()
  const embedded = openSqlite(join(rig.folder, 'two.db'))
  rig.after(() => embedded.close())
  const pairs: [name: string, plain: Store, one: Store, other: Store][] = []
  pairs.push(['embedded', embedded, sealed(embedded, keyring), sealed(embedded, keyring)])
  if (existsSync('/usr/bin/redis-server')) {
    const redis = await startRedis()
    const open = () => openRedis(redis.url, { strict: false, warn: () => undefined })
    const [one, other] = await Promise.all([open(), open()])
    rig.after(() => redis.stop())
    rig.after(() => Promise.all([one.close(), other.close()]))
    pairs.push(['redis', one, sealed(one, keyring), sealed(other, keyring)])
  }
  const [contacts, turns] = [rig.of(10, 100, 1_000), rig.of(10, 40, 100)]
  const faults: string[] = []
  let [runs, saved, forks] = [0, 0, 0]
  for (const [name, plain, ...writers] of pairs) {
    const contest = async (who: number) => {
      for (let n = 1; n <= turns; n++) {
        const both = writers.map((store, w) => store.commit(nth(who, n, `writer ${w}`)))
        const won = (await Promise.all(both)).filter(({ result }) => result === 'saved').length
        runs += 1
        saved += won === 1 ? 1 : 0
        forks += won > 1 ? 1 : 0
      }
    }
    await inLanes(contacts, contest)
    const { lines, faults: found } = await verifyLog(plain, new Map())
    for (const fault of found.slice(0, 2)) faults.push(`${name}: ${fault}`)
    if (lines !== contacts * turns * 2)
      faults.push(`${name}: ${lines} lines, not ${contacts * turns * 2}`)
  }
  return { runs, lost: 0, doubled: forks, success: saved / runs, faults }
}

/** I4: what is sealed in one place opens in no other, and no number is used twice. */
async function moved(rig: Rig): Promise<Outcome> {
  const faults: string[] = []
  const key = newDataKey()
  const spots: Spot[] = Array.from({ length: rig.of(40, 400, 2_000) }, (_, n) => ({
    table: ['contact', 'log', 'outbox', 'reply'][n % 4]!,
    record: `01990000-0000-7000-8000-${String(n >> 4).padStart(12, '0')}`,
    field: ['body', 'words', 'result', 'key'][(n >> 2) % 4]!,
    keyId: 'data',
  }))
  const texts = spots.map((spot, n) => seal(key, spot, `what ${n} said`))
  let [runs, held] = [0, 0]
  const opens = (spot: Spot, text: string) => {
    try {
      return unseal(key, spot, text).toString()
    } catch {
      return null
    }
  }
  spots.forEach((spot, n) => {
    texts.forEach((text, other) => {
      runs += 1
      const found = opens(spot, text)
      const right = n === other ? found === `what ${n} said` : found === null
      if (right) held += 1
      else if (faults.length < MOST_FAULTS) faults.push(`${other} opens in the place of ${n}`)
    })
  })
  const many = rig.of(100_000, 1_000_000, 5_000_000)
  const repeated = repeatsAmong(many)
  if (repeated > 0) faults.push(`${repeated} numbers were used twice`)
  faults.push(...(await swapped()))
  return {
    runs: runs + many,
    lost: 0,
    doubled: repeated,
    success: held / runs,
    faults,
    figures: { 'places tried against each other': spots.length },
  }
}

/** How many of the numbers that seal were handed out before. */
function repeatsAmong(many: number): number {
  const seen = new Set<string>()
  for (let n = 0; n < many; n++) seen.add(freshIv().toString('latin1'))
  return many - seen.size
}

/** The same through the store: what stands in one place is read from another. */
async function swapped(): Promise<string[]> {
  const plain = openSqlite(':memory:')
  const keyring = newKeyring()
  const store = sealed(plain, keyring)
  const { id } = person(1)
  for (const n of [1, 2]) {
    const contact = person(1, { turn: n })
    const outbox = [row(contact, 1, { body: { text: `text ${n}` } })]
    const log = [line(n, { kind: 'answer', heard: `words ${n}` })]
    await store.commit(turn(contact, { outbox, log }))
  }
  const webhook = (n: number) => ({ id: `SM${String(n).repeat(32)}`, reply: reply(`reply ${n}`) })
  for (const n of [3, 4]) await store.commit(turn(person(n), { webhook: webhook(n) }))
  const crossed: Store = {
    ...plain,
    timeline: async (of) => {
      const [a, b] = await plain.timeline(of)
      return a && b
        ? [
            { ...a, heard: b.heard ?? '' },
            { ...b, heard: a.heard ?? '' },
          ]
        : []
    },
    claimOutbox: async (...asked) =>
      (await plain.claimOutbox(...asked)).map((one) => ({ ...one, id: `${id}:9:1` })),
    replyTo: async (asked) => {
      const mine = await plain.replyTo(asked)
      return mine && { ...mine, body: mine.body.replace(person(3).id, person(4).id) }
    },
  }
  const other = sealed(crossed, keyring)
  const told = async (work: Promise<unknown>) => JSON.stringify(await work.catch(() => 'refused'))
  const faults: string[] = []
  if (/words \d/.test(await told(other.timeline(id))))
    faults.push('lines that changed places are read')
  if (/text \d/.test(await told(other.claimOutbox('2030-01-01T00:00:00Z', 9))))
    faults.push('a text under the id of another row is sent')
  if (/reply \d/.test(await told(other.replyTo(webhook(3).id))))
    faults.push('a reply opens as that of another contact')
  // The same questions, asked of the store as it is: else the refusals above prove nothing.
  const sound = await told(Promise.all([store.timeline(id), store.replyTo(webhook(3).id)]))
  if (!/words 1.*words 2.*reply 3/.test(sound))
    faults.push('what was not moved cannot be read either')
  const body = ((await plain.load(person(3).id)) as Stored | null)?.seal?.body ?? ''
  const mixed = sealed(
    { ...plain, load: async (of) => withBody(await plain.load(of), body) },
    keyring
  )
  if ((await told(mixed.load(id))) !== '"refused"')
    faults.push('a contact opens with the body of another')
  await plain.close()
  return faults
}

const withBody = (stored: Stored | null, body: string): Stored | null =>
  stored?.seal ? { ...stored, seal: { ...stored.seal, body } } : stored

export const CHAINS: readonly Run[] = [
  {
    id: 'I1',
    name: 'Every byte of a log of 10,000 lines, and every way to take out, put in, cut off and rewrite',
    goal: 'noticed, each; a forged chain and a cut tail by the anchors',
    leastSuccess: 1,
    small: true,
    run: changed,
  },
  {
    id: 'I2',
    name: 'Two who write one contact at once',
    goal: 'one of them is saved, always; no chain forks',
    leastSuccess: 1,
    small: true,
    run: twoWriters,
  },
  {
    id: 'I4',
    name: 'What is sealed, opened in every place but its own; a million numbers that seal',
    goal: 'opens nowhere; no number twice',
    leastSuccess: 1,
    small: true,
    run: moved,
  },
]
