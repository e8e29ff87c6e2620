import twilio from 'twilio'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { twilioTexts } from '../../src/channels/twilio-rest.ts'
import { randomBy } from './judge.ts'
import type { Fault } from './world/faults.ts'
import { listening } from './world/listening.ts'
import { faultsIn, OPERATIONS } from './world/twilio-shapes.ts'
import { openWorld, type World } from './world/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld(randomBy(1))
})
afterEach(() => world.close())

const FROM = '+442079460100'
const text = { To: '+447700900123', From: FROM, Body: 'We will ring you.' }
const sid = (kind: string) => kind + '0'.repeat(32)

/** Asks Twilio's stand-in as its API file says. */
async function ask(method: string, path: string, form?: Record<string, string>) {
  const { accountSid, authToken, origin } = world.twilio
  const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
  const response = await fetch(`${origin}/2010-04-01/Accounts/${accountSid}${path}`, {
    method,
    headers: { Authorization: `Basic ${basic}` },
    ...(form && { body: new URLSearchParams(form) }),
  })
  const read = await response.text()
  return { status: response.status, body: read === '' ? undefined : JSON.parse(read) }
}
const send = (more: Record<string, string> = {}) =>
  ask('POST', '/Messages.json', { ...text, ...more })

describe("Twilio's stand-in answers as Twilio's own API file describes", () => {
  it.each(Object.entries(OPERATIONS))('%s', async (name, { method, path }) => {
    const sent = await send()
    await world.twilio.quiet()
    world.twilio.recordings.add(sid('RE'))
    const joined = { call: sid('CA'), label: 'caller' }
    const conference = world.twilio.lines.confer('a contact', [joined]).sid
    const known = {
      Messages: sent.body.sid,
      Calls: sid('CA'),
      Recordings: sid('RE'),
      Conferences: conference,
    }
    const [, kind] = /^\/(\w+)/.exec(path) ?? []
    const asked = path
      .replace('{Sid}', known[kind as keyof typeof known])
      .replace('{ConferenceSid}', conference)
      .replace('{CallSid}', joined.call)
    const forms: Record<string, Record<string, string>> = {
      CreateMessage: text,
      UpdateMessage: { Body: '' },
      UpdateCall: { Status: 'completed' },
      CreateCall: { To: text.To, From: FROM, Url: 'https://door.example.org/twilio/voice/leg' },
      UpdateConference: { Status: 'completed' },
      UpdateParticipant: { Hold: 'true' },
    }
    const { status, body } = await ask(method, asked, forms[name])
    expect(faultsIn(name, status, body)).toEqual([])
    expect(world.twilio.strange).toEqual([])
  })

  it('the check sees what is missing or else', async () => {
    const { body } = await send()
    expect(faultsIn('CreateMessage', 200, body)).toHaveLength(1)
    expect(faultsIn('CreateMessage', 201, { ...body, sid: 'SM1' })).toHaveLength(1)
    expect(faultsIn('CreateMessage', 201, { ...body, status: 'gone' })).toHaveLength(1)
    expect(faultsIn('ListMessage', 200, { messages: [{ sid: 1 }] })).not.toEqual([])
  })

  it('pages, by number and by time; what is not final is not deleted; what is unknown is refused', async () => {
    world.twilio.telling.of = () => ({})
    for (const Body of ['one', 'two', 'three']) await send({ Body })
    const { accountSid, authToken, origin } = world.twilio
    const client = twilio(accountSid, authToken)
    client.httpClient.request = async (options) => {
      const { pathname, search } = new URL(options.uri)
      const url = new URL(origin + pathname + search)
      for (const [name, value] of Object.entries(options.params ?? {}))
        url.searchParams.set(name, String(value))
      const response = await fetch(url, {
        headers: { Authorization: basic(accountSid, authToken) },
      })
      return { statusCode: response.status, body: await response.json(), headers: {} } as never
    }
    const minuteAgo = new Date(Date.now() - 60_000)
    const list = await client.messages.list({ to: text.To, dateSentAfter: minuteAgo, pageSize: 2 })
    expect(list.map(({ body }) => body)).toEqual(['three', 'two', 'one'])
    expect(await client.messages.list({ to: '+447700900999' })).toEqual([])
    const [first] = list
    expect(await ask('DELETE', `/Messages/${first?.sid}.json`)).toMatchObject({ status: 409 })
    expect(await send({ Nonsense: '1' })).toMatchObject({ status: 400 })
    expect(world.twilio.strange).toEqual(['CreateMessage has no Nonsense'])
  })
})
const basic = (name: string, word: string) =>
  `Basic ${Buffer.from(`${name}:${word}`).toString('base64')}`

