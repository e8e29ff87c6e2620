import type { Address, Host } from './redis-address.ts'
import { pause, type Reply, Unreached } from './redis-connection.ts'
import type { Route, RouteParts } from './redis-link.ts'
import { openServer, type Server } from './redis-server.ts'
import { SLOTS, slotOf } from './redis-slot.ts'

/** Between two looks at where the slots are, so that a thousand redirected callers ask once. */
const LOOK_MS = 200

/** The masters of a Cluster, each with its slots. */
export function openCluster(address: Address, parts: RouteParts): Route {
  const known = new Map<string, Server>()
  /** The address of the master of each slot. */
  const slots = new Array<string | undefined>(SLOTS)
  let looking: Promise<void> | undefined
  let looked = Number.NEGATIVE_INFINITY

  const serverAt = (at: Host): Server => {
    const name = `${at.host}:${at.port}`
    const server = known.get(name) ?? openServer(address, at, parts)
    known.set(name, server)
    return server
  }
  async function look() {
    for (const at of [...new Set(slots), ...address.hosts]) {
      const from = typeof at === 'string' ? hostOf(at) : at
      if (!from) continue
      try {
        const server = serverAt(from)
        await server.ready(LOOK_MS)
        learn(await server.read(['CLUSTER', 'SLOTS']), from)
        return
      } catch {
        // The next one may know.
      }
    }
  }
  function learn(answer: Reply, from: Host) {
    const masters = new Set<string>()
    for (const [first, last, at] of rangesOf(answer, from)) {
      masters.add(at)
      slots.fill(at, first, last + 1)
    }
    for (const [name, server] of known) {
      if (masters.has(name) || isRoot(name)) continue
      server.close()
      known.delete(name)
    }
  }
  const isRoot = (name: string) =>
    address.hosts.some(({ host, port }) => name === `${host}:${port}`)
  function stale(): Promise<void> {
    if (looking) return looking
    const wait = Math.max(0, looked + LOOK_MS - performance.now())
    looking = pause(wait)
      .then(look)
      .finally(() => {
        looked = performance.now()
        looking = undefined
      })
    return looking
  }
  const masters = () =>
    [...new Set(slots)].flatMap((name) => (name ? [serverAt(hostOf(name))] : []))
  return {
    clustered: true,
    serverOf(key) {
      const name = slots[slotOf(key)]
      if (name === undefined) throw new Unreached('no master of this slot is known')
      return serverAt(hostOf(name))
    },
    servers: masters,
    stale,
    follow(words) {
      const [, how, slot, name] = /^(MOVED|ASK) (\d+) (\S+)$/.exec(words) ?? []
      if (!how || !name || name.startsWith(':')) return undefined
      if (how === 'MOVED') {
        slots[Number(slot)] = name
        void stale()
      }
      return { server: serverAt(hostOf(name)), asking: how === 'ASK' }
    },
    async ready(ms) {
      const until = performance.now() + ms
      while (slots.includes(undefined) && performance.now() < until) await stale()
      if (slots.includes(undefined)) throw new Unreached('the Cluster does not serve every slot')
      await Promise.all(masters().map((server) => server.ready(ms)))
    },
    close() {
      for (const server of known.values()) server.close()
    },
  }
}

/** `host:port`, where the host may hold colons itself. */
function hostOf(name: string): Host {
  const colon = name.lastIndexOf(':')
  return { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) }
}

/** First slot, last slot and master of each range. A node that does not know its own name leaves it empty. */
function* rangesOf(answer: Reply, from: Host): Iterable<[number, number, string]> {
  for (const range of Array.isArray(answer) ? answer : []) {
    const [first, last, master] = Array.isArray(range) ? range : []
    const [host, port] = Array.isArray(master) ? master : []
    yield [Number(first), Number(last), `${String(host ?? '') || from.host}:${Number(port)}`]
  }
}
