import { describe, expect, it } from 'vitest'
import { ACCESS } from '../../src/console/access.ts'
import type { Content } from '../../src/content.ts'
import { ACTS } from '../../src/handoff/doers.ts'
import { ROLES, type Role } from '../../src/places/shape.ts'
import { shipped } from '../app/opened.ts'
import { browser, openConsole } from './opened.ts'

const CONTACT = '019ab000-0000-7000-8000-000000000001'
const SECRET = '019ab000-0000-7000-8000-000000000002'
const ELSEWHERE = '019ab000-0000-7000-8000-000000000003'
const MADE: Record<keyof typeof ACTS, object> = {
  accept: {},
  decline: { reason: 'busy' },
  later: {},
  danger: { answer: 'no' },
  bring: { service: 'broker' },
  hold: { label: 'caller', on: true },
  mute: { label: 'caller', on: true },
  drop: { label: 'caller' },
  leave: {},
  say: { text: 'Hello' },
  'hand-back': { what: 'close' },
  'wrap-up': { outcome: 'helped' },
  'ring-out': { to: 'person' },
  shift: { to: 'available' },
  own: { code: 'UCR2', owner: 'gwen' },
  'close-promise': { code: 'UCR2', how: 'met' },
  status: { service: 'broker', now: 'amber' },
  'not-these': { numbers: [] },
  'end-shift': { staff: 'ben', why: 'Ill' },
  decide: { police: false, why: 'Their daughter went.' },
  'near-miss': { note: 'Late' },
  'ring-by': { relay: true },
  'key-worker': { staff: 'gwen' },
  agree: { relation: 'carer', name: 'Bea', number: '+447700900456', may: 'plans' },
  'agree-no-more': { agreed: 'a1' },
  'same-person': { same: true },
  died: {},
  'not-died': { why: 'It was their brother' },
}

/** One person of each role at Lewisham, each with that role alone. */
function placesWith(change: (content: Content) => void = () => undefined): Content {
  const content = structuredCloneOf(shipped())
  const { place } = content.places.get('lewisham')!
  place.staff = ROLES.map((role, at) => ({
    id: role,
    name: `One ${role}`,
    roles: [role],
    entra: `00000000-0000-4000-9000-00000009000${at}`,
    languages: ['en'],
    disciplines: [],
  }))
  change(content)
  return content
}

function structuredCloneOf(content: Content): Content {
  const places = new Map(
    [...content.places].map(([name, loaded]) => [
      name,
      { ...loaded, place: structuredClone(loaded.place) },
    ])
  )
  return { ...content, places }
}

function opened() {
  const held = { content: placesWith() }
  const softphone = { accountSid: 'AC1', keySid: 'SK1', keySecret: 'a-secret-of-the-tests-00000' }
  const one = openConsole({ content: () => held.content, softphone })
  const promises = (contact: string, ref: string) => [
    { contact, ref, code: 'UCR2', owner: 'duty-lead', due: '2026-11-24T15:00:00Z', late: false },
  ]
  one.desk.add({ contact: CONTACT, ref: '07113706', promises: promises(CONTACT, '07113706') })
  one.desk.add({
    contact: SECRET,
    ref: '14227400',
    restricted: true,
    name: 'Hidden Name',
    language: 'pl',
    codes: ['SAFE'],
    promises: promises(SECRET, '14227400').map((each) => ({
      ...each,
      code: 'EMH',
      restricted: true,
    })),
  })
  one.desk.add({ contact: ELSEWHERE, ref: '49795904', place: 'southwark' })
  return { ...one, held }
}
type Asker = ReturnType<typeof browser>

/** Asks for a route as the pages do; whether it let them in. */
async function letIn(asker: Asker, row: string, contact = CONTACT): Promise<boolean> {
  const [method = '', path = ''] = row.split(' ')
  const act = path.replace('/acts/', '')
  const to = `/console${path === '/' ? '' : path.replace(':ref', '07113706').replace(':name', 'app.css')}`
  const needs = act !== 'shift' && act !== 'status'
  const answer = await (method === 'GET'
    ? asker.ask(to)
    : asker.json(to, { ...(needs && { contact }), ...MADE[act as keyof typeof ACTS] }))
  await answer.body?.cancel()
  const out = answer.headers.get('Location')?.startsWith('/console/sign-in?')
  return !out && ![401, 403, 404].includes(answer.status)
}

const guarded = Object.entries(ACCESS).filter(([, who]) => who !== 'anyone')
const rows = Object.keys(ACCESS)

