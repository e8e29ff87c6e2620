import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  calling,
  type Form,
  mobile,
  nextOf,
  type OpenedApp,
  openApp,
  STAFF,
  texting,
} from '../app/opened.ts'

let app: OpenedApp
const from = { danger: mobile(), text: mobile(), southwark: mobile() }
beforeAll(async () => {
  app = openApp()
  await ring(from.danger, ['1'])
  app.clock.now = '2026-11-24T15:00:00Z'
  await app.post('/twilio/sms', texting('my leg hurts', { From: from.text }))
  app.clock.now = '2026-11-24T16:00:00Z'
  await ring(from.southwark, ['2', '2', '2', '1', '6', '3', '1', '1', '1', '5'], '+442079460200')
})
afterAll(() => app.close())

async function ring(From: string, keys: readonly string[], To?: string) {
  const form = calling({ From, ...(To && { To }) })
  let reply = await app.post('/twilio/voice', form)
  for (const Digits of keys) reply = await app.post(nextOf(reply), { ...form, Digits })
}
const read = async (path: string, headers?: Form) => {
  const { status, body, type } = await app.api(path, headers)
  expect(type).toMatch(/^application\/json/)
  return { status, json: JSON.parse(body) }
}
const phone = (number: string) => `phone=${encodeURIComponent(number)}`

describe('who may read', () => {
  const paths = ['contacts', 'contacts?limit=1', 'contacts/12345678', 'contacts/nothing']
  it.each([
    ['nobody', {}],
    ['an empty token', { Authorization: 'Bearer ' }],
    ['another token', { Authorization: 'Bearer demo' }],
    ['a token with one letter more', { Authorization: `Bearer ${STAFF}x` }],
    ['a token with one letter less', { Authorization: `Bearer ${STAFF.slice(1)}` }],
    ['the token without its kind', { Authorization: STAFF }],
    ['the token as a password', { Authorization: `Basic ${btoa(`staff:${STAFF}`)}` }],
    ['the token in another header', { 'X-Api-Key': STAFF }],
  ])('%s is refused everywhere: 401, and nothing is told', async (_who, headers) => {
    for (const path of paths) {
      const { status, json } = await read(path, headers as Form)
      expect(status, path).toBe(401)
      expect(Object.keys(json)).toEqual(['error'])
    }
  })

  it('the token in the address is not looked at', async () => {
    expect((await read(`contacts?token=${STAFF}`, {})).status).toBe(401)
  })

  it('writing is not to be had', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const headers = { Authorization: `Bearer ${STAFF}` }
      expect((await app.send('/api/contacts', { method, headers })).status).toBe(404)
    }
  })
})

describe('one contact', () => {
  it.each([
    ['seven digits', '1234567', 400],
    ['letters', 'abcdefgh', 400],
    ['an injection', "1' OR '1'='1", 400],
    ['eight digits, one of them wrong', 'WRONG', 400],
    ['digits that fit, of nobody', 'NOBODY', 404],
    ['spaces between', 'SPACED', 200],
  ])('asked for by %s: %s', async (_what, asked, wanted) => {
    const { ref } = await app.contactOf(from.danger)
    const digit = Number(ref[7])
    const refs: Record<string, string> = {
      WRONG: ref.slice(0, 7) + ((digit + 1) % 10),
      NOBODY: '00000000' === ref ? '00000013' : '00000000',
      SPACED: `${ref.slice(0, 3)} ${ref.slice(3, 6)} ${ref.slice(6)}`,
    }
    const { status, json } = await read(`contacts/${encodeURIComponent(refs[asked] ?? asked)}`)
    expect(status).toBe(wanted)
    if (wanted !== 200) expect(json).toEqual({ error: expect.stringMatching(/\w/) })
  })
})

