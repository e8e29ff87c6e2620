import { createClient, RESP_TYPES } from '@redis/client'
import type { Address, Host } from './redis-address.ts'

export type Arg = string | Buffer

/** What Redis answers: bulk strings come as bytes, because most of what is kept is not text. */
export type Reply = Buffer | string | number | null | Reply[]

/** A server that could not be reached or did not answer in time: the work may or may not have been done. */
export class Unreached extends Error {
  override name = 'Unreached'
}

/** Longer than a healthy server ever takes; a connection that is silent for this long is given up and made anew. */
const CALL_MS = 800
const CONNECT_MS = 1_000
/** Between two tries to connect: soon enough that callers hear of a recovery within the second. */
const AGAIN_MS = 100
/** A try whose packets were lost does not hear that the network is mended: so soon the next is made beside it. */
const NEXT_MS = 400
/** How often an idle connection is tried, so that a caller is not the first to find it dead. */
const PING_MS = 400

type Client = ReturnType<typeof newClient>

/** One connection to one server, which comes back by itself. */
export interface Connection {
  /** Sends one command. Rejects within a second, whatever state the server is in. */
  send(args: readonly Arg[]): Promise<Reply>
  /** Resolves when it stands, or rejects with what last went wrong after so many milliseconds. */
  ready(ms: number): Promise<void>
  up(): boolean
  close(): void
}

/**
 * Opens a connection and keeps it open. The client's own reconnecting and timeouts are not used: a write counts as life
 * to its socket timeout, so that a frozen server with callers would never be noticed.
 */
export function openConnection(address: Address, at: Host, lost: () => void): Connection {
  const { now, drop, close } = keepOpen(() => newClient(address, at), lost)
  async function send(args: readonly Arg[]): Promise<Reply> {
    const on = now.client
    if (!on) throw unreached(at, now.cause)
    try {
      return await within(CALL_MS, on.sendCommand<Reply>(args))
    } catch (error) {
      if (error instanceof Unreached) drop(on, error)
      throw error
    }
  }
  const ping = setInterval(() => now.client && send(['PING']).catch(() => undefined), PING_MS)
  ping.unref()
  return {
    send,
    up: () => now.client !== undefined,
    ready: (ms) =>
      within(ms, now.opened.promise).catch(() => Promise.reject(unreached(at, now.cause))),
    close() {
      clearInterval(ping)
      close()
    },
  }
}

/** A client that is replaced whenever it is dropped or fails. */
function keepOpen(make: () => Client, lost: () => void) {
  const now = {
    client: undefined as Client | undefined,
    cause: new Unreached('not yet connected') as unknown, // what last went wrong
    opened: Promise.withResolvers<void>(),
    closed: false,
  }
  function drop(dead: Client, error: unknown) {
    now.cause = error
    dead.destroy()
    if (now.client !== dead) return
    now.client = undefined
    now.opened = Promise.withResolvers()
    lost()
    void open()
  }
  async function attempt() {
    const next = make()
    next.on('error', (error) => drop(next, error))
    try {
      await within(CONNECT_MS, next.connect())
      if (now.closed || now.client) return next.destroy()
      now.client = next
      now.opened.resolve()
    } catch (error) {
      drop(next, error)
      await pause(AGAIN_MS)
    }
  }
  async function open() {
    while (!now.closed && !now.client) await Promise.race([attempt(), pause(NEXT_MS)])
  }
  void open()
  function close() {
    Object.assign(now, { closed: true, cause: new Unreached('closed') })
    now.client?.destroy()
    now.client = undefined
  }
  return { now, drop, close }
}

let template: ReturnType<typeof newTemplate> | undefined

/** Making a client from nothing builds a class with every command there is, which takes a tenth of a second. */
const newTemplate = () =>
  createClient({
    // In the older protocol every answer is a plain list, whatever the command.
    RESP: 2,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  })

function newClient({ tls, username, password, database }: Address, { host, port }: Host) {
  template ??= newTemplate()
  const socket = { host, port, connectTimeout: CONNECT_MS, reconnectStrategy: false as const }
  return template.duplicate({
    socket: tls ? { ...socket, tls: true as const } : socket,
    ...(username && { username }),
    ...(password && { password }),
    database,
  })
}

const unreached = ({ host, port }: Host, cause: unknown) =>
  new Unreached(`Redis at ${host}:${port} cannot be reached${because(cause)}`, { cause })

/** Why, in the words of who found out: an operator must tell a wrong password from a certificate that nobody trusts. */
export function because(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  const why = cause.message || ('code' in cause ? String(cause.code) : '')
  return why && ` (${why})`
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** The work, or Unreached when it takes longer: nothing else here may be waited for without an end. */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const late = setTimeout(() => reject(new Unreached(`no answer in ${ms} ms`)), ms)
    work.then(resolve, reject).finally(() => clearTimeout(late))
  })
}

/** The same work for all who ask for it while it is under way. */
export function shared(work: () => Promise<void>): () => Promise<void> {
  let under: Promise<void> | undefined
  return function once() {
    under ??= work().finally(() => {
      under = undefined
    })
    return under
  }
}
