import { createHmac } from 'node:crypto'
import { ACCESS } from '../../src/console/access.ts'
import { staffActShape } from '../../src/handoff/acts.ts'
import { ROLES } from '../../src/places/shape.ts'
import { shipped } from '../app/opened.ts'
import { browser, openConsole } from '../console/opened.ts'
import { post } from './client.ts'
import type { Run } from './rig.ts'
import {
  type Caller,
  ENTRA,
  landline,
  openStaffed,
  STRANGER,
  type Staffed,
  sleep,
} from './staffed.ts'

const CONTACT = '019ab000-0000-7000-8000-000000000001'
const ISSUER = 'https://api.botframework.com'

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Tokens that are not Microsoft's word for this activity, each by its name; the last two are, and must get in. */
async function tokens({ world: { teams } }: Staffed): Promise<[string, string, boolean][]> {
  const now = Math.floor(Date.now() / 1000)
  const serviceurl = `${teams.origin}/service/`
  const good = { iss: ISSUER, aud: teams.appId, nbf: now - 60, exp: now + 3600, serviceurl }
  const body = encoded(good)
  const hmac = (alg: string) => {
    const head = encoded({ alg, kid: 'k1', typ: 'JWT' })
    const mac = createHmac('sha256', JSON.stringify(teams.published)).update(`${head}.${body}`)
    return `${head}.${body}.${mac.digest('base64url')}`
  }
  const whole = await teams.sign(good)
  const [head = '', , tail = ''] = whole.split('.')
  const made: [string, string | Promise<string>, boolean][] = [
    ['no token', '', false],
    ['alg none', `${encoded({ alg: 'none', kid: 'k1' })}.${body}.`, false],
    ['HS256 with the public key', hmac('HS256'), false],
    ['RS256 in name, HMAC in truth', hmac('RS256'), false],
    ['another issuer', teams.sign({ ...good, iss: 'https://sts.windows.net/x/' }), false],
    ['another audience', teams.sign({ ...good, aud: STRANGER.tenant }), false],
    ['an unknown kid', teams.sign(good, { kid: 'k9' }), false],
    ['a kid that is a path', teams.sign(good, { kid: '../../keys' }), false],
    ['expired 5:01 ago', teams.sign({ ...good, nbf: now - 4000, exp: now - 301 }), false],
    ['valid only in 5:01', teams.sign({ ...good, nbf: now + 302 }), false],
    ['no end', teams.sign({ ...good, exp: undefined }), false],
    ['a key for another channel', teams.sign(good, { kid: 'k2' }), false],
    ['another service', teams.sign({ ...good, serviceurl: 'https://evil.example/' }), false],
    ['no service', teams.sign({ ...good, serviceurl: undefined }), false],
    [
      'claims changed after signing',
      `${head}.${encoded({ ...good, exp: now + 9999 })}.${tail}`,
      false,
    ],
    ['a signature cut short', whole.slice(0, -8), false],
    ['expired 4:50 ago', teams.sign({ ...good, nbf: now - 4000, exp: now - 290 }), true],
    ['as it should be', teams.sign(good), true],
  ]
  return Promise.all(
    made.map(async ([name, token, ok]) => [name, await token, ok] as [string, string, boolean])
  )
}