describe('a list', () => {
  it.each<[string, string, string[]]>([
    ['everything, newest first', '', ['southwark', 'text', 'danger']],
    ['one place', 'place=southwark', ['southwark']],
    ['a place that is none', 'place=atlantis', []],
    ['a status', 'status=open', ['text']],
    ['a status and a place', 'status=open&place=southwark', []],
    ['a code', 'code=E999', ['danger']],
    ['a phone', phone(from.text), ['text']],
    ['a phone whose plus was lost', `phone=${from.text}`, ['text']],
    ['a phone of nobody', phone('+447700900001'), []],
    ['since a time', 'from=2026-11-24T15:30:00Z', ['southwark']],
    ['since a time on another clock', 'from=2026-11-24T15:30:00%2B01:00', ['southwark', 'text']],
    ['an NHS number', 'nhs=9434765919', []],
  ])('of %s', async (_what, query, who) => {
    const found = await app.contacts(query)
    const refs = await Promise.all(
      who.map(async (name) => (await app.contactOf(from[name as keyof typeof from])).ref)
    )
    expect(found.map(({ ref }) => ref)).toEqual(refs)
  })

  it('of a team', async () => {
    const { route } = await app.contactOf(from.southwark)
    const found = await app.contacts(`team=${encodeURIComponent(route?.team ?? '')}`)
    expect(found.length).toBeGreaterThan(0)
    for (const contact of found) expect(contact.route?.team).toBe(route?.team)
  })

  it.each([
    'status=lost',
    'code=NOPE',
    'from=yesterday',
    'from=',
    'limit=0',
    'limit=201',
    'limit=ten',
    'limit=1.5',
    'after=elsewhere',
    'stauts=open',
    `place=${'x'.repeat(65)}`,
  ])('asked with %s is refused: 400, naming what is wrong', async (query) => {
    const { status, json } = await read(`contacts?${query}`)
    expect(status).toBe(400)
    expect(json.error).toMatch(
      query.startsWith('after') ? /cursor/ : /status|code|from|limit|stauts|place/
    )
  })

  it('page by page: each contact once, though one is touched between', async () => {
    const seen: string[] = []
    let after = ''
    do {
      const { json } = await read(`contacts?limit=1${after}`)
      seen.push(...json.contacts.map(({ ref }: { ref: string }) => ref))
      expect(json.contacts).toHaveLength(1)
      await app.post('/twilio/sms', texting('and my arm', { From: from.text }))
      after = json.next === null ? '' : `&after=${encodeURIComponent(json.next)}`
    } while (after !== '')
    expect(seen).toHaveLength(3)
    expect(new Set(seen).size).toBe(3)
  })
})

describe('what is described', () => {
  interface Document {
    openapi: string
    info: { title: string; version: string }
    paths: Record<string, { get: { operationId: string; responses: Record<string, Described> } }>
  }
  interface Described {
    description: string
    content: { 'application/json': { schema: object } }
  }
  const described = async () => (await read('openapi.json', {})).json as Document
  const schemaOf = ({ content }: Described) =>
    z.fromJSONSchema(content['application/json'].schema as never, {
      defaultTarget: 'openapi-3.0',
    })

  it('is an OpenAPI document, and every answer in it has a schema that can be read', async () => {
    const { openapi, info, paths } = await described()
    expect(openapi).toMatch(/^3\.0\.\d$/)
    expect(info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    const ids = Object.values(paths).map(({ get }) => get.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [path, { get }] of Object.entries(paths))
      for (const [status, answer] of Object.entries(get.responses)) {
        expect(status, path).toMatch(/^[245]\d\d$/)
        expect(answer.description).toMatch(/\w/)
        schemaOf(answer)
      }
  })

  it('is what is answered: places, lists, every contact, every refusal', async () => {
    const { paths } = await described()
    const hold = async (asked: string, path: string, headers?: Form) => {
      const { status, json } = await read(asked, headers)
      const answer = paths[path]?.get.responses[status]
      expect(answer, `${asked} ${status}`).toBeDefined()
      const found = schemaOf(answer!).safeParse(json)
      expect(found.error?.issues ?? [], asked).toEqual([])
    }
    await hold('places', '/api/places')
    await hold('contacts', '/api/contacts')
    await hold('contacts?limit=1', '/api/contacts')
    await hold('contacts?limit=0', '/api/contacts')
    await hold('contacts', '/api/contacts', {})
    await hold('contacts/00000000', '/api/contacts/{ref}')
    await hold('contacts/1', '/api/contacts/{ref}')
    await hold('contacts/1', '/api/contacts/{ref}', {})
    for (const { ref } of await app.contacts()) await hold(`contacts/${ref}`, '/api/contacts/{ref}')
  })
})

describe('whether all is well', () => {
  it('lives, is ready, and counts', async () => {
    expect(await app.send('/livez', {})).toMatchObject({ status: 200, body: 'ok' })
    const ready = await app.send('/readyz', {})
    expect([ready.status, JSON.parse(ready.body)]).toEqual([200, { store: true, content: true }])
    const { status, type, body } = await app.send('/metrics', {})
    expect([status, type]).toEqual([200, expect.stringMatching(/^text\/plain/)])
    expect(body).toMatch(/door_turns_total\{place="lewisham",channel="voice"\} [1-9]/)
    expect(body).toMatch(/door_outcomes_total\{place="lewisham",code="E999"\} [1-9]/)
    expect(body).toMatch(/door_part_up\{part="store"\} 1\n/)
    expect(body).toMatch(/door_refused_total\{why="401"\} [1-9]/)
  })

  it('tells no number, name or word of anybody', async () => {
    const { body } = await app.send('/metrics', {})
    expect(body).not.toMatch(/\+44|leg|arm/)
  })
})
