import type { DatabaseSync } from 'node:sqlite'
import { DoorError } from '../errors.ts'
import type { Store } from './contract.ts'
import { sqliteStore } from './sqlite.ts'
import { cursorOf } from './sqlite-list.ts'
import { SCHEMA, TABLES, upgradeFrom } from './sqlite-tables.ts'
import { storeFault, type Writer } from './sqlite-writer.ts'

type Value = ArrayBuffer | string | number | null
type Row = Record<string, Value>

/** What is used of a Durable Object's storage. https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/ */
export interface DurableStorage {
  sql: { exec(query: string, ...values: Value[]): { toArray(): Row[] } }
  /** Undoes what the work did when it throws. */
  transactionSync<T>(work: () => T): T
  /** Resolves once what was written is on the disk. */
  sync(): Promise<void>
}

/** Begins a cursor that goes on below a contact which may be in another object's storage. */
const BELOW = 'below:'

/** The cursor of a list that goes on below this contact, whosever it is: ids go up with time. */
export const below = (id: string): string => BELOW + id

/** The embedded store in the storage of a Durable Object: the same tables and statements as in a file. */
export function openDurable(storage: DurableStorage): Store {
  openTables(storage)
  const ends = { closed: false }
  const store = sqliteStore(databaseOf(storage, ends), {
    writer: (undone) => writerOf(storage, undone),
    shut() {
      ends.closed = true
    },
  })
  return {
    ...store,
    list: (query) =>
      query.after?.startsWith(BELOW)
        ? store.list({ ...query, after: cursorAfter(storage, query.after.slice(BELOW.length)) })
        : store.list(query),
  }
}

function openTables({ sql }: DurableStorage) {
  sql.exec('CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL) STRICT')
  const [found] = sql.exec('SELECT version FROM schema').toArray()
  if (found === undefined) {
    sql.exec(TABLES)
    sql.exec('INSERT INTO schema (version) VALUES (?)', SCHEMA)
  } else if (Number(found.version) > SCHEMA)
    throw new DoorError('bad-config', 'the storage was made by a newer version', false)
  else if (Number(found.version) < SCHEMA) {
    sql.exec(upgradeFrom(Number(found.version)))
    sql.exec('UPDATE schema SET version = ?', SCHEMA)
  }
}

function cursorAfter({ sql }: DurableStorage, id: string): string {
  const query = 'SELECT no FROM contacts WHERE id < ? ORDER BY id DESC LIMIT 1'
  const [row] = sql.exec(query, id).toArray()
  return cursorOf(Number(row?.no ?? 0) + 1)
}

/** The part of node:sqlite that our statements use. The cast is the border: nothing else of it is called. */
function databaseOf({ sql }: DurableStorage, ends: { closed: boolean }): DatabaseSync {
  const prepare = (text: string) => {
    const { query, names } = numbered(text)
    const ask = (given: unknown[]) => {
      if (ends.closed) throw new DoorError('store-down', 'the store is closed', true)
      try {
        return sql.exec(query, ...valuesOf(given, names)).toArray()
      } catch (error) {
        throw faultOf(error)
      }
    }
    return {
      get: (...given: unknown[]) => ask(given).map(plain)[0],
      all: (...given: unknown[]) => ask(given).map(plain),
      run(...given: unknown[]) {
        ask(given)
        return {
          get changes() {
            return Number(sql.exec('SELECT changes() AS n').toArray()[0]?.n)
          },
        }
      },
    }
  }
  return { prepare } as unknown as DatabaseSync
}

/** Values go by their place here, never by name. */
function numbered(text: string): { query: string; names: string[] } {
  const names = [...new Set([...text.matchAll(/:([a-z]+)\b/g)].map(([, name = '']) => name))]
  return { query: text.replace(/:([a-z]+)\b/g, (_, name) => `?${names.indexOf(name) + 1}`), names }
}

function valuesOf(given: unknown[], names: readonly string[]): Value[] {
  const [first] = given
  const values =
    names.length > 0 ? names.map((name) => (first as Record<string, unknown>)[name]) : given
  return values.map((value) => (ArrayBuffer.isView(value) ? bytesOf(value) : (value as Value)))
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): ArrayBuffer =>
  buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer

const plain = (row: Row) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof ArrayBuffer ? new Uint8Array(value) : value,
    ])
  )

/** One object runs one thing at a time, so each work is its own transaction; storage groups what it syncs by itself. */
function writerOf(storage: DurableStorage, undone: () => void): Writer {
  let open = true
  return {
    async run(work) {
      if (!open) throw new DoorError('store-down', 'the store is closed', true)
      try {
        const value = storage.transactionSync(work)
        await storage.sync()
        return value
      } catch (error) {
        undone()
        throw faultOf(error)
      }
    },
    close() {
      open = false
    },
  }
}

/** Storage says what went wrong in words alone. */
function faultOf(error: unknown): unknown {
  if (error instanceof DoorError || !(error instanceof Error)) return storeFault(error)
  const theirs = /SQLITE_(CONSTRAINT|TOOBIG)/.test(error.message)
  if (theirs) return new DoorError('bad-input', 'the store refused a row', false, { cause: error })
  if (/SQLITE|storage|durable/i.test(error.message))
    return new DoorError('store-down', 'the store failed', true, { cause: error })
  return error
}
