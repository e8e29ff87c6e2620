import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEdge, startShiftsAt } from '../../src/edge/run.ts'
import { mobile } from '../app/opened.ts'
import type { Call, ContactSeen } from '../journeys/door.ts'
import { pagesOf } from '../journeys/pages.ts'

/** What `npm run edge` starts: the simulator rings a Worker under `wrangler dev`, by signed HTTP. */
let edge: Awaited<ReturnType<typeof openEdge>>
let data: string
const opened = () => openEdge({ PORT: '0', EDGE_DATA: data, LOG_LEVEL: 'error' })
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'front-door-edge-'))
  edge = await opened()
}, 90_000)
afterAll(async () => {
  await edge?.close()
  rmSync(data, { recursive: true, force: true })
})

async function asked<T>(path: string, body?: object): Promise<T> {
  const post = body && {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  }
  const headers = { Authorization: `Bearer ${edge.staffToken}` }
  const answer = await fetch(`${edge.url}${path}`, post ?? { headers })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

it('rung by the simulator, the Worker takes a whole call, and the contact is there for staff', async () => {
  const from = mobile()
  let call = await asked<Call>('/simulator/calls', { from, to: '+442079460100' })
  expect(call.heard.join(' ')).toContain('9 9 9')
  call = await asked<Call>(`/simulator/calls/${call.call}`, { press: '2' })
  expect(call.heard.join(' ')).toContain('Check two')
  call = await asked<Call>(`/simulator/calls/${call.call}`, { press: '1' })
  expect(call.heard.join(' ')).toMatch(/ring 9 9 9/)
  expect(call.ringing).not.toEqual([])
  call = await asked<Call>(`/simulator/calls/${call.call}`, { hangUp: true })
  expect(call.ended).toBe(true)
  const query = `phone=${encodeURIComponent(from)}`
  const { contacts } = await asked<{ contacts: ContactSeen[] }>(`/api/contacts?${query}`)
  expect(contacts).toMatchObject([{ place: 'lewisham', channel: 'voice', codes: ['E999'] }])
})

it('a message in Teams is verified, answered through the Bot Framework, and kept', async () => {
  const who = `resident-${Date.now()}`
  await asked(`/simulator/teams/${who}`, { place: 'lewisham', say: 'hello' })
  const seen = await asked<object>(`/simulator/teams/${who}`)
  expect(JSON.stringify(seen)).toContain('hard to wake')
})

it('the pages of staff have their styles and scripts, and the sample navigators are at work', async () => {
  await startShiftsAt(edge.url, edge.content)
  const page = await (await pagesOf(edge.url, 'lewisham', 'farah')).get('/queue')
  const words = await page.text()
  expect(words.match(/>Available</g)).toHaveLength(3)
  const files = [...words.matchAll(/(?:src|href)="(\/console\/files\/[^"]+)"/g)]
  expect(files.length).toBeGreaterThan(1)
  for (const [, file] of files) {
    const { status, headers } = await fetch(`${edge.url}${file}`)
    expect([status, headers.get('x-content-type-options')]).toEqual([200, 'nosniff'])
    expect(headers.get('content-type')).toMatch(/^text\/(css|javascript)/)
  }
  expect((await fetch(`${edge.url}/console/files/none.js`)).status).toBe(404)
})

it('what was kept is there after the Worker was stopped and started', async () => {
  const from = mobile()
  await asked<Call>('/simulator/calls', { from, to: '+442079460100' })
  await edge.close()
  edge = await opened()
  const query = `phone=${encodeURIComponent(from)}`
  const { contacts } = await asked<{ contacts: ContactSeen[] }>(`/api/contacts?${query}`)
  expect(contacts).toHaveLength(1)
}, 90_000)