describe('a fault of a route', () => {
  const outcome = (fault: Fault) => {
    world.twilio.faults.set('CreateMessage', fault, { times: 1 })
    return Promise.race([
      send().then(
        ({ status }) => String(status),
        () => 'no answer'
      ),
      new Promise<string>((resolve) => setTimeout(resolve, 300, 'silence')),
    ])
  }
  it.each<[Fault, string, number]>([
    [{ kind: 'status', status: 429, after: 3 }, '429', 0],
    [{ kind: 'status', status: 500, body: '<html>' }, 'no answer', 0],
    [{ kind: 'slow', ms: 50 }, '201', 1],
    [{ kind: 'hang' }, 'silence', 0],
    [{ kind: 'reset' }, 'no answer', 0],
    [{ kind: 'reset-after' }, 'no answer', 1],
    [{ kind: 'truncate' }, 'no answer', 1],
  ])('%o: %s, and %i texts taken', async (fault, seen, taken) => {
    expect(await outcome(fault)).toBe(seen)
    expect(world.ledger.of('text')).toHaveLength(taken)
    expect(await send()).toMatchObject({ status: 201 })
    expect(world.twilio.faults.met()).toBe(1)
  })

  it('a share of the requests, the same by the same seed', async () => {
    world.twilio.faults.set('*', { kind: 'status', status: 503 }, { share: 0.3 })
    const statuses: number[] = []
    for (let n = 0; n < 40; n++) statuses.push((await send()).status)
    const ill = statuses.filter((status) => status === 503).length
    expect(ill).toBeGreaterThan(5)
    expect(ill).toBeLessThan(20)
    world.twilio.faults.clear()
    expect(await send()).toMatchObject({ status: 201 })
  })

  it('a neighbour that is gone refuses connections, and is back at the same address', async () => {
    const { origin } = world.twilio
    await world.twilio.down()
    await expect(send()).rejects.toThrow()
    await world.twilio.up()
    expect(world.twilio.origin).toBe(origin)
    expect(await send()).toMatchObject({ status: 201 })
  })
})

describe('callbacks', () => {
  it('signed, in the order that is wanted, and before the reply where that is wanted', async () => {
    const heard: string[] = []
    const app = await listening(async (form, signed) => {
      heard.push(`${form.MessageStatus} ${signed(world.twilio.authToken)}`)
      return 204
    })
    world.twilio.telling.of = () => ({
      before: [{ status: 'delivered' }],
      after: [{ status: 'sent' }, { status: 'failed', code: 30003 }],
    })
    const { send } = twilioTexts({
      accountSid: world.twilio.accountSid,
      username: world.twilio.accountSid,
      passwords: [world.twilio.authToken],
      apiUrl: world.twilio.origin,
    })
    const { To: to, From: from, Body: body } = text
    await send({ to, from, body, statusCallback: `${app.url}/status?o=row` })
    expect(heard).toEqual(['delivered true'])
    await world.twilio.quiet()
    expect(heard).toEqual(['delivered true', 'sent true', 'failed true'])
    expect(world.twilio.told.map(({ answer }) => answer)).toEqual([204, 204, 204])
    expect(world.ledger.of('text')).toMatchObject([{ outbox: 'row', to, body }])
    await app.close()
  })
})

describe('Translate', () => {
  const translate = (key: string) =>
    fetch(`${world.translate.origin}/language/translate/v2?key=${key}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ q: ['good day', 'help'], target: 'pl', format: 'text' }),
    })
  it('gives the words back with their language before them, to whoever has the key', async () => {
    const answer = await translate(world.translate.key)
    expect(await answer.json()).toEqual({
      data: {
        translations: [
          { translatedText: '[pl] good day', detectedSourceLanguage: 'en' },
          { translatedText: '[pl] help', detectedSourceLanguage: 'en' },
        ],
      },
    })
    expect(world.ledger.of('translation')).toHaveLength(2)
    expect((await translate('wrong')).status).toBe(403)
  })
})
