import { createConnection, createServer, type Socket } from 'node:net'

/** A wire between a client and a server, which can be cut without either being told. */
export interface Wire {
  port: number
  /** Swallows every byte and leaves the connections standing, as a network does that drops packets; or stops to. */
  swallow: (all: boolean) => void
  /** Leads to another port from now on. What stands is broken off. */
  to: (port: number) => void
  /** Resolves when the next connection is made. */
  next: () => Promise<void>
  close: () => void
}

/** Lays a wire to a port of this machine. */
export async function openWire(port: number): Promise<Wire> {
  let [all, at] = [false, port]
  const waiting: (() => void)[] = []
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    for (const told of waiting.splice(0)) told()
    const far = createConnection(at, '127.0.0.1')
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => undefined)
      from.on('data', (bytes) => void (all || into.write(bytes)))
      from.on('close', () => {
        sockets.delete(from)
        // A broken wire does not carry the news of an ending either.
        if (!all) into.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const breakOff = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    swallow(on) {
      all = on
    },
    to(other) {
      at = other
      breakOff()
    },
    next: () => new Promise((resolve) => void waiting.push(resolve)),
    close() {
      server.close()
      breakOff()
    },
  }
}
