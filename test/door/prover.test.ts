import { describe, expect, it, vi } from 'vitest'
import { readContent } from '../../src/door/folders.ts'
import { proverApp } from '../../src/door/prover.ts'
import { proverAt } from '../../src/edge/proving.ts'

const TOKEN = 'a-token-of-the-tests'
const FOLDERS = { flows: 'flows', places: 'places', locales: 'locales' }
const content = readContent(FOLDERS)
const { place, releases } = content.places.get('lewisham')!
const OURS = Object.fromEntries([...releases].map(([key, { hash }]) => [key, hash]))
const [KEY = ''] = Object.keys(OURS)
const app = proverApp(FOLDERS, TOKEN)
const asks = (body: unknown, token = TOKEN) =>
  app.request('/', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
  })

describe('a prover', () => {
  it.each([
    ['another token', { place, releases: OURS }, 401, 'a-token-of-others'],
    ['no place', { releases: OURS }, 400, TOKEN],
    ['a place that is a path', { place: { place: '../x' }, releases: OURS }, 400, TOKEN],
    ['what is no JSON', '{', 400, TOKEN],
    ['too much', 'x'.repeat(600_000), 413, TOKEN],
  ])('refuses %s', async (_, body, status, token) => {
    expect((await asks(body, token)).status).toBe(status)
  })

  it.each([
    ['a release it does not hold', { place, releases: { ...OURS, [KEY]: '0'.repeat(32) } }],
    ['one release fewer', { place, releases: {} }],
    ['a place it does not hold', { place: { place: 'nowhere' }, releases: OURS }],
  ])('proves nothing for %s', async (_, body) => {
    const answer = await asks(body)
    expect(await answer.json()).toEqual({ wrong: expect.stringMatching(/other flows/) })
  })

  it('finds what a change breaks', async () => {
    const services = { ...place.services }
    delete services.crisis
    const answer = await asks({ place: { ...place, services }, releases: OURS })
    expect(await answer.json()).toEqual({ wrong: expect.stringMatching(/crisis/) })
  })
})

describe('a Worker asks its prover', () => {
  const json = (body: unknown, status = 200) => Response.json(body, { status })
  it.each<[string, () => Response | Promise<Response>, string | null | RegExp]>([
    ['proved', () => json({ wrong: null }), null],
    ['not proved', () => json({ wrong: 'FALL leads nowhere' }), 'FALL leads nowhere'],
    ['refused', () => json({ wrong: null }, 401), /could not be checked/],
    ['answered without an answer', () => json({}), /could not be checked/],
    ['answered with no JSON', () => new Response('ok'), /could not be checked/],
    ['silent', () => Promise.reject(new Error('refused')), /could not be checked/],
  ])('%s', async (_, answer, says) => {
    const asked = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer())
    const prove = proverAt({ PROVER_URL: 'http://prover.test', PROVER_TOKEN: TOKEN }, content)
    const told = await prove?.(place)
    if (says instanceof RegExp) expect(told).toMatch(says)
    else expect(told).toBe(says)
    const { body } = asked.mock.calls[0]?.[1] ?? {}
    expect(JSON.parse(String(body)).releases).toEqual(OURS)
    asked.mockRestore()
  })

  it('and proves nothing without one', () => {
    expect(proverAt({ PROVER_URL: undefined, PROVER_TOKEN: undefined }, content)).toBeUndefined()
  })
})
