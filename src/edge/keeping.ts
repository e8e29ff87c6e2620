import { DoorError } from '../errors.ts'
import type { Store } from '../store/contract.ts'
import type { Desk } from '../store/desk.ts'
import { type DurableStorage, openDurable } from '../store/durable.ts'

/** How long a caller waits for a store that is being opened. */
const OPENING_MS = 900

/** Whether what this address names is one Redis for all homes, or the storage of each. */
export const isShared = (storeUrl: string) => storeUrl.startsWith('redis')

interface KeepingParts {
  storeUrl: string
  storage: DurableStorage
  /** Refuses a Redis that could lose turns it has acknowledged; otherwise `warn` hears of it. */
  strict: boolean
  warn: (fault: string) => void
  /** The partitions whose timers and outbox this home sees to. */
  mine: (partition: string) => boolean
}

/** Where a home keeps its contacts: its own storage, or Redis by a connection of its own, which no other object shares. */
export function openKeeping(parts: KeepingParts): Store {
  const { storeUrl, storage, strict, warn, mine } = parts
  if (!isShared(storeUrl)) return openDurable(storage)
  return openedLater(async () => {
    const { openRedis } = await import('../store/redis.ts')
    return openRedis(storeUrl, { strict, warn, mine })
  })
}

type Turns = Omit<Store, 'desk'>

/**
 * A store that is opened when it is first asked, and again when that failed: a home must answer with words, whatever state
 * its store is in.
 */
export function openedLater(open: () => Promise<Store>): Store {
  let opening: Promise<Store> | undefined
  const opened = () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  const ask =
    <Name extends keyof Turns>(name: Name) =>
    async (...asked: Parameters<Turns[Name]>) => {
      const store = await inTime(OPENING_MS, opened())
      return (store[name] as (...asked: Parameters<Turns[Name]>) => Promise<never>)(...asked)
    }
  const atDesk =
    <Name extends keyof Desk>(name: Name) =>
    async (...asked: Parameters<Desk[Name]>) => {
      const { desk } = await inTime(OPENING_MS, opened())
      return (desk[name] as (...asked: Parameters<Desk[Name]>) => Promise<never>)(...asked)
    }
  return {
    ...{ load: ask('load'), byRef: ask('byRef'), recent: ask('recent'), byCall: ask('byCall') },
    find: ask('find'),
    ...{ replyTo: ask('replyTo'), commit: ask('commit'), timeline: ask('timeline') },
    ...{ list: ask('list'), claimTimers: ask('claimTimers'), settleTimer: ask('settleTimer') },
    ...{ claimOutbox: ask('claimOutbox'), settleOutbox: ask('settleOutbox') },
    ...{ closeOutbox: ask('closeOutbox'), nextDue: ask('nextDue') },
    expireReplies: ask('expireReplies'),
    desk: {
      ...{ get: atDesk('get'), list: atDesk('list'), count: atDesk('count') },
      ...{ put: atDesk('put'), remove: atDesk('remove'), changes: atDesk('changes') },
    },
    close: async () => (await opening)?.close(),
  }
}

/** The work, or 'store-down' once it has taken so many milliseconds. */
export function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new DoorError('store-down', `a home has no answer after ${ms} ms`, true)
    timer = setTimeout(() => reject(error), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
