import { ErrorReply } from '@redis/client'
import { DoorError } from '../errors.ts'
import type { Address } from './redis-address.ts'
import { openCluster } from './redis-cluster.ts'
import { type Arg, pause, type Reply, Unreached, within } from './redis-connection.ts'
import { openSentinel } from './redis-sentinel.ts'
import { openServer, type Server } from './redis-server.ts'

/** Which server holds a key, as Redis is laid out. */
export interface Route {
  /** Keys of different hash tags may be on different servers, so that no script may touch both. */
  clustered: boolean
  serverOf(key: Arg): Server
  /** Every server that holds partitions. */
  servers(): Server[]
  /** The servers are not what they were thought to be: look again, soon. */
  stale(): void
  /** Follows "it is over there now" to the server named; undefined when the words say no such thing. */
  follow(words: string): { server: Server; asking: boolean } | undefined
  ready(ms: number): Promise<void>
  close(): void
}

/** What a route is made with. */
export interface RouteParts {
  replicas: () => number
  lost: () => void
}

/** Commands to Redis, wherever the key is. Every rejection is a DoorError 'store-down' or an ErrorReply. */
export interface Link {
  clustered: boolean
  servers(): Server[]
  read(key: Arg, args: readonly Arg[]): Promise<Reply>
  write(key: Arg, args: readonly Arg[]): Promise<Reply>
  ready(ms: number): Promise<void>
  close(): void
}

/** For how long a call keeps trying while Redis is failing over or moving a partition. */
const TRY_MS = 700
const BETWEEN_MS = 40

/** Answers that say the server is not in a state to answer now, but soon may be, and has done nothing. */
const NOT_NOW = /^(TRYAGAIN|CLUSTERDOWN|MASTERDOWN|READONLY|LOADING|MOVED|ASK)\b/

/** Opens the way to Redis. Nothing is waited for: `ready` does that. */
export function openLink(address: Address, parts: RouteParts): Link {
  const route = routeOf(address, parts)
  let closed = false
  async function send(key: Arg, args: readonly Arg[], write: boolean): Promise<Reply> {
    const started = performance.now()
    for (;;) {
      try {
        if (closed) throw new Unreached('the store is closed')
        return await attempt(route, key, args, write)
      } catch (error) {
        const late = performance.now() - started > TRY_MS
        if (closed || late || !isNotNow(error)) throw storeFault(error)
        route.stale()
        await pause(BETWEEN_MS)
      }
    }
  }
  return {
    clustered: route.clustered,
    servers: route.servers,
    read: (key, args) => send(key, args, false),
    write: (key, args) => send(key, args, true),
    ready: (ms) => route.ready(ms).catch((error: unknown) => Promise.reject(storeFault(error))),
    close() {
      closed = true
      route.close()
    },
  }
}

/** Asks where the key is thought to be, and once more where it is said to be instead. */
async function attempt(
  route: Route,
  key: Arg,
  args: readonly Arg[],
  write: boolean
): Promise<Reply> {
  const server = route.serverOf(key)
  try {
    return write ? await server.write(args) : await server.read(args)
  } catch (error) {
    if (!(error instanceof ErrorReply)) {
      route.stale()
      throw error
    }
    const to = route.follow(error.message)
    if (!to) throw error
    await to.server.ready(TRY_MS)
    if (to.asking) return to.server.redirected(args, write)
    return write ? to.server.write(args) : to.server.read(args)
  }
}

/** Whether the same command may be sent again without asking what became of it. */
const isNotNow = (error: unknown) => error instanceof ErrorReply && NOT_NOW.test(error.message)

/** What a failure means to a caller: the store's fault, which may pass. Redis's own refusals are for who knows them. */
export function storeFault(error: unknown): unknown {
  if (error instanceof DoorError) return error
  if (error instanceof ErrorReply && error.message.startsWith('NOSCRIPT')) return error
  const words = error instanceof Error ? error.message : String(error)
  return new DoorError('store-down', `the store failed: ${words}`, true, { cause: error })
}

/** A whole piece of the store's work, which a caller waits for no longer than this. */
const DEADLINE_MS = 950

export const inTime = <T>(work: Promise<T>): Promise<T> =>
  within(DEADLINE_MS, work).catch((error: unknown) => Promise.reject(storeFault(error)))

function routeOf(address: Address, parts: RouteParts): Route {
  if (address.kind === 'cluster') return openCluster(address, parts)
  if (address.kind === 'sentinel') return openSentinel(address, parts)
  const [at = { host: '127.0.0.1', port: 6379 }] = address.hosts
  const server = openServer(address, at, parts)
  return {
    clustered: false,
    serverOf: () => server,
    servers: () => [server],
    stale: () => undefined,
    follow: () => undefined,
    ready: (ms) => server.ready(ms),
    close: () => server.close(),
  }
}