const H6: Run = {
  id: 'H6',
  name: 'forged tokens, and people of other organisations, press the buttons of staff in Teams',
  goal: '0 let in, nothing done; what is in time by five minutes is let in',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const house = await openStaffed(rig)
    const { teams } = house.world
    const faults: string[] = []
    const data = { act: { do: 'shift', to: 'start' }, card: 'shift:farah' }
    const value = { action: { type: 'Action.Execute', verb: 'staff', data }, trigger: 'manual' }
    const press = async (token: string, more: object = {}) => {
      const { text: _, textFormat: __, ...rest } = teams.message('farah', '')
      const from = { id: '29:farah', name: 'Farah', aadObjectId: ENTRA.farah }
      const activity = {
        ...rest,
        from,
        type: 'invoke',
        name: 'adaptiveCard/action',
        value,
        ...more,
      }
      const response = await fetch(`${house.publicUrl}/api/messages`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          ...(token && { Authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(activity),
      })
      return { status: response.status, text: await response.text() }
    }
    const onShift = async () =>
      (await house.door.desk.views.staff('lewisham')).some(({ shift }) => shift !== 'off')
    const all = await tokens(house)
    let [runs, wrong] = [0, 0]
    const judged = (name: string, ok: boolean) => {
      runs += 1
      if (!ok) wrong += 1
      if (!ok) faults.push(name)
    }
    for (let round = 0; round < rig.of(1, 20, 500); round++)
      for (const [name, token, ok] of all.filter(([, , ok]) => !ok))
        judged(`${name} was answered other than 401`, ((await press(token)).status === 401) === !ok)
    const valid = all.at(-1)?.[1] ?? ''
    const others: [string, object][] = [
      [
        'another organisation',
        {
          conversation: { id: 'a:x', tenantId: STRANGER.tenant, conversationType: 'personal' },
          channelData: { tenant: { id: STRANGER.tenant } },
        },
      ],
      [
        'another place',
        {
          conversation: {
            id: 'a:x',
            tenantId: '00000000-0000-4000-8000-000000000001',
            conversationType: 'personal',
          },
          channelData: { tenant: { id: '00000000-0000-4000-8000-000000000001' } },
        },
      ],
      [
        'somebody on no roster',
        { from: { id: '29:x', name: 'X', aadObjectId: '00000000-0000-4000-9000-0000000f0001' } },
      ],
      [
        'somebody with another’s card',
        { from: { id: '29:gwen', name: 'Gwen', aadObjectId: ENTRA.gwen } },
      ],
      ['somebody without an object id', { from: { id: '29:farah', name: 'Farah' } }],
    ]
    for (const [name, more] of others) {
      const { text } = await press(valid, more)
      judged(`${name} was served: ${text.slice(0, 60)}`, !(await onShift()))
    }
    if (await onShift()) faults.push('a forger began a shift')
    for (const [name, token] of all.filter(([, , ok]) => ok))
      judged(`${name} was refused`, (await press(token)).status === 200)
    judged('the real Farah is not on shift', await onShift())
    return { runs, lost: 0, doubled: wrong, success: 1 - wrong / runs, faults }
  },
}

/** Lewisham with one person of each role, who has that role alone. */
function rolesAlone(change: (staff: { id: string; roles: string[] }[]) => void = () => undefined) {
  const content = shipped()
  const loaded = content.places.get('lewisham')
  if (!loaded) throw new Error('Lewisham is not shipped')
  const place = structuredClone(loaded.place)
  place.staff = ROLES.map((role, at) => ({
    ...{ id: role, name: `One ${role}`, roles: [role], languages: ['en'], disciplines: [] },
    entra: `00000000-0000-4000-9000-00000009000${at}`,
  }))
  change(place.staff as { id: string; roles: string[] }[])
  return { ...content, places: new Map(content.places).set('lewisham', { ...loaded, place }) }
}

function consoleOf() {
  const held = { content: rolesAlone() }
  const softphone = { accountSid: 'AC1', keySid: 'SK1', keySecret: 'a-secret-of-the-tests-00000' }
  const one = openConsole({ content: () => held.content, softphone })
  one.desk.add({ contact: CONTACT, ref: '07113706' })
  return { ...one, held }
}
type Page = ReturnType<typeof browser>

