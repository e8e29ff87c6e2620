import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fault, Faults } from './faults.ts'

/** A request as a route sees it. */
export interface Asked {
  /** What the path's groups matched. */
  path: Record<string, string>
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}
export interface Answer {
  status: number
  body?: unknown
  /** Done once the reply is out, or lost on its way. */
  later?: () => unknown
}
export interface Route {
  /** What faults are set by. */
  name: string
  method: string
  path: RegExp
  answer: (asked: Asked) => Answer | Promise<Answer>
}

/** A neighbour that listens on this machine. */
export interface Neighbour {
  origin: string
  faults: Faults
  /** How often each route was asked, ill or not. */
  asked: Map<string, number>
  /** What was asked that this neighbour does not know, or not so. */
  strange: string[]
  /** Nobody listens any more: connections are refused. */
  down: () => Promise<void>
  /** Listens again, at the same address. */
  up: () => Promise<void>
}

/** Serves routes with their faults. Every request is read whole, whatever becomes of it. */
export async function openNeighbour(
  routes: readonly Route[],
  faults: Faults,
  unknown: Answer = { status: 404, body: {} }
): Promise<Neighbour> {
  const asked = new Map<string, number>()
  const strange: string[] = []
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      strange.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
      response.destroy()
    })
  })
  let port = 0
  const up = () =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as AddressInfo).port
        resolve()
      })
    })
  await up()

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://neighbour.invalid')
    const route = routes.find(
      ({ method, path }) => method === request.method && path.test(url.pathname)
    )
    const name = route?.name ?? 'unknown'
    asked.set(name, (asked.get(name) ?? 0) + 1)
    const fault = faults.take(name)
    if (fault?.kind === 'reset') return request.socket.resetAndDestroy()
    const body = await read(request)
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'status') return refuse(fault, response)
    await lag(fault)
    if (!route) strange.push(`${request.method} ${url.pathname}`)
    const path = route?.path.exec(url.pathname)?.groups ?? {}
    const given = { path, query: url.searchParams, headers: request.headers, body }
    const answer = route ? await route.answer(given) : unknown
    await lag(fault)
    if (fault?.kind === 'reset-after') request.socket.resetAndDestroy()
    else await send(answer, response, fault?.kind === 'truncate')
    await answer.later?.()
  }
  return {
    get origin() {
      return `http://127.0.0.1:${port}`
    },
    faults,
    asked,
    strange,
    up,
    down: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Half of the wait, before and after what was asked is done. */
async function lag(fault: Fault | undefined) {
  if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms / 2))
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const JSON_TYPE = { 'Content-Type': 'application/json' }

function refuse({ status, after, body }: Fault & { kind: 'status' }, response: ServerResponse) {
  const headers = { ...JSON_TYPE, ...(after !== undefined && { 'Retry-After': String(after) }) }
  response.writeHead(status, headers).end(body ?? JSON.stringify({ code: status, status }))
}

/** Resolves when the reply has left, whole or cut. */
function send({ status, body }: Answer, response: ServerResponse, cut: boolean) {
  const text = body === undefined ? '' : JSON.stringify(body)
  const headers = { ...(text && JSON_TYPE), 'Content-Length': Buffer.byteLength(text) }
  return new Promise<void>((resolve) => {
    response.once('close', resolve)
    if (status === 204) response.writeHead(status).end()
    else if (!cut) response.writeHead(status, headers).end(text)
    else {
      response.writeHead(status, headers)
      response.write(text.slice(0, text.length / 2), () => response.destroy())
    }
  })
}
