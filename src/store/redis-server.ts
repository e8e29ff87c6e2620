import type { Address, Host } from './redis-address.ts'
import {
  type Arg,
  type Connection,
  openConnection,
  type Reply,
  Unreached,
} from './redis-connection.ts'

/** How long replicas may take to have a turn: two in a row must fit into the time of one call. */
const WAIT_MS = 350

/** One server that holds partitions: what is read of it, and what is written to it and confirmed. */
export interface Server {
  read(args: readonly Arg[]): Promise<Reply>
  /** Resolves once the write is on the disk, and on as many replicas as were asked for. */
  write(args: readonly Arg[]): Promise<Reply>
  /** Of the commands, sent as one so that no other comes between them, the answer to the last. */
  redirected(args: readonly Arg[], write: boolean): Promise<Reply>
  ready(ms: number): Promise<void>
  up(): boolean
  close(): void
}

/**
 * Where turns wait for replicas, reading has a connection of its own: WAIT holds up whatever comes behind it. `replicas`
 * is asked at each write, because it is known only once the servers have been looked at.
 */
export function openServer(
  address: Address,
  at: Host,
  { replicas, lost }: { replicas: () => number; lost: () => void }
): Server {
  const reading = openConnection(address, at, lost)
  let writing: Connection = reading
  const both = () => (writing === reading ? [reading] : [reading, writing])
  let confirm: (() => Promise<void>) | undefined
  async function write(send: (on: Connection) => Promise<Reply>): Promise<Reply> {
    if (replicas() === 0) return send(reading)
    if (confirm === undefined) {
      writing = openConnection(address, at, lost)
      confirm = confirmer(() => writing, replicas)
    }
    await writing.ready(WAIT_MS)
    // WAIT is sent right behind the write, so that the disk and the replicas work at the same time.
    const [answer] = await Promise.all([send(writing), confirm()])
    return answer
  }
  return {
    read: (args) => reading.send(args),
    write: (args) => write((on) => on.send(args)),
    redirected: (args, changes) =>
      changes ? write((on) => asked(on, args)) : asked(reading, args),
    async ready(ms) {
      await Promise.all(both().map((one) => one.ready(ms)))
    },
    up: () => both().every((one) => one.up()),
    close: () => {
      for (const one of both()) one.close()
    },
  }
}

async function asked(on: Connection, args: readonly Arg[]): Promise<Reply> {
  const [, answer] = await Promise.all([on.send(['ASKING']), on.send(args)])
  return answer
}

/** One WAIT speaks for every write before it; those that come while one is under way share the next. */
function confirmer(on: () => Connection, replicas: () => number): () => Promise<void> {
  let current: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  async function wait() {
    const have = await on().send(['WAIT', String(replicas()), String(WAIT_MS)])
    if (Number(have) < replicas())
      throw new Unreached(`${have} of ${replicas()} replicas have the write`)
  }
  return function confirm() {
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = undefined
        current = wait()
        return current
      })
    return next
  }
}