describe('the table of access', () => {
  it('has a row for each route, and a route for each row', () => {
    const { app } = openConsole()
    const served = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replace(/^\/console/, '') || '/'}`)
    expect([...new Set(served)].sort()).toEqual(rows.sort())
  })

  it('lets nobody in who is not signed in', async () => {
    const one = opened()
    for (const [row] of guarded) expect([row, await letIn(browser(one), row)]).toEqual([row, false])
    expect(one.desk.acted).toEqual([])
  })

  it.each(ROLES)('lets the role %s in where its row says, and nowhere else', async (role) => {
    const one = opened()
    const asker = browser(one)
    await asker.signIn(role)
    for (const [row, who] of guarded) {
      // Any navigator may take a promise for themselves; to give somebody else’s away is for who leads.
      const owns = /own|close-promise/.test(row) && role !== 'supervisor'
      const expected = who.includes(role) && !owns
      expect([row, await letIn(asker, row)]).toEqual([row, expected])
    }
    const acted = one.desk.acted.map(({ act }) => act.do)
    expect(acted.filter((act) => !ACTS[act].includes(role))).toEqual([])
  })

  it.each([
    ['another place', (one: ReturnType<typeof opened>) => void one, 'southwark'],
    ['a session of 13 hours', (one) => later(one, 13 * HOUR), 'lewisham'],
    ['a session nobody used for an hour', (one) => later(one, HOUR + 1_000), 'lewisham'],
    ['a role that was taken away', (one) => revoke(one, ['auditor']), 'lewisham'],
    ['a person who left', (one) => revoke(one, null), 'lewisham'],
    ['a place that is no more', closed, 'lewisham'],
  ] satisfies [string, (one: ReturnType<typeof opened>) => void, string][])(
    'lets nothing through for %s',
    async (_what, then, place) => {
      const one = opened()
      const asker = browser(one)
      await asker.signIn(place === 'lewisham' ? 'navigator' : southwark(one), place)
      expect((await asker.ask('/console/queue')).status).toBe(200)
      then(one)
      const kept = new Map(asker.jar)
      for (const [row] of guarded) {
        for (const [name, value] of kept) asker.jar.set(name, value)
        const ownPlace =
          place !== 'lewisham' && !/contact|acts\/(?!shift|status|end-shift)/.test(row)
        if (!ownPlace) expect([row, await letIn(asker, row)]).toEqual([row, false])
      }
      expect(one.desk.acted).toEqual([])
    }
  )

  it('keeps a restricted contact from all but safeguarding', async () => {
    for (const role of ROLES.filter((each) => each !== 'safeguarding')) {
      const one = opened()
      const asker = browser(one)
      await asker.signIn(role)
      for (const act of Object.keys(ACTS).filter(
        (each) => !['shift', 'status', 'end-shift'].includes(each)
      ))
        expect([act, await letIn(asker, `POST /acts/${act}`, SECRET)]).toEqual([act, false])
      for (const path of ['', '/queue', '/promises', '/shift', '/contacts/14227400', '/phone']) {
        const text = await asker.text(`/console${path}`)
        expect(text).not.toMatch(/Hidden Name|Polish|EMH|>Mental health crisis</)
      }
      expect(one.desk.acted).toEqual([])
    }
    const one = opened()
    const asker = browser(one)
    await asker.signIn('safeguarding')
    expect(await asker.text('/console/contacts/14227400')).toContain('Hidden Name')
    expect(await letIn(asker, 'POST /acts/not-these', SECRET)).toBe(true)
  })

  it('knows no contact of another place', async () => {
    const one = opened()
    const asker = browser(one)
    await asker.signIn('navigator')
    expect((await asker.ask('/console/contacts/49795904')).status).toBe(404)
    expect(await letIn(asker, 'POST /acts/accept', ELSEWHERE)).toBe(false)
    expect(one.desk.acted).toEqual([])
  })
})

function revoke({ held }: ReturnType<typeof opened>, roles: Role[] | null): void {
  held.content = placesWith(({ places }) => {
    const { place } = places.get('lewisham')!
    place.staff = place.staff.flatMap((one) =>
      one.id !== 'navigator' ? [one] : roles ? [{ ...one, roles }] : []
    )
  })
}

const southwark = ({ held }: ReturnType<typeof opened>) =>
  held.content.places
    .get('southwark')!
    .place.staff.find(({ roles }) => roles.includes('navigator'))!.id

const HOUR = 3_600_000

function later({ clock }: ReturnType<typeof opened>, ms: number): void {
  clock.now += ms
}

function closed({ held }: ReturnType<typeof opened>): void {
  const places = [...held.content.places].filter(([name]) => name !== 'lewisham')
  held.content = { ...held.content, places: new Map(places) }
}
