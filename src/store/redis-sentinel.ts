import type { Address, Host } from './redis-address.ts'
import { openConnection, pause, type Reply, Unreached, within } from './redis-connection.ts'
import type { Route, RouteParts } from './redis-link.ts'
import { openServer, type Server } from './redis-server.ts'

/** How often the sentinels are asked though nothing seems wrong: an old master may not know that it was replaced. */
const LOOK_MS = 1_000
const ASK_MS = 400

/** The master that most of the sentinels name, followed when they name another. */
export function openSentinel(address: Address, parts: RouteParts): Route {
  const none = () => undefined
  // The sentinels have no database and, unless they are told to, no password.
  const { username: _, password: __, ...open } = address
  const sentinels = address.hosts.map((at) => openConnection({ ...open, database: 0 }, at, none))
  let master: { at: Host; server: Server } | undefined
  let looking: Promise<void> | undefined

  async function look() {
    const named = await Promise.all(
      sentinels.map((one) =>
        within(ASK_MS, one.send(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', address.master])).catch(
          none
        )
      )
    )
    const at = mostNamed(named)
    if (!at || (master?.at.host === at.host && master.at.port === at.port)) return
    master?.server.close()
    master = { at, server: openServer(address, at, parts) }
    parts.lost()
  }
  const stale = () => {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }
  const every = setInterval(stale, LOOK_MS)
  every.unref()
  const server = () => {
    if (!master) throw new Unreached(`no sentinel knows a master called ${address.master}`)
    return master.server
  }
  return {
    clustered: false,
    serverOf: server,
    servers: () => (master ? [master.server] : []),
    stale,
    follow: none,
    async ready(ms) {
      const until = performance.now() + ms
      while (!master && performance.now() < until) {
        await stale()
        if (!master) await pause(50)
      }
      await server().ready(ms)
    },
    close() {
      clearInterval(every)
      for (const one of sentinels) one.close()
      master?.server.close()
    },
  }
}

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
