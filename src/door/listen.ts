import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { serve } from '@hono/node-server'
import type { Context } from 'hono'
import { DoorError } from '../errors.ts'
import { readsTwoWays } from './two-ways.ts'

/** A slow client may take this long for a whole request, and for its headers; looked at every second. */
const REQUEST_MS = 8_000
const HEADERS_MS = 5_000
const CHECKED_MS = 1_000
/** Connections at once: in all, and from one network address when no proxy of ours stands before us. */
const MOST_CONNECTIONS = 4096
const MOST_FROM_ONE = 1024

/** What a request came with: Node's own, from which its network address is read. */
export interface CameWith {
  incoming?: IncomingMessage
}

/** Listens on this machine. Closing waits for the requests under way. Throws 'bad-config' when the port is taken. */
export async function listen(
  fetch: (request: Request, came: CameWith) => Response | Promise<Response>,
  { HOST, PORT, PROXIES }: { HOST: string; PORT: number; PROXIES: number }
): Promise<{ port: number; close: () => Promise<void> }> {
  const serverOptions = {
    requestTimeout: REQUEST_MS,
    headersTimeout: HEADERS_MS,
    connectionsCheckingInterval: CHECKED_MS,
  }
  const server = serve({
    fetch: (request, came) =>
      readsTwoWays(came.incoming as IncomingMessage)
        ? new Response(null, { status: 400, headers: { Connection: 'close' } })
        : fetch(request, came as CameWith),
    hostname: HOST,
    port: PORT,
    serverOptions,
  })
  hold(server as Server, PROXIES === 0)
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new DoorError('bad-config', why(HOST, PORT, cause), false))
    )
    server.once('listening', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : PORT)
    })
  })
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      if ('closeIdleConnections' in server) server.closeIdleConnections()
    })
  return { port, close }
}

/** Refuses connections beyond what is served well, and more from one address than any honest one opens. */
function hold(server: Server, byAddress: boolean) {
  server.maxConnections = MOST_CONNECTIONS
  if (!byAddress) return
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const from = socket.remoteAddress ?? ''
    const count = (open.get(from) ?? 0) + 1
    if (count > MOST_FROM_ONE) return socket.destroy()
    open.set(from, count)
    socket.once('close', () => {
      const left = (open.get(from) ?? 1) - 1
      if (left > 0) open.set(from, left)
      else open.delete(from)
    })
    return undefined
  })
}

const why = (host: string, port: number, { code }: NodeJS.ErrnoException) =>
  code === 'EADDRINUSE'
    ? `PORT ${port} is taken by another program. Set PORT to a free one`
    : `HOST ${host}, PORT ${port}: cannot listen there (${code})`

/**
 * The network address a request came from: that of the connection, or what the outermost of our own proxies wrote down.
 * What a client writes into X-Forwarded-For itself stands further left, and is never read.
 */
export function addressOf(proxies: number, { req, env }: Context): string {
  const written = proxies > 0 ? req.header('X-Forwarded-For') : undefined
  const told = written?.split(',').at(-proxies)?.trim()
  return told || ((env as CameWith | undefined)?.incoming?.socket.remoteAddress ?? '')
}
