import { serve } from '@hono/node-server'
import { DoorError } from '../errors.ts'

/** A slow client may take this long for a whole request, and for its headers. */
const REQUEST_MS = 10_000
const HEADERS_MS = 5_000

/** Listens on this machine. Closing waits for the requests under way. Throws 'bad-config' when the port is taken. */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { HOST, PORT }: { HOST: string; PORT: number }
): Promise<{ port: number; close: () => Promise<void> }> {
  const serverOptions = {
    requestTimeout: REQUEST_MS,
    headersTimeout: HEADERS_MS,
    connectionsCheckingInterval: 1000,
  }
  const server = serve({ fetch, hostname: HOST, port: PORT, serverOptions })
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

const why = (host: string, port: number, { code }: NodeJS.ErrnoException) =>
  code === 'EADDRINUSE'
    ? `PORT ${port} is taken by another program. Set PORT to a free one`
    : `HOST ${host}, PORT ${port}: cannot listen there (${code})`