/** One route as its page asks for it; whether it was served. */
async function served(page: Page, row: string): Promise<boolean> {
  const [method = '', path = ''] = row.split(' ')
  const to = `/console${path === '/' ? '' : path.replace(':ref', '07113706').replace(':name', 'app.css')}`
  const needs = path.startsWith('/acts/') && !/shift|status/.test(path)
  const answer = await (method === 'GET'
    ? page.ask(to)
    : page.json(to, needs ? { contact: CONTACT } : {}))
  await answer.body?.cancel()
  const out = answer.headers.get('Location')?.includes('/sign-in') ?? false
  return !out && ![401, 403, 404].includes(answer.status)
}

const guarded = Object.entries(ACCESS).filter(([, who]) => who !== 'anyone')

const emptied = (one: ReturnType<typeof consoleOf>) => {
  one.held.content = rolesAlone((staff) => void staff.splice(0))
}
const promoted = (one: ReturnType<typeof consoleOf>) => {
  one.held.content = rolesAlone((staff) => {
    for (const each of staff) each.roles = ['auditor', ...each.roles]
  })
}
const later = (ms: number) => (one: ReturnType<typeof consoleOf>) => {
  one.clock.now += ms
}
const cookie = (change: (value: string) => string) => (_: unknown, page: Page) => {
  for (const [name, value] of page.jar) page.jar.set(name, change(value))
}

/** Every way to be nobody, or somebody no more. */
const NOBODY: readonly (readonly [
  string,
  (one: ReturnType<typeof consoleOf>, page: Page) => unknown,
])[] = [
  ['signed out', async (_, page) => page.form('/console/sign-out', {})],
  ['thirteen hours later', later(13 * 3_600_000)],
  ['an hour unused', later(3_601_000)],
  ['off the roster', emptied],
  ['with other roles', promoted],
  ['a cookie changed', cookie((value) => `${value.slice(0, -4)}AAAA`)],
  ['a cookie of another key', cookie(() => 'eyJhbGciOiJkaXIifQ..a.b.c')],
]

const H8: Run = {
  id: 'H8',
  name: 'every route of the console, asked for by everybody who may not, and by each role',
  goal: 'as the table says: 0 let in beyond it, and 0 acts',
  leastSuccess: 1,
  small: true,
  async run() {
    const faults: string[] = []
    let [runs, wrong] = [0, 0]
    const judged = (name: string, was: boolean, should: boolean) => {
      runs += 1
      if (was === should) return
      wrong += 1
      faults.push(`${name}: ${was ? 'let in' : 'kept out'}`)
    }
    const { app } = consoleOf()
    const routes = app.routes.filter(({ method }) => method !== 'ALL')
    for (const { method, path } of routes) {
      const row = `${method} ${path.replace(/^\/console/, '') || '/'}`
      judged(`${row} has no row`, ACCESS[row] === undefined, false)
    }
    for (const role of ROLES) {
      const one = consoleOf()
      const page = browser(one)
      await page.signIn(role)
      for (const [row, who] of guarded) {
        // A promise is its owner's, whatever the role: the contact here has none.
        if (/own|close-promise/.test(row)) continue
        judged(`${role} at ${row}`, await served(page, row), who.includes(role))
      }
      for (const [how, change] of NOBODY) {
        const two = consoleOf()
        const gone = browser(two)
        await gone.signIn(role)
        await change(two, gone)
        const kept = new Map(gone.jar)
        for (const [row] of guarded) {
          for (const [name, value] of kept) gone.jar.set(name, value)
          judged(`${role}, ${how}, at ${row}`, await served(gone, row), false)
        }
        if (two.desk.acted.length > 0) faults.push(`${role}, ${how}: ${two.desk.acted.length} acts`)
      }
    }
    return { runs, lost: 0, doubled: wrong, success: 1 - wrong / runs, faults: faults.slice(0, 12) }
  },
}

