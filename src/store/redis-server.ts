import type { Address, Host } from './redis-address.ts'
import { confirmer, type Demand, WAIT_MS } from './redis-confirm.ts'
import { type Arg, type Connection, openConnection, type Reply } from './redis-connection.ts'

/** One server that holds partitions: what is read of it, and what is written to it and confirmed. */
export interface Server {
  read(args: readonly Arg[]): Promise<Reply>
  /** Resolves once the write is on the disk, and on the replicas that were asked for. */
  write(args: readonly Arg[]): Promise<Reply>
  /** Of the commands, sent as one so that no other comes between them, the answer to the last. */
  redirected(args: readonly Arg[], write: boolean): Promise<Reply>
  ready(ms: number): Promise<void>
  up(): boolean
  close(): void
}

/**
 * Where turns wait for replicas, reading has a connection of its own: WAIT holds up whatever comes behind it. What is
 * demanded is asked at each write, because it is known only once the servers have been looked at.
 */
export function openServer(
  address: Address,
  at: Host,
  { lost, ...demand }: Demand & { lost: () => void }
): Server {
  const reading = openConnection(address, at, lost)
  let writing: Connection = reading
  const both = () => (writing === reading ? [reading] : [reading, writing])
  let confirm: (() => Promise<void>) | undefined
  async function write(send: (on: Connection) => Promise<Reply>): Promise<Reply> {
    if (demand.replicas() === 0) return send(reading)
    if (confirm === undefined) {
      writing = openConnection(address, at, lost)
      confirm = confirmer(() => writing, demand)
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
