import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { Folders } from '../door/folders.ts'
import { proverApp } from '../door/prover.ts'
import { DoorError } from '../errors.ts'
import { type Controls, type SimulatorKeys, simulator } from '../simulator/simulator.ts'

/** Where the simulator stands, and what lies behind it. */
interface FrontParts {
  port: number
  staffToken: string
  keys: SimulatorKeys
  /** The Worker's own address. */
  inside: string
  /** What the Worker was built of, to prove its flows by. */
  folders: Folders
  /** The world round it; by default the real one, whose clock nobody moves. */
  controls?: Controls
  /** Answers in place of a neighbour that is to be ill, by what it is asked. */
  instead?: (path: string) => Promise<Response | undefined>
}

/**
 * The simulator before a Worker, at one address, as a proxy would have it: the Worker knows it by URL alone, as it would
 * know Twilio and Teams; so stands the prover of its flows. The clock of a Worker is the world's: it cannot be moved, nor its neighbours made ill.
 */
export async function openFront(given: FrontParts) {
  const { port, staffToken, keys, inside, folders, controls = theWorld } = given
  let url = ''
  const app = new Hono()
  app.use('/simulator/*', async (c, next) => {
    const answer = await given.instead?.(c.req.path)
    if (answer) return answer
    return next()
  })
  app.route('/simulator', simulator(keys, { origin: () => url, staffToken, controls }))
  const prover = { PROVER_URL: '', PROVER_TOKEN: randomBytes(32).toString('hex') }
  app.route('/prover', proverApp(folders, prover.PROVER_TOKEN))
  app.get('/', (c) => c.redirect('/simulator'))
  app.all('*', async (c) => {
    const { pathname, search } = new URL(c.req.url)
    const { method, headers } = c.req.raw
    const body = method === 'GET' ? {} : { body: await c.req.arrayBuffer() }
    const asked = { method, headers, redirect: 'manual', ...body } as const
    const answer = await fetch(`${inside}${pathname}${search}`, asked)
    const given = new Headers(answer.headers)
    // What was packed on the way is unpacked by now.
    for (const name of ['content-encoding', 'content-length', 'transfer-encoding'])
      given.delete(name)
    return new Response(answer.body, { status: answer.status, headers: given })
  })
  app.onError((error, c) =>
    error instanceof DoorError
      ? c.json({ error: error.message }, 400)
      : c.json({ error: 'The Worker did not answer' }, 502)
  )
  const server = createServer(getRequestListener(app.fetch))
  url = `http://127.0.0.1:${await listening(server, port)}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  prover.PROVER_URL = `${url}/prover`
  return { url, prover, close }
}

const cannot = (what: string) => () => {
  throw new DoorError('bad-input', `At the edge ${what}`, false)
}
/** Nobody who is silent in a call waits longer for what comes next. */
const MOST_WAIT_S = 60

/** The clock is the world's: whoever is silent for so many seconds waits them out. */
const theWorld: Controls = {
  clock: {
    now: () => new Date().toISOString(),
    set: cannot('the clock is the world’s: it cannot be moved'),
    async advance(duration) {
      const seconds = Number(/^PT(\d+)S$/.exec(duration)?.[1] ?? Number.POSITIVE_INFINITY)
      if (seconds > MOST_WAIT_S) cannot('the clock is the world’s: it cannot be moved')()
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    },
    run: () => undefined,
  },
  faults: { set: cannot('neighbours are made ill by stopping them') },
  settled: async () => undefined,
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listening(server, 0)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ message }) =>
      reject(new DoorError('bad-config', `PORT ${port} cannot be used (${message})`, false))
    )
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
