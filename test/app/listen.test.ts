import { connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { listen } from '../../src/door/listen.ts'

const sockets: Socket[] = []
let server: Awaited<ReturnType<typeof listen>> | undefined
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await server?.close()
})
const serve = (PROXIES: number) =>
  listen(() => new Response('here'), { HOST: '127.0.0.1', PORT: 0, PROXIES })

/** More connections that say nothing; resolves once each was made, to be held or closed. */
async function silent(port: number, count: number) {
  await Promise.all(
    Array.from({ length: count }, () => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined)
      sockets.push(socket)
      return new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
    })
  )
}
const open = () => sockets.filter(({ readyState }) => readyState === 'open').length
const asked = (port: number) =>
  fetch(`http://127.0.0.1:${port}/`, { headers: { Connection: 'close' } }).then(
    (answer) => answer.text(),
    () => 'refused'
  )

it('one address that opens connections without end is held, and free again when it closes them', async () => {
  server = await serve(0)
  const { port } = server
  await silent(port, 1000)
  expect(await asked(port)).toBe('here')
  await silent(port, 200)
  await expect.poll(open).toBeLessThanOrEqual(1024)
  expect(open()).toBeGreaterThan(900)
  expect(await asked(port)).toBe('refused')
  for (const socket of sockets.splice(0)) socket.destroy()
  await expect.poll(() => asked(port)).toBe('here')
}, 30_000)

it('a proxy of ours is everybody, and is not held to that', async () => {
  server = await serve(1)
  await silent(server.port, 1200)
  expect(await asked(server.port)).toBe('here')
  expect(open()).toBe(1200)
}, 30_000)
