import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, RESP_TYPES, type TypeMapping } from '@redis/client'

const PROGRAM = '/usr/bin/redis-server'

/** A real redis-server of the test's own, on a free port in a folder of its own. */
export interface TestRedis {
  port: number
  url: string
  /** Where it keeps its files. */
  folder: string
  /** Sends a command, past the store. */
  ask: (...args: (string | Buffer)[]) => Promise<unknown>
  /** The same, for answers that are not text. */
  askBytes: (...args: (string | Buffer)[]) => Promise<unknown>
  /** SIGSTOP, SIGCONT or SIGKILL. */
  signal: (signal: NodeJS.Signals) => void
  /** kill -9, of the process that rewrites its file too. Resolves once it is gone. */
  kill: () => Promise<void>
  /** Starts it again on what it kept, with these settings besides. Resolves once it answers. */
  start: (more?: readonly string[]) => Promise<void>
  /** Killed, and started again on what it kept. */
  restart: () => Promise<void>
  stop: () => Promise<void>
}

export interface StartOptions {
  /** The port of the master that it shall watch as a sentinel. */
  watches?: number
  /** Environment of the process. */
  env?: Readonly<Record<string, string>>
  /** A password that the test's own commands need, too. */
  password?: string
}

/** Starts one. Fails with the one command that is missing. */
export async function startRedis(
  more: readonly string[] = [],
  options: StartOptions = {}
): Promise<TestRedis> {
  if (!existsSync(PROGRAM))
    throw new Error(
      'These tests need redis-server: apt-get install redis-server, or leave them out with SKIP=redis'
    )
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'front-door-redis-'))
  if (options.watches !== undefined)
    writeFileSync(join(folder, 'sentinel.conf'), sentinel(port, options.watches, more))
  const asks = (args: readonly (string | Buffer)[], how: TypeMapping = {}) =>
    ask(port, args, { typeMapping: how, password: options.password })
  const begin = async (besides: readonly string[] = []) => {
    const child = launch(port, folder, [...more, ...besides], options)
    await until(async () => (await asks(['PING'])) === 'PONG')
    return child
  }
  let running = await begin()
  const server: TestRedis = {
    port,
    url: `redis://127.0.0.1:${port}`,
    folder,
    ask: (...args) => asks(args),
    askBytes: (...args) => asks(args, { [RESP_TYPES.BLOB_STRING]: Buffer }),
    signal: (signal) => void running.kill(signal),
    kill: () => gone(running),
    async start(besides) {
      running = await begin(besides)
    },
    async restart() {
      await server.kill()
      await server.start()
    },
    async stop() {
      await gone(running)
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return server
}

/** Killed, with the child that it may have forked to rewrite its file. */
function gone(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    const forked = childrenOf(child.pid)
    child.kill('SIGKILL')
    for (const pid of forked) killQuietly(pid)
  })
}

function childrenOf(pid: number | undefined): number[] {
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return listed.split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function killQuietly(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It had ended by itself.
  }
}

function launch(
  port: number,
  folder: string,
  more: readonly string[],
  { watches, env }: StartOptions
): ChildProcess {
  const how = { stdio: 'ignore' as const, env: { PATH: process.env.PATH ?? '', ...env } }
  if (watches !== undefined)
    return spawn(PROGRAM, [join(folder, 'sentinel.conf'), '--sentinel'], how)
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  const safe = ['--appendonly', 'yes', '--appendfsync', 'always', '--logfile', join(folder, 'log')]
  return spawn(PROGRAM, [...settings, ...safe, ...more], how)
}

const sentinel = (port: number, master: number, more: readonly string[]) => `port ${port}
bind 127.0.0.1
sentinel monitor door 127.0.0.1 ${master} 2
sentinel down-after-milliseconds door 1000
sentinel failover-timeout door 2000
${more.join('\n')}
`

