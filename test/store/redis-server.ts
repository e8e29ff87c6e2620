import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@redis/client'

const PROGRAM = '/usr/bin/redis-server'

/** A real redis-server of the test's own, on a free port in a folder of its own. */
export interface TestRedis {
  port: number
  url: string
  /** Sends a command, past the store. */
  ask: (...args: (string | Buffer)[]) => Promise<unknown>
  /** SIGSTOP, SIGCONT or SIGKILL. */
  signal: (signal: NodeJS.Signals) => void
  /** As after a power failure: killed, and started again on what it kept. */
  restart: () => Promise<void>
  stop: () => Promise<void>
}

/** Starts one. Fails with the one command that is missing. */
export async function startRedis(more: readonly string[] = []): Promise<TestRedis> {
  if (!existsSync(PROGRAM))
    throw new Error(
      'These tests need redis-server: apt-get install redis-server, or leave them out with SKIP=redis'
    )
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'front-door-redis-'))
  let running = launch(port, folder, more)
  await answering(port)
  const gone = (child: ChildProcess) =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
    })
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    ask: (...args) => ask(port, args),
    signal: (signal) => void running.kill(signal),
    async restart() {
      await gone(running)
      running = launch(port, folder, more)
      await answering(port)
    },
    async stop() {
      await gone(running)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function launch(port: number, folder: string, more: readonly string[]): ChildProcess {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  const safe = ['--appendonly', 'yes', '--appendfsync', 'always', '--logfile', join(folder, 'log')]
  return spawn(PROGRAM, [...settings, ...safe, ...more], { stdio: 'ignore' })
}

/** A free port below 50000, because a node of a Cluster also takes the port 10000 above it. */
async function freePort(): Promise<number> {
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

async function answering(port: number) {
  await until(async () => (await ask(port, ['PING'])) === 'PONG')
}

const template = createClient({ RESP: 2, disableOfflineQueue: true })

async function ask(port: number, args: readonly (string | Buffer)[]): Promise<unknown> {
  const socket = { port, host: '127.0.0.1', reconnectStrategy: false as const }
  const client = template.duplicate({ socket })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await client.sendCommand([...args])
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

export interface TestCluster {
  nodes: TestRedis[]
  url: string
  stop: () => Promise<void>
}

/** Three masters, each with a third of the slots. */
export async function startCluster(): Promise<TestCluster> {
  const more = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000']
  const nodes = await Promise.all([1, 2, 3].map(() => startRedis(more)))
  const at = nodes.map(({ port }) => `127.0.0.1:${port}`)
  execFileSync('/usr/bin/redis-cli', ['--cluster', 'create', ...at, '--cluster-yes'], {
    stdio: 'ignore',
  })
  for (const node of nodes)
    await until(async () => String(await node.ask('CLUSTER', 'INFO')).includes('cluster_state:ok'))
  return {
    nodes,
    url: `redis+cluster://${at.join(',')}`,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}
