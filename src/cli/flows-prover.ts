import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { proverApp } from '../door/prover.ts'
import { folders } from './files.ts'
import { misused, optionsIn } from './options.ts'

const LEAST = 16

/** `npm run flows -- prover`: proves for a Worker what it cannot prove itself, until it is stopped. */
export async function openProver(words: readonly string[]): Promise<number> {
  const { values } = optionsIn(words, ['port', 'host'])
  const token = process.env['PROVER_TOKEN'] ?? ''
  if (token.length < LEAST)
    throw misused([
      `PROVER_TOKEN is missing. Set it to a random text of ${LEAST} characters or more`,
    ])
  const [port, host] = [Number(values.port ?? 8788), values.host ?? '127.0.0.1']
  const server = createServer(getRequestListener(proverApp(folders, token).fetch))
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ message }) =>
      reject(misused([`Port ${port} cannot be used (${message})`]))
    )
    server.listen(port, host, resolve)
  })
  console.log(`The prover listens at http://${host}:${port}. Stop it with Ctrl+C.`)
  return 0
}
