import { DoorError } from '../errors.ts'
import type { Commit, Committed, StoredReply } from './contract.ts'
import { hourOf, instant } from './instant.ts'
import { isResting } from './listed.ts'
import type { Arg, Reply } from './redis-connection.ts'
import type { Link } from './redis-link.ts'
import { type Locator, locate, locatorsOf } from './redis-locators.ts'
import { COMMIT, LET_IN, MOVE, SHUT_OUT } from './redis-lua-commit.ts'
import type { Partitions } from './redis-partitions.ts'
import { bodyOf, facetsOf, lineOf, mark, ms, replyBytes, replyOf, shortId } from './redis-record.ts'
import { bytesOf, keysOf, listOf, numberOf, run, textOf } from './redis-script.ts'

/** Longer than the service keeps replies: they are dropped by `expireReplies`, and this is for where nobody asks. */
const KEEP_REPLY_MS = 7 * 24 * 3_600_000
const KEEP = String(KEEP_REPLY_MS)

/** A webhook may be taken over and a locator be missing, each more than once when others do the same. */
const TRIES = 5

export interface SaverParts {
  link: Link
  partitions: Partitions
  /** Hears of what a partition has waiting now; of nothing when it cannot be known. */
  heads: (partition: string, heads: Reply | undefined) => void
}

/** What is needed besides the script: which locators to write with it, and whether that was done. */
interface Try {
  locators: readonly Locator[]
  all: boolean
}

/** One turn, saved whole or not at all. */
export function openSaver(parts: SaverParts) {
  const { link, partitions, heads } = parts
  return async function save(commit: Commit): Promise<Committed> {
    refuseTwice(commit)
    const { partition } = commit.contact
    const number = await partitions.number(partition)
    const isNew = commit.expected === 0
    let trying: Try = {
      locators: locatorsOf(commit, number, { life: KEEP, all: isNew, address: isNew, call: isNew }),
      all: isNew,
    }
    for (let tries = 0; tries < TRIES; tries += 1) {
      const [what, one, two] = await attempt(parts, commit, trying)
      switch (textOf(what)) {
        case 'saved':
          heads(partition, one)
          return { result: 'saved' }
        case 'seen':
          return { result: 'seen', reply: replyOf(bytesOf(one) ?? Buffer.alloc(0)) ?? lost() }
        case 'elsewhere': {
          const reply = await takeOver(link, partitions, commit)
          if (reply) return { result: 'seen', reply }
          break
        }
        case 'locate': {
          const found = { life: KEEP, all: isNew, address: one === 1, call: two === 1 }
          trying = { locators: locatorsOf(commit, number, found), all: true }
          break
        }
        case 'refused':
          throw new DoorError('bad-input', `outbox row ${textOf(one)} is there already`, false)
        default:
          return { result: 'overtaken' }
      }
    }
    return { result: 'overtaken' }
  }
}

/**
 * A Cluster's locators are on other servers and are written first: one that no turn follows leads nowhere, while a turn
 * without its locator could not be found.
 */
async function attempt({ link }: SaverParts, commit: Commit, trying: Try): Promise<Reply[]> {
  const { locators, all } = trying
  const keys = keysOf(commit.contact.partition)
  if (!link.clustered) {
    const args = argsOf(commit, { locators, all, refTaken: false })
    return listOf(
      await run(link, COMMIT, [...keys, ...locators.map(({ key }) => key)], [packed(args)])
    )
  }
  const located = await locate(link, locators)
  if (located === 'elsewhere') return ['elsewhere']
  const args = argsOf(commit, { locators: [], all, refTaken: located === 'taken' })
  return listOf(await run(link, COMMIT, keys, [packed(args)]))
}