/** How other sites, and pages of theirs, send what our page would. */
const FORGED: readonly (readonly [string, RequestInit])[] = [
  [
    'a form of another site',
    {
      headers: {
        Origin: 'https://evil.example',
        'Content-Type': 'application/x-www-form-urlencoded',
        'Sec-Fetch-Site': 'cross-site',
      },
    },
  ],
  [
    'a sibling domain',
    {
      headers: {
        Origin: 'http://other.door.test',
        'Content-Type': 'application/x-www-form-urlencoded',
        'Sec-Fetch-Site': 'same-site',
      },
    },
  ],
  [
    'a null origin',
    { headers: { Origin: 'null', 'Content-Type': 'application/x-www-form-urlencoded' } },
  ],
  [
    'no origin, cross-site',
    { headers: { Origin: '', 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'application/json' } },
  ],
  ['text/plain from our origin', { headers: { 'Content-Type': 'text/plain' } }],
  ['no content type', { headers: { 'Content-Type': '' } }],
  ['multipart', { headers: { 'Content-Type': 'multipart/form-data; boundary=x' } }],
  [
    'a prefix of our origin',
    { headers: { Origin: 'http://door.test.evil.example', 'Content-Type': 'application/json' } },
  ],
]

const H9: Run = {
  id: 'H9',
  name: 'other sites send the acts of somebody who is signed in',
  goal: '0 effects; our own page’s act is done',
  leastSuccess: 1,
  small: true,
  async run() {
    const one = consoleOf()
    const page = browser(one)
    await page.signIn('navigator')
    const acts = guarded.map(([row]) => row).filter((row) => row.startsWith('POST '))
    let [runs, wrong] = [0, 0]
    const faults: string[] = []
    for (const row of [...acts, 'POST /sign-out', 'POST /sign-in/as'])
      for (const [how, init] of FORGED) {
        runs += 1
        const json = JSON.stringify({ contact: CONTACT, to: 'end', reason: 'busy', text: 'x' })
        const answer = await page.ask(`/console${row.slice(5)}`, {
          method: 'POST',
          body: json,
          ...init,
        })
        await answer.body?.cancel()
        if (answer.status === 403 || answer.status === 415) continue
        wrong += 1
        faults.push(`${how} at ${row}: ${answer.status}`)
      }
    if (one.desk.acted.length > 0) faults.push(`${one.desk.acted.length} acts were done`)
    await page.json('/console/acts/shift', { to: 'start' })
    if (one.desk.acted.length !== 1) faults.push('our own page could do nothing')
    return { runs, lost: 0, doubled: wrong, success: 1 - wrong / runs, faults: faults.slice(0, 8) }
  },
}

const LOOK_MS = 15_000

const H10: Run = {
  id: 'H10',
  name: 'a live page whose reader loses the role, leaves, or signs out in the middle',
  goal: 'told to go, and nothing after, within 60 s',
  leastSuccess: 1,
  async run() {
    const faults: string[] = []
    let late = 0
    const ways = NOBODY.filter(([how]) => !/cookie|unused/.test(how))
    const all = await Promise.all(
      ways.map(async ([how, change]) => {
        const one = consoleOf()
        const page = browser(one)
        await page.signIn('navigator')
        const cookie = [...page.jar].map(([name, value]) => `${name}=${value}`).join('; ')
        const answer = await page.ask('/console/live')
        const heard: { event: string; at: number }[] = []
        const reading = readEvents(
          answer,
          (event) => void heard.push({ event, at: performance.now() })
        )
        await sleep(200)
        await change(one, page)
        const changed = performance.now()
        const busy = setInterval(() => one.desk.change(), 500)
        await Promise.race([reading, sleep(60_000)])
        clearInterval(busy)
        const out = heard.find(({ event }) => event === 'out')
        if (!out) faults.push(`${how}: never told to go`)
        const after = out ? heard.filter(({ at }) => at > out.at).length : heard.length
        if (after > 0) faults.push(`${how}: ${after} events after`)
        if (one.desk.listeners.size > 0) faults.push(`${how}: somebody still listens`)
        if ((await page.ask('/console/live', { headers: { Cookie: cookie } })).status === 200)
          faults.push(`${how}: it could be opened again`)
        const ms = (out?.at ?? Number.POSITIVE_INFINITY) - changed
        if (ms > 60_000) late += 1
        return ms
      })
    )
    const longest = Math.round(Math.max(...all))
    if (longest > LOOK_MS + 3_000) faults.push(`it took ${longest} ms`)
    return {
      runs: all.length,
      lost: 0,
      doubled: late,
      success: 1 - late / all.length,
      faults,
      figures: { 'longest ms': longest },
    }
  },
}

