import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { twilioTexts } from '../../src/channels/twilio-rest.ts'
import { randomBy } from '../chaos/judge.ts'
import { openWorld, type World } from '../chaos/world/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld(randomBy(1))
})
afterEach(() => world.close())

const FROM = '+442079460100'
const to = '+447700900123'
const ours = (passwords = [world.twilio.authToken]) => {
  const { accountSid, origin } = world.twilio
  return twilioTexts({ accountSid, username: accountSid, passwords, apiUrl: origin })
}
const text = (body: string) => ({
  to,
  from: FROM,
  body,
  statusCallback: 'https://door.example.org/twilio/status',
})
const RECORDING = `RE${'1'.repeat(32)}`

describe("Twilio's message resource", () => {
  it('finds what was sent, over many pages, and not what is older', async () => {
    world.twilio.telling.of = () => ({})
    const { send, list } = ours()
    for (let n = 0; n < 230; n++) await send(text(`Text ${n}`))
    const all = await list({ from: FROM, to }, 0)
    if ('retry' in all) throw new Error('no list')
    expect(all.map(({ body }) => body)).toEqual(
      Array.from({ length: 230 }, (_, n) => `Text ${229 - n}`)
    )
    expect(all[0]).toMatchObject({ direction: 'outbound-api', status: 'queued' })
    expect(await list({ from: FROM, to }, Date.now() + 60_000)).toEqual([])
    expect(await list({ from: to, to: FROM }, 0)).toEqual([])
    expect(world.twilio.strange).toEqual([])
  })

  it('deletes what is final, once or twice; the rest not yet', async () => {
    world.twilio.telling.of = () => ({})
    const { send, remove } = ours()
    const taken = await send(text('Hello'))
    if (!('sid' in taken)) throw new Error('not taken')
    expect(await remove(taken)).toBe('not-yet')
    const [message] = world.twilio.messages.values()
    message!.status = 'delivered'
    expect(await remove(taken)).toBe('gone')
    expect(await remove(taken)).toBe('gone')
    expect(world.ledger.of('text-deleted')).toHaveLength(1)
  })

  it('deletes a recording', async () => {
    world.twilio.recordings.add(RECORDING)
    expect(await ours().removeRecording(RECORDING)).toBe('gone')
    expect(world.ledger.of('recording-deleted')).toHaveLength(1)
  })

  it.each(['reset', 'truncate'] as const)('a %s may be tried later', async (kind) => {
    world.twilio.faults.set('*', { kind })
    const { list, remove, removeRecording, send } = ours()
    const answers = [
      await send(text('Hello')),
      await list({ from: FROM, to }, 0),
      await remove({ sid: `SM${'1'.repeat(32)}` }),
      await removeRecording(RECORDING),
    ]
    for (const answer of answers) expect(answer).toMatchObject({ retry: true })
  })

  it('takes the next token where the first is refused, and says so where both are', async () => {
    const { authToken } = world.twilio
    expect(await ours(['the old one', authToken]).send(text('Hello'))).toHaveProperty('sid')
    expect(await ours(['the old one', 'another']).send(text('Hello'))).toMatchObject({
      retry: true,
      ours: expect.stringContaining('401'),
    })
    expect(world.ledger.of('text')).toHaveLength(1)
  })

  it.each([
    [429, '7', 7000],
    [503, '3', 3000],
  ])('%i with Retry-After %s waits for %i ms', async (status, after, wanted) => {
    world.twilio.faults.set('CreateMessage', { kind: 'status', status, after })
    expect(await ours().send(text('Hello'))).toMatchObject({ retry: true, after: wanted })
  })
})

it('pictures are deleted before the text they came with', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = String(request.url).replace(/^.*\/Messages/, '')
    asked.push(`${request.method} ${path}`)
    if (request.method === 'DELETE') response.writeHead(204).end()
    else response.end(JSON.stringify({ media_list: [{ sid: 'ME1' }, { sid: 'ME2' }] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { remove } = twilioTexts({ accountSid: 'AC1', username: 'a', passwords: ['b'], apiUrl })
  expect(await remove({ sid: 'MM1', media: 2 })).toBe('gone')
  expect(asked).toEqual([
    'GET /MM1/Media.json',
    'DELETE /MM1/Media/ME1.json',
    'DELETE /MM1/Media/ME2.json',
    'DELETE /MM1.json',
  ])
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