function argsOf(commit: Commit, { locators, all, refTaken }: Try & { refTaken: boolean }): Arg[] {
  const { contact, webhook, log, outbox, timers } = commit
  // A timer that is set anew takes the place of the old one by itself.
  const cleared = (commit.cleared ?? []).filter((id) => timers.every((timer) => timer.id !== id))
  const flag = (set: boolean) => (set ? '1' : '0')
  const updated = instant(contact.updatedAt)
  const facets = facetsOf(contact)
  const call = contact.conversation?.call
  return [
    ...(webhook ? [webhook.id, replyBytes(webhook.reply), KEEP] : ['', '', KEEP]),
    ...locators.flatMap(({ how, value, life }) => [how, value, life]),
    ...[flag(all), flag(refTaken)],
    ...[shortId(contact.id), String(commit.expected), String(contact.turn)],
    ...[mark(contact.person.address), mark(call)],
    ...[String(log.length), ...log.map(({ seq }) => String(seq))],
    String(outbox.length),
    ...outbox.flatMap((row) => [
      ...[row.id, row.recipient, ms(row.due), String(row.tries), JSON.stringify(row)],
    ]),
    ...[contact.id, String(cleared.length), ...cleared],
    String(timers.length),
    ...timers.flatMap((row) => [row.id, ms(row.due), `${row.contact}\n${JSON.stringify(row)}`]),
    ...[String(updated), String(hourOf(updated)), bodyOf(contact), isResting(contact) ? '1' : '0'],
    ...[mark(facets.join('\n')), String(facets.length), ...facets],
    ...logArgs(log),
  ]
}

/** All of them as one, each behind its length: sixty arguments of a few bytes cost the client more than the turn's own. */
function packed(args: readonly Arg[]): Buffer {
  const lengths = args.map((arg) => Buffer.byteLength(arg))
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 0))
  let at = 0
  for (const [i, arg] of args.entries()) {
    at = bytes.writeUInt32BE(lengths[i] ?? 0, at)
    if (typeof arg === 'string') at += bytes.write(arg, at)
    else at += arg.copy(bytes, at)
  }
  return bytes
}

/** The texts of a turn, each once, and its lines, which say which of them they hold. */
function logArgs(log: Commit['log']): Arg[] {
  const lines = log.map(lineOf)
  const texts = [...new Set(lines.flatMap((line) => line.texts))]
  return [
    ...[String(texts.length), ...texts.flatMap(({ hash, text }) => [hash, text])],
    String(log.length),
    ...lines.flatMap(({ start, texts: shared, end }) => [
      ...[start, String(shared.length)],
      ...[...shared.map((text) => String(texts.indexOf(text) + 1)), end],
    ]),
  ]
}

/** What the script could only find out half way through. */
function refuseTwice({ log, outbox }: Commit) {
  const twice = (all: readonly (string | number)[]) => new Set(all).size < all.length
  if (twice(log.map(({ seq }) => seq)))
    throw new DoorError('bad-input', 'two log lines of one turn have the same number', false)
  if (twice(outbox.map(({ id }) => id)))
    throw new DoorError('bad-input', 'two outbox rows of one turn have the same id', false)
}

/**
 * A webhook whose first try went to another partition: its reply from there, or null once that partition is shut to it
 * and the locator names this one.
 */
async function takeOver(
  link: Link,
  partitions: Partitions,
  commit: Commit
): Promise<StoredReply | null> {
  const { contact, webhook } = commit
  const id = webhook?.id ?? ''
  const locator = `w${id}`
  const mine = String(await partitions.number(contact.partition))
  const theirs = textOf(await link.read(locator, ['GET', locator])) ?? mine
  if (theirs !== mine) {
    const name = await partitions.name(Number(theirs))
    const reply = name && bytesOf(await run(link, SHUT_OUT, keysOf(name), [id, KEEP]))
    if (reply) return replyOf(reply)
    const moved = numberOf(await run(link, MOVE, [locator], [theirs, mine, KEEP]))
    if (moved !== 1) return takeOver(link, partitions, commit)
  }
  await run(link, LET_IN, keysOf(contact.partition), [id])
  return null
}

function lost(): never {
  throw new DoorError('store-down', 'the stored reply cannot be read', true)
}
