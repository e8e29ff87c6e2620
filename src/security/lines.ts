import { DoorError } from '../errors.ts'
import type { Keyring } from './keyring.ts'
import { freshIv, newDataKey, seal, unseal, unwrap, type Wrapped, wrap } from './seal.ts'

/** Lines of a file that only the keyring opens. */
export interface SealedLines {
  /** One line, without its end. */
  write: (text: string) => string
  /** Throws DoorError 'store-down' when the line was changed, or the key that wrapped its key is gone. */
  read: (line: string) => string
}

const VERSION = '1'
const MOST_KEYS = 100

/**
 * Seals each line by itself, so that a file is only ever appended to: `1.<id>.<by>.<wrapped key>.<sealed text>`. One data
 * key serves a process until the keyring's current key changes. `table` is bound to what is sealed.
 */
export function sealedLines(keyring: Keyring, table: string): SealedLines {
  let mine: { id: string; key: Buffer; wrapped: Wrapped } | undefined
  const opened = new Map<string, Buffer>()
  const spot = (id: string) => ({ table, record: id, field: 'line', keyId: 'data' })
  const keyOf = (id: string, wrapped: Wrapped) => {
    const name = `${id}.${wrapped.by}.${wrapped.key}`
    const key = opened.get(name) ?? unwrap(keyring, `${table}:${id}`, wrapped)
    if (opened.size >= MOST_KEYS) opened.clear()
    opened.set(name, key)
    return key
  }
  return {
    write(text) {
      if (mine?.wrapped.by !== keyring.current) {
        const id = freshIv().toString('hex')
        const key = newDataKey()
        mine = { id, key, wrapped: wrap(keyring, `${table}:${id}`, key) }
      }
      const { id, key, wrapped } = mine
      return [VERSION, id, wrapped.by, wrapped.key, seal(key, spot(id), text)].join('.')
    },
    read(line) {
      const [version, id = '', by = '', key = '', text = ''] = line.split('.')
      if (version !== VERSION) throw new DoorError('store-down', 'not a sealed line', false)
      return unseal(keyOf(id, { by, key }), spot(id), text).toString()
    },
  }
}
