import { ErrorReply } from '@redis/client'
import type { Address, Host } from './redis-address.ts'
import {
  because,
  type Connection,
  openConnection,
  pause,
  type Reply,
  shared,
  Unreached,
  within,
} from './redis-connection.ts'
import type { Route, RouteParts } from './redis-link.ts'
import { openServer, type Server } from './redis-server.ts'

/** How often the sentinels are asked though nothing seems wrong: an old master may not know that it was replaced. */
const LOOK_MS = 1_000
const ASK_MS = 400
const BETWEEN_MS = 50

/** The master that most of the sentinels name, followed when they name another. */
export function openSentinel(address: Address, parts: RouteParts): Route {
  const asked = openSentinels(address)
  let master: { at: Host; server: Server } | undefined
  const stale = shared(async () => {
    const at = await asked.master()
    if (!at || sameHost(master?.at, at)) return
    master?.server.close()
    master = { at, server: openServer(address, at, parts) }
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
    },
    close() {
      clearInterval(every)
      for (const one of [asked, master?.server]) one?.close()
    },
  }
}

const sameHost = (a: Host | undefined, b: Host) => a?.host === b.host && a.port === b.port

function openSentinels({ username, password, ...address }: Address) {
  // The sentinels have no database and, unless they are told to, no password.
  const at = { ...address, database: 0 }
  const all = address.hosts.map((host) => openConnection(at, host, () => undefined))
  const question = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', address.master]
  const named = username === undefined ? [] : [username]
  async function ask(one: Connection): Promise<Reply> {
    try {
      return await one.send(question)
    } catch (error) {
      // One that was told to wants the same name and password as the servers do.
      if (password === undefined || !isClosed(error)) throw error
      await one.send(['AUTH', ...named, password])
      return one.send(question)
    }
  }
  let fault: unknown
  const failed = (error: unknown): undefined => {
    fault = error
  }
  return {
    /** Why one of them last said nothing. */
    fault: () => fault,
    async master(): Promise<Host | undefined> {
      const asked = all.map((one) => within(ASK_MS, ask(one)).catch(failed))
      return mostNamed(await Promise.all(asked))
    },
    close() {
      for (const one of all) one.close()
    },
  }
}

const isClosed = (error: unknown) =>
  error instanceof ErrorReply && /^(NOAUTH|NOPERM)/.test(error.message)

/** A sentinel that was cut off may still name the old master, so that the most have it. */
function mostNamed(named: readonly (Reply | undefined)[]): Host | undefined {
  const votes = new Map<string, number>()
  for (const answer of named) {
    if (!Array.isArray(answer)) continue
    const text = answer.map(String).join('\n')
    votes.set(text, (votes.get(text) ?? 0) + 1)
  }
  const [most] = [...votes].sort(([, a], [, b]) => b - a)
  const [host, port] = most?.[0].split('\n') ?? []
  return host === undefined ? undefined : { host, port: Number(port) }
}
