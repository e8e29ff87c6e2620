import type { DatabaseSync } from 'node:sqlite'
import type { Commit, Committed, Store, StoredReply } from './contract.ts'
import { openDesk } from './desk-sqlite.ts'
import { findEach } from './find.ts'
import { instant } from './instant.ts'
import { isResting } from './listed.ts'
import { openClaims } from './sqlite-claims.ts'
import { openContacts } from './sqlite-contacts.ts'
import { openFacets } from './sqlite-facets.ts'
import { openList } from './sqlite-list.ts'
import { openLog } from './sqlite-log.ts'
import { one, openTables } from './sqlite-tables.ts'
import { openOutbox, openTimers } from './sqlite-waits.ts'
import { openWords } from './sqlite-words.ts'
import { openWriter, read, storeFault, type Writer } from './sqlite-writer.ts'

/** The embedded store: one file, one process. `:memory:` for tests. */
export function openSqlite(path: string): Store {
  try {
    const db = openTables(path)
    const shut = () => {
      if (db.isOpen) db.close()
    }
    return sqliteStore(db, { writer: (undone) => openWriter(db, undone), shut })
  } catch (error) {
    throw storeFault(error)
  }
}

/** What a store over our tables needs beside statements: how it writes, and what it shuts at the end. */
export interface Around {
  /** `undone` hears of every rollback, so that nothing remembered outside the tables outlives what was undone. */
  writer: (undone: () => void) => Writer
  shut: () => void
}

/** A store over tables that are there. Of the database only `prepare` is used. */
export function sqliteStore(db: DatabaseSync, { writer: openWith, shut }: Around): Store {
  const parts = openParts(db, openWith)
  const { writer, contacts, log, replies, list } = parts
  const finding: Pick<Store, 'recent' | 'byCall' | 'replyTo'> = {
    recent: (place, address, since) => read(() => contacts.recent(place, address, since)),
    byCall: (call) => read(() => contacts.byCall(call)),
    replyTo: (webhook) => read(() => replies.find(webhook) ?? null),
  }
  return {
    ...finding,
    find: (sought) => findEach(finding, sought),
    load: (id) => read(() => contacts.load(id)),
    byRef: (ref) => read(() => contacts.byRef(ref)),
    commit: (commit) => writer.run(() => save(parts, commit)),
    timeline: (contact) => read(() => log.timeline(contact)),
    list: (query) => read(() => list(query)),
    desk: openDesk(db, writer),
    ...openClaims(parts),
    expireReplies: (before) => expire(parts, before),
    async close() {
      writer.close()
      shut()
    },
  }
}

type Parts = ReturnType<typeof openParts>

function openParts(db: DatabaseSync, openWith: Around['writer']) {
  const words = openWords(db)
  const facets = openFacets(db)
  return {
    writer: openWith(words.forget),
    contacts: openContacts(db, facets),
    log: openLog(db, words),
    replies: openReplies(db),
    outbox: openOutbox(db),
    timers: openTimers(db),
    list: openList(db),
  }
}

/** One turn, inside its savepoint. Every guard is asked before the first write. */
function save(parts: Parts, commit: Commit): Committed {
  const { contacts, log, replies, outbox, timers } = parts
  const { contact, expected, webhook } = commit
  const reply = webhook === undefined ? undefined : replies.find(webhook.id)
  if (reply !== undefined) return { result: 'seen', reply }

  const was = contacts.stored(contact.id)
  const moved = contact.turn !== expected + 1 || (was?.turn ?? 0) !== expected
  if (moved || contacts.refTaken(contact)) return { result: 'overtaken' }
  if (was !== undefined && log.taken(was.no, commit.log)) return { result: 'overtaken' }

  const no = contacts.save(contact, was)
  if (webhook !== undefined) replies.add(webhook.id, instant(contact.updatedAt), webhook.reply)
  for (const entry of commit.log) log.add(no, entry)
  if (isResting(contact)) log.rest(no)
  for (const row of commit.outbox) outbox.add(row)
  for (const id of commit.cleared ?? []) timers.clear(id, contact.id)
  for (const timer of commit.timers) timers.set(timer)
  return { result: 'saved' }
}

function openReplies(db: DatabaseSync) {
  const find = db.prepare('SELECT status, type, body FROM replies WHERE webhook = ?')
  const insert = db.prepare(
    'INSERT INTO replies (webhook, at, status, type, body) VALUES (?, ?, ?, ?, ?)'
  )
  const expire = db.prepare(
    'DELETE FROM replies WHERE no IN (SELECT no FROM replies WHERE at < ? ORDER BY at LIMIT ?)'
  )
  return {
    find(webhook: string): StoredReply | undefined {
      const row = one<StoredReply>(find, webhook)
      return row === undefined ? undefined : { ...row }
    },
    add: (webhook: string, at: number, { status, type, body }: StoredReply) =>
      insert.run(webhook, at, status, type, body),
    expire: (before: number, limit: number) => Number(expire.run(before, limit).changes),
  }
}

/** Few enough that a turn waiting behind them is not late. */
const EXPIRE = 500

async function expire({ writer, replies }: Parts, before: string): Promise<number> {
  let dropped = 0
  for (;;) {
    const some = await writer.run(() => replies.expire(instant(before), EXPIRE))
    dropped += some
    if (some < EXPIRE) return dropped
  }
}
