import { ErrorReply } from '@redis/client'
import type { Address, Host } from './redis-address.ts'
import {
  because,
  type Connection,
  openConnection,
  pause,
  shared,
  Unreached,
  within,
} from './redis-connection.ts'
import type { Route, RouteParts } from './redis-link.ts'
import { mostSeen, type Seen, type View, viewOf } from './redis-promotable.ts'
import { openServer, type Server } from './redis-server.ts'

/**
 * How often the sentinels are asked though nothing seems wrong: an old master may not know that it was replaced, and a
 * replica that they have just come to know could be promoted before we demand that it has every turn.
 */
const LOOK_MS = 250
const ASK_MS = 400
const BETWEEN_MS = 50

/** The master that most of the sentinels name, followed when they name another, and the replicas they could promote. */
export function openSentinel(address: Address, parts: RouteParts): Route {
  const asked = openSentinels(address)
  let master: ReturnType<typeof openMaster> | undefined
  const stale = shared(async () => {
    const seen = await asked.look()
    if (!seen) return
    if (sameHost(master?.at, seen.at)) return master?.learn(seen)
    master?.server.close()
    master = openMaster(address, seen, parts)
    parts.lost()
  })
  function server(): Server {
    const why = because(asked.fault())
    if (!master) throw new Unreached(`no sentinel knows a master called ${address.master}${why}`)
    return master.server
  }
  const every = setInterval(stale, LOOK_MS)
  every.unref()
  return {
    clustered: false,
    serverOf: server,
    servers: () => (master ? [master.server] : []),
    stale: () => void stale(),
    follow: () => undefined,
    async ready(ms) {
      const until = performance.now() + ms
      for (; !master && performance.now() < until; await pause(BETWEEN_MS)) await stale()
      await server().ready(ms)
      // A user who may not ask this would find out at the first turn.
      await server().read(['ROLE'])
    },
    close() {
      clearInterval(every)
      for (const one of [asked, master?.server]) one?.close()
    },
  }
}

function openMaster(address: Address, { at, ...seen }: Seen, parts: RouteParts) {
  let promotable = seen.promotable
  const server = openServer(address, at, { ...parts, promotable: () => promotable })
  /** What a few say only adds: one of those that were not heard may yet promote a replica that they left out. */
  function learn({ promotable: found, most }: Seen) {
    promotable = most ? found : promotable.union(found)
  }
  return { at, server, learn }
}

const sameHost = (a: Host | undefined, b: Host) => a?.host === b.host && a.port === b.port

function openSentinels({ username, password, ...address }: Address) {
  // The sentinels have no database and, unless they are told to, no password.
  const at = { ...address, database: 0 }
  const all = address.hosts.map((host) => openConnection(at, host, () => undefined))
  const who = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', address.master]
  const questions = [who, ['SENTINEL', 'REPLICAS', address.master], who]
  const named = username === undefined ? [] : [username]
  const view = async (one: Connection) =>
    viewOf(await Promise.all(questions.map((question) => one.send(question))))
  async function ask(one: Connection): Promise<View | undefined> {
    try {
      return await view(one)
    } catch (error) {
      // One that was told to wants the same name and password as the servers do.
      if (password === undefined || !isClosed(error)) throw error
      await one.send(['AUTH', ...named, password])
      return view(one)
    }
  }
  let fault: unknown
  const failed = (error: unknown): undefined => {
    fault = error
  }
  return {
    /** Why one of them last said nothing. */
    fault: () => fault,
    async look(): Promise<Seen | undefined> {
      const asked = all.map((one) => within(ASK_MS, ask(one)).catch(failed))
      return mostSeen(await Promise.all(asked))
    },
    close() {
      for (const one of all) one.close()
    },
  }
}

const isClosed = (error: unknown) =>
  error instanceof ErrorReply && /^(NOAUTH|NOPERM)/.test(error.message)