async function readEvents(answer: Response, heard: (event: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  for await (const chunk of answer.body ?? [])
    for (const [, event = ''] of decoder.decode(chunk as Uint8Array).matchAll(/^event: (\w+)$/gm))
      heard(event)
}

/** What costs money, reaches nobody, or must be rung from a desk. */
const DEAR = [
  ...['+449098790000', '+448712345678', '+447024123456', '+44118500', '+447600123456'],
  ...[
    '+19005551234',
    '+8835100012345',
    '+37120000000',
    '+2521234567',
    '+990123456789',
    '+33123456789',
  ],
  ...['999', '112', '101', '111', '+44999', '+44112', 'sip:x@evil.example', 'client:farah', '+44'],
]
const MAY_RING = /^(client:(farah|gwen|hari|ines)|\+44(1|2|3|7[1-57-9]|800|808)\d+)$/

/** Farah takes it by her own phone, and both are in. */
async function joinedTo(house: Staffed, id: string, caller: Caller) {
  const farah = { place: 'lewisham', staff: 'farah', surface: 'console' } as const
  const legs = () => [...house.world.twilio.lines.calls.values()]
  await house.until(
    async () => (await house.door.desk.act(farah, { do: 'accept', contact: id })).ok
  )
  await house.until(() => legs().length > 0)
  const leg = legs()[0]
  if (leg) await house.answers(leg)
  await house.tells(id, 'join', 'staff:farah', leg?.sid ?? '')
  await house.tells(id, 'join', 'caller', caller.call)
}

const H16: Run = {
  id: 'H16',
  name: 'calls to dear, foreign and emergency numbers, by acts of staff and by who asks to be rung back',
  goal: '0 calls or texts outside the UK’s ordinary numbers; an ordinary one is rung',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const house = await openStaffed(rig)
    const { desk } = house.door
    await house.staff('farah').start()
    // One who is in a call with her, and one whose call is over.
    const [over, on] = [await house.rings(), await house.rings()]
    for (const key of ['2', '2', '2']) await over.keys(key)
    await over.hangUp()
    const { id: contact } = await house.contactOf(over.from)
    for (const key of ['2', '2', '2', '0']) await on.keys(key)
    const { id: inCall } = await house.contactOf(on.from)
    await joinedTo(house, inCall, on)
    const ringers = { place: 'lewisham', staff: 'farah', surface: 'console' } as const
    let [runs, wrong] = [0, 0]
    const faults: string[] = []
    for (const number of DEAR)
      for (let n = 0; n < rig.of(1, 2, 20); n++) {
        runs += 2
        const given = { contact, number, reason: 'They asked' }
        for (const act of [
          { do: 'ring-out', to: 'number', ...given },
          { do: 'bring', ...given, contact: inCall },
        ] as const) {
          // Past the shape that cards and pages are held to: the desk itself refuses.
          const said = await desk.act(ringers, act)
          if (!said.ok) continue
          const rung = house.world.ledger.of('call').map(({ to }) => to)
          await house.until(() => house.world.ledger.of('call').length > rung.length, 300)
        }
        if (
          staffActShape.safeParse({ do: 'ring-out', to: 'number', ...given }).success &&
          !/^\+44\d{9,10}$/.test(number)
        )
          faults.push(`${number} passes the shape of an act`)
        // A caller with such a number asks to be rung back.
        const caller = await house.rings(/^\+\d{7,15}$/.test(number) ? number : landline())
        for (const key of ['2', '2', '2', '0']) await caller.keys(key)
        await caller.hangUp()
      }
    await house.door.settled()
    house.pass('PT10M')
    await house.door.settled()
    const calls = house.world.ledger.of('call').map(({ to = '' }) => to)
    const texts = house.world.ledger.of('text').map(({ to = '' }) => to)
    for (const to of [...calls, ...texts]) {
      if (MAY_RING.test(to)) continue
      wrong += 1
      faults.push(`${to} was rung or written to`)
    }
    const ordinary = {
      do: 'bring',
      contact: inCall,
      number: '+442079460188',
      reason: 'Her sister',
    } as const
    const said = await desk.act(ringers, ordinary)
    const rung = () => house.world.ledger.of('call').some(({ to }) => to === '+442079460188')
    if (!said.ok || !(await house.until(rung)))
      faults.push(`an ordinary number was not rung: ${said.words}`)
    return { runs, lost: 0, doubled: wrong, success: 1 - wrong / runs, faults: faults.slice(0, 8) }
  },
}

