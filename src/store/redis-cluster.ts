import type { Address, Host } from './redis-address.ts'
import { pause, type Reply, shared, Unreached } from './redis-connection.ts'
import type { Route, RouteParts } from './redis-link.ts'
import { openServer, type Server } from './redis-server.ts'
import { SLOTS, slotOf } from './redis-slot.ts'

/** Between two looks at where the slots are, so that a thousand redirected callers ask once. */
const LOOK_MS = 200

/** The masters of a Cluster, each with its slots. */
export function openCluster(address: Address, parts: RouteParts): Route {
  const nodes = openNodes(address, parts)
  const { slots, serverAt, stale } = nodes
  const masters = () => [...new Set(slots)].flatMap((name) => (name ? [serverAt(name)] : []))
  return {
    clustered: true,
    serverOf(key) {
      const name = slots[slotOf(key)]
      if (name === undefined) throw new Unreached('no master of this slot is known')
      return serverAt(name)
    },
    servers: masters,
    stale: () => void stale(),
    follow(words) {
      const [, how, slot, name] = /^(MOVED|ASK) (\d+) (\S+)$/.exec(words) ?? []
      if (!how || !name || name.startsWith(':')) return undefined
      if (how === 'MOVED') {
        slots[Number(slot)] = name
        void stale()
      }
      return { server: serverAt(name), asking: how === 'ASK' }
    },
    async ready(ms) {
      const until = performance.now() + ms
      while (slots.includes(undefined) && performance.now() < until) await stale()
      if (slots.includes(undefined)) throw new Unreached('the Cluster does not serve every slot')
      await Promise.all(masters().map((server) => server.ready(ms)))
    },
    close: nodes.close,
  }
}

/** Which node is the master of each slot, as the nodes themselves say when they are asked. */
function openNodes(address: Address, parts: RouteParts) {
  const known = new Map<string, Server>()
  const roots = address.hosts.map(({ host, port }) => `${host}:${port}`)
  const slots = new Array<string | undefined>(SLOTS)
  function serverAt(name: string): Server {
    const server = known.get(name) ?? openServer(address, hostOf(name), parts)
    known.set(name, server)
    return server
  }
  function learn(answer: Reply, from: Host) {
    const masters = new Set(roots)
    for (const [first, last, at] of rangesOf(answer, from)) {
      masters.add(at)
      slots.fill(at, first, last + 1)
    }
    for (const [name, server] of known) {
      if (masters.has(name)) continue
      server.close()
      known.delete(name)
    }
  }
  async function look() {
    for (const name of new Set([...slots, ...roots])) {
      if (name === undefined) continue
      try {
        const server = serverAt(name)
        await server.ready(LOOK_MS)
        return learn(await server.read(['CLUSTER', 'SLOTS']), hostOf(name))
      } catch {
        // The next one may know.
      }
    }
  }
  const close = () => {
    for (const server of known.values()) server.close()
  }
  return { slots, serverAt, stale: seldom(look), close }
}

/** The same work for all who ask for it meanwhile, and not again at once. */
function seldom(work: () => Promise<void>): () => Promise<void> {
  let ended = Number.NEGATIVE_INFINITY
  return shared(async () => {
    await pause(Math.max(0, ended + LOOK_MS - performance.now()))
    await work()
    ended = performance.now()
  })
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