/** A free port below 50000, because a node of a Cluster also takes the port 10000 above it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 30_000)
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port
  }
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

const template = createClient({ RESP: 2, disableOfflineQueue: true })

async function ask(
  port: number,
  args: readonly (string | Buffer)[],
  { typeMapping, password }: { typeMapping: TypeMapping; password: string | undefined }
): Promise<unknown> {
  const socket = { port, host: '127.0.0.1', reconnectStrategy: false as const }
  const client = template.duplicate({ socket, ...(password !== undefined && { password }) })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await client.sendCommand([...args], { typeMapping })
  } finally {
    client.destroy()
  }
}

/** Tries until it is so; what throws is not so yet. */
export async function until(isSo: () => Promise<boolean>, ms = 20_000): Promise<void> {
  const end = performance.now() + ms
  for (;;) {
    if (await isSo().catch(() => false)) return
    if (performance.now() > end) throw new Error(`not so after ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export interface TestServers {
  nodes: TestRedis[]
  url: string
  stop: () => Promise<void>
}

/** Three masters, each with a third of the slots, and as many replicas of each as are wanted. */
export async function startCluster(replicas = 0): Promise<TestServers> {
  const more = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000']
  const count = 3 * (1 + replicas)
  const nodes = await Promise.all(
    Array.from({ length: count }, () => startRedis([...more, '--repl-diskless-sync-delay', '0']))
  )
  const at = nodes.map(({ port }) => `127.0.0.1:${port}`)
  const how = ['--cluster-replicas', String(replicas), '--cluster-yes']
  execFileSync('/usr/bin/redis-cli', ['--cluster', 'create', ...at, ...how], { stdio: 'ignore' })
  for (const node of nodes)
    await until(async () => String(await node.ask('CLUSTER', 'INFO')).includes('cluster_state:ok'))
  return { nodes, url: `redis+cluster://${at.join(',')}`, stop: stopAll(nodes) }
}

/** Milliseconds: how long a server may be silent before it is replaced, and half of how soon a split vote is held again. */
export interface Patience {
  downAfter: number
  failoverTimeout: number
}

/** A master, two replicas and three sentinels, which take a second to miss it unless they are to be more patient. */
export async function startSentinels(
  { downAfter, failoverTimeout }: Patience = { downAfter: 1_000, failoverTimeout: 2_000 }
): Promise<TestServers> {
  const fast = ['--repl-diskless-sync-delay', '0']
  const master = await startRedis(fast)
  const of = ['--replicaof', '127.0.0.1', String(master.port)]
  const replicas = await Promise.all([1, 2].map(() => startRedis([...fast, ...of])))
  await until(async () =>
    /connected_slaves:2/.test(String(await master.ask('INFO', 'replication')))
  )
  const sentinels = await Promise.all([1, 2, 3].map(() => startRedis([], { watches: master.port })))
  const after = ['down-after-milliseconds', String(downAfter)]
  const patience = [...after, 'failover-timeout', String(failoverTimeout)]
  for (const one of sentinels) await one.ask('SENTINEL', 'SET', 'door', ...patience)
  for (const one of sentinels)
    await until(async () => {
      const answer = String(await one.ask('SENTINEL', 'MASTER', 'door'))
      return /num-other-sentinels,2/.test(answer) && (await knowsReplicas(one))
    })
  const nodes = [master, ...replicas, ...sentinels]
  const at = sentinels.map(({ port }) => `127.0.0.1:${port}`)
  return { nodes, url: `redis+sentinel://${at.join(',')}/door`, stop: stopAll(nodes) }
}

/** Both replicas are there for a sentinel to choose from. */
export async function knowsReplicas(sentinel: TestRedis): Promise<boolean> {
  const rows = (await sentinel.ask('SENTINEL', 'REPLICAS', 'door')) as unknown[]
  return rows.filter((row) => /flags,slave,.*master-link-status,ok/.test(String(row))).length === 2
}

const stopAll = (nodes: readonly TestRedis[]) => async () => {
  await Promise.all(nodes.map((node) => node.stop()))
}