const H18: Run = {
  id: 'H18',
  name: 'a softphone’s token is used to ring out, as somebody else, by the wrong role, and after sign-out',
  goal: 'works 0 times; the same person’s own token is given',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const faults: string[] = []
    let [runs, wrong] = [0, 0]
    const judged = (name: string, ok: boolean) => {
      runs += 1
      if (ok) return
      wrong += 1
      faults.push(name)
    }
    const one = consoleOf()
    const page = browser(one)
    await page.signIn('navigator')
    const asked = await page.json('/console/phone/token?identity=gwen', {
      identity: 'gwen',
      outgoing: true,
    })
    const { token } = (await asked.json()) as { token: string }
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    judged('another identity was given', claims.grants.identity === 'navigator')
    judged('it may ring out', JSON.stringify(claims.grants.voice) === '{"incoming":{"allow":true}}')
    judged('it lives longer than an hour', claims.exp - claims.iat <= 3_600)
    judged('the secret is in it', !token.includes('a-secret'))
    for (const role of ROLES.filter((each) => each !== 'navigator' && each !== 'safeguarding')) {
      const other = browser(one)
      await other.signIn(role)
      judged(
        `${role} was given a token`,
        (await other.json('/console/phone/token', {})).status === 403
      )
    }
    const cookies = new Map(page.jar)
    await page.form('/console/sign-out', {})
    for (const [name, value] of cookies) page.jar.set(name, value)
    for (const path of ['token', 'alive'])
      judged(
        `${path} after sign-out`,
        (await page.json(`/console/phone/${path}`, {})).status === 401
      )
    const session = browser(one)
    session.jar.set('front-door', token)
    judged('a token is a session', (await session.ask('/console/queue')).status !== 200)
    const house = await openStaffed(rig)
    for (const to of ['+449098790000', '+442079460188', 'client:gwen', '+442079460100'])
      for (const from of ['client:farah', 'client:gwen']) {
        const form = {
          CallSid: `CA${'a'.repeat(32)}`,
          From: from,
          To: to,
          Direction: 'inbound',
          CallStatus: 'ringing',
        }
        const { body } = await post(house, '/twilio/voice', form)
        const rung = [...body.matchAll(/<(?:Number|Client)\b[^>]*>([^<]*)</g)].map(
          ([, number]) => number
        )
        judged(`${from} rang ${to}: ${rung}`, !rung.some((number) => number === to))
      }
    judged('a call was placed', house.world.ledger.of('call').length === 0)
    return { runs, lost: 0, doubled: wrong, success: 1 - wrong / runs, faults }
  },
}

/** What somebody may try who is not staff, or not the right one. */
export const STAFF_ATTACKS: readonly Run[] = [H6, H8, H9, H10, H16, H18]
