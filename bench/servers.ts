import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What a server of `serve.ts` has used so far. */
export interface Usage {
  /** Microseconds of processor. */
  cpu: number
  /** Bytes in use. */
  heap: number
}

export interface Server {
  port: number
  usage: () => Promise<Usage>
  /** Bytes in use after a collection. */
  heap: () => Promise<number>
  stop: () => Promise<void>
}

/** What `serve.ts` shall be: its kind, and what else it reads from the environment. */
export interface Serving {
  kind: 'door' | 'door-redis' | 'bare' | 'bare-redis'
  env?: Record<string, string>
  /** The only core it may use. */
  core?: number
}

const TASKSET = '/usr/bin/taskset'
const canPin = existsSync(TASKSET)

/** Starts a server in a process of its own, so that its processor time is its own. */
export async function serving({ kind, env = {}, core }: Serving): Promise<Server> {
  const program = [process.execPath, '--expose-gc', 'bench/serve.ts', kind]
  const [command = '', ...args] = core !== undefined && canPin ? pinned(core, program) : program
  const child: ChildProcess = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', (data) => resolve(Number(String(data).trim())))
    child.once('exit', (code) => reject(new Error(`${kind} ended with ${code}`)))
  })
  const ask = async (query: string) =>
    (await (await fetch(`http://127.0.0.1:${port}/bench/usage${query}`)).json()) as Usage
  return {
    port,
    usage: () => ask(''),
    heap: async () => (await ask('?heap')).heap,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

const pinned = (core: number, program: string[]) => [TASKSET, '-c', String(core), ...program]

/** Keeps a process that runs already, with all its threads, on one core. */
export function pin(pid: number, core: number) {
  if (canPin) execFileSync(TASKSET, ['-acp', String(core), String(pid)], { stdio: 'ignore' })
}
