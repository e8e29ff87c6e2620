import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLIENT, openIssuer } from '../console/issuer.ts'
import { browser } from '../console/opened.ts'
import { driven, landline, mobile, NUMBERS } from '../journeys/door.ts'
import { pagesOf } from '../journeys/pages.ts'
import { until } from '../store/redis-server.ts'
import { openAtEdge } from './journey.ts'

/** Farah as Microsoft knows her. */
const FARAH = {
  tid: '00000000-0000-4000-8000-000000000002',
  oid: '00000000-0000-4000-9000-000000020001',
}

let issuer: Awaited<ReturnType<typeof openIssuer>>
let edge: Awaited<ReturnType<typeof openAtEdge>>
let door: ReturnType<typeof driven>
beforeAll(async () => {
  issuer = await openIssuer()
  const { clientId: OIDC_CLIENT_ID, clientSecret: OIDC_CLIENT_SECRET } = CLIENT
  edge = await openAtEdge({}, { OIDC_ISSUER: issuer.origin, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET })
  door = driven(edge)
  await door.clock('2026-11-24T14:20:00Z')
}, 90_000)
afterAll(async () => {
  await edge?.close()
  await issuer?.close()
})

const pages = (staff: string, place = 'southwark') => pagesOf(edge.url, place, staff)
const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${edge.url}/console${path}`, { redirect: 'manual', ...init })
/** A call of somebody who waits for a navigator. */
async function waits() {
  const from = landline()
  const { call } = await door.ring(from, NUMBERS.southwark, ['2', '2', '2'])
  const { ref } = await door.contactOf(from)
  return { call, ref }
}

describe('the pages of staff, in workerd', () => {
  it('are drawn by the home of whoever is signed in, and for nobody else', async () => {
    await door.act('carys', { do: 'shift', to: 'start' })
    const { call, ref } = await waits()
    const [ours, theirs] = [await pages('asha'), await pages('farah', 'lewisham')]
    const queue = await ours.get('/queue')
    expect(queue.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await queue.text()).toContain(`/console/contacts/${ref}`)
    expect(await (await theirs.get('/queue')).text()).not.toContain(ref)
    expect((await ours.get(`/contacts/${ref}`)).status).toBe(200)
    expect((await theirs.get(`/contacts/${ref}`)).status).toBe(404)
    await door.go(call, ['hang up'])
  })

  it.each([
    ['nobody', {}],
    ['a cookie that we did not seal', { cookie: 'front-door=eyJhbGciOiJkaXIifQ..a.b.c' }],
  ])('are not shown to %s', async (_, headers) => {
    expect((await ask('/queue', { headers })).status).toBe(303)
    const asked = { ...headers, origin: edge.url, 'content-type': 'application/json' }
    const acts = ask('/acts/shift', { method: 'POST', headers: asked, body: '{"to":"start"}' })
    expect((await acts).status).toBe(401)
  })

  it('let nobody do what is not of their role', async () => {
    const act = { service: 'falls', now: 'green', reason: '' }
    expect((await (await pages('asha')).post('/acts/status', act)).status).toBe(403)
    expect((await (await pages('dele')).post('/acts/status', act)).status).toBe(200)
  })

  it('carry a text from the offer to the writing up', async () => {
    const asha = await pages('asha')
    const does = async (act: string, body: object) =>
      expect(await (await asha.post(`/acts/${act}`, body)).json()).toMatchObject({ ok: true })
    await does('shift', { to: 'start' })
    const from = mobile()
    await door.text(from, NUMBERS.southwark, 'hello')
    await door.settled()
    const { ref } = await door.contactOf(from)
    const waiting = (await door.views.queue('southwark')).find((one) => one.ref === ref)
    const contact = waiting?.contact
    await does('accept', { contact })
    await door.texts(from, NUMBERS.southwark, ['2', '2', '2'])
    await does('say', { contact, text: 'Hello, this is Asha.' })
    await door.settled()
    expect((await door.phone(from)).texts.at(-1)?.body).toContain('this is Asha')
    await does('hand-back', { contact, what: 'close' })
    await does('wrap-up', { contact, outcome: 'helped' })
    const { timeline } = await door.contactOf(from)
    expect(timeline.map(({ kind }) => kind)).toContain('wrapped-up')
  })

  it('are told at once of what changes, and nothing once their reader has gone', async () => {
    const ben = await pages('ben')
    const live = await ben.get('/live')
    const reader = live.body!.pipeThrough(new TextDecoderStream()).getReader()
    let told = ''
    const tells = async (event: string) => {
      while (!told.includes(`event: ${event}`)) told += (await reader.read()).value
    }
    await tells('here')
    expect(await edge.inside('looked/southwark:queue', {})).toBeGreaterThan(1)
    await ben.post('/acts/shift', { to: 'start' })
    await tells('changed')
    await reader.cancel()
    // Seen at the next beat, fifteen seconds on.
    await until(async () => (await edge.inside('looked/southwark:queue', {})) === 0, 40_000)
  })

  it.each([
    ['on a roster', FARAH, 'Farah'],
    ['on none', { ...FARAH, oid: FARAH.tid }, null],
  ])('let in by Microsoft whoever is %s', async (_, person, name) => {
    const there = browser({ app: { request: fetch } as never }, edge.url)
    issuer.person = person
    const start = await there.ask('/console/sign-in/start')
    const away = await fetch(start.headers.get('Location') ?? '', { redirect: 'manual' })
    const { pathname, search } = new URL(away.headers.get('Location') ?? '')
    const back = await there.ask(`${pathname}${search}`)
    expect(back.status).toBe(name === null ? 403 : 303)
    const queue = await there.ask('/console/queue')
    expect(queue.status).toBe(name === null ? 303 : 200)
    if (name !== null) expect(await queue.text()).toContain(name)
  })

  it('know a cookie no more after sign-out', async () => {
    const dele = await pages('dele')
    expect((await dele.get('/status')).status).toBe(200)
    await dele.post('/sign-out', {})
    expect((await dele.get('/status')).status).toBe(303)
  })

  it('say so where their home is silent', async () => {
    const answer = await ask('/queue', { headers: { 'X-Test-Fails': '1' } })
    expect(answer.status).toBe(503)
    expect(await answer.text()).toMatch(/try again/)
  })
})
