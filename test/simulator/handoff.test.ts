import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Inbound, Reply, TakeTurn } from '../../src/channels/inbound.ts'
import type { LegsPort } from '../../src/channels/legs.ts'
import { twilioCalls } from '../../src/channels/twilio-calls-rest.ts'
import { simulator, simulatorKeys } from '../../src/simulator/simulator.ts'
import { openApp } from '../app/opened.ts'
import { type Answer, fakeControls } from './fake-app.ts'

const CONTACT = '019ab000-0000-7000-8000-000000000001'
const FROM = '+447700900123'
const TO = '+442079460100'
const NURSES = '+442079460120'
const WAITING = 'A person is coming. To be rung back, press 1.'
const STILL = 'You are in the right place. Stay on the line.'
const keys = simulatorKeys()

/** Our own webhooks and REST against the pocket Twilio, over HTTP; only who decides is stood in. */
async function open() {
  const turns: Inbound['heard'][] = []
  const told: string[] = []
  const decides = { joins: false, softphone: true, late: false }
  let turn = 0
  let origin = ''
  const takeTurn: TakeTurn = async ({ heard }, render) => {
    turns.push(heard)
    return render(replyTo(heard, ++turn, decides.joins))
  }
  const legs: LegsPort = {
    story: async () => ({
      lang: 'en',
      words: ['A fall. Danger is cleared.'],
      softphone: decides.softphone,
    }),
    said: async (_contact, label, yes) => {
      told.push(`${label} said ${yes ? 'yes' : 'no'}`)
      return decides.late ? 'late' : 'join'
    },
    heard: async (_contact, event) => {
      if (event.type === 'LEG') told.push(`${event.label} ${event.is}`)
    },
    over: async () => void told.push('over'),
  }
  const { parts, close } = openApp()
  const controls = fakeControls([])
  const app = createApp(
    {
      ...parts,
      publicUrl: () => origin,
      twilioTokens: [keys.twilio.authToken],
      simulator: simulator(keys, { origin: () => origin, staffToken: 'demo', controls }),
      legs,
    },
    { takeTurn } as Parameters<typeof createApp>[1]
  )
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { accountSid, authToken } = keys.twilio
  const calls = twilioCalls({
    accountSid,
    username: accountSid,
    passwords: [authToken],
    apiUrl: `${origin}/simulator/twilio`,
  })
  const ask = async (path: string, body?: unknown) => {
    const method = body === undefined ? 'GET' : 'POST'
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) }
    return (await (await fetch(`${origin}/simulator${path}`, init)).json()) as Answer
  }
  const leg = (label: string) => `h=${CONTACT}&leg=${encodeURIComponent(label)}`
  return {
    turns,
    told,
    decides,
    calls,
    ask,
    now: () => controls.clock.now(),
    url: (path: string) => origin + path,
    settled: () => ask('/clock', { advance: 'PT0S' }),
    ring: (label: string, to: string) =>
      calls.ring({
        to,
        from: TO,
        url: `${origin}/twilio/voice/leg?${leg(label)}`,
        statusCallback: `${origin}/twilio/status/leg?${leg(label)}`,
        timeout: 20,
      }),
    async close() {
      await new Promise((resolve) => server.close(resolve))
      await close()
    },
  }
}

function replyTo(heard: Inbound['heard'], turn: number, joins: boolean): Reply {
  const say = (words: string) => [{ step: 'x', words, slow: false }]
  const base: Reply = {
    lang: 'en',
    turn,
    contact: CONTACT,
    parts: [],
    listen: null,
    dial: null,
    choices: [],
    ended: null,
    silent: false,
  }
  if (heard.kind === 'parted') return { ...base, parts: say('Thank you. Goodbye.') }
  if (heard.kind === 'gone') return base
  if (joins) return { ...base, conference: { name: CONTACT, label: 'caller' } }
  return {
    ...base,
    parts: say(WAITING),
    waiting: { seconds: 15, keys: ['call-back'], again: 'Stay on the line.' },
  }
}

let door: Awaited<ReturnType<typeof open>>
beforeEach(async () => {
  door = await open()
})
afterEach(() => door.close())

async function caller() {
  const { call = '', heard } = await door.ask('/calls', { from: FROM, to: TO })
  return {
    call,
    heard,
    act: (does: unknown) => door.ask(`/calls/${call}`, does),
    read: () => door.ask(`/calls/${call}`),
  }
}

async function joined() {
  const call = await caller()
  await door.ring('staff:sam', 'client:sam')
  await door.ask('/clients/sam', { answer: true })
  expect(await door.calls.move(call.call, door.url(`/twilio/voice/join?h=${CONTACT}`))).toBe('done')
  await door.settled()
  return call
}

async function conference() {
  const now = await door.calls.participants(CONTACT)
  if ('retry' in now) throw new Error('Twilio is ill')
  const callOf = (label: string) => now.participants.find((one) => one.label === label)?.call ?? ''
  return { sid: now.conference, labels: now.participants.map(({ label }) => label), callOf }
}

describe('a caller who waits', () => {
  it('is never more than five seconds without a sound, nor fifteen from the next turn', async () => {
    const call = await caller()
    expect(call.heard).toEqual([WAITING, 'Stay on the line.'])
    for (let n = 0; n < 4; n++) {
      const before = Date.parse(door.now())
      expect((await call.act({ silence: true })).ended).toBe(false)
      expect(Date.parse(door.now()) - before).toBeLessThanOrEqual(15_000)
    }
    expect(door.turns.slice(1)).toEqual([1, 2, 3, 4].map((turn) => ({ kind: 'waited', turn })))
  })

  it('is heard in every turn: keys that were offered, words, and no others', async () => {
    const call = await caller()
    await call.act({ press: '2' })
    await call.act({ press: '1' })
    await call.act({ say: 'I have chest pain' })
    await call.act({ press: '0' })
    expect(door.turns.slice(1)).toEqual([
      { kind: 'waited', turn: 1 },
      { kind: 'waited', turn: 2, key: 'call-back' },
      {
        kind: 'waited',
        turn: 3,
        raw: { kind: 'words', text: 'I have chest pain', confidence: 0.9 },
      },
      { kind: 'waited', turn: 4, raw: { kind: 'keys', digits: '0' } },
    ])
  })
})

describe('a warm handoff', () => {
  it('a softphone answers, the caller is brought in, a team is brought in, the navigator leaves', async () => {
    const call = await joined()
    expect((await call.read()).with).toEqual(['staff:sam'])
    await call.act({ say: 'I fell over' })
    expect((await door.ask('/clients/sam')).speaking?.[0]?.transcript?.at(-1)).toMatchObject({
      text: 'I fell over',
      by: 'caller',
    })

    door.decides.softphone = false
    await door.ring('team:nurses', NURSES)
    const answered = await door.ask(`/phones/${NURSES}`, { answer: true })
    expect(answered.heard).toEqual(['A fall. Danger is cleared.', 'To take this call, press 1.'])
    await door.ask(`/phones/${NURSES}`, { press: '1' })
    expect((await call.read()).with).toEqual(['staff:sam', 'team:nurses'])

    await door.ask('/clients/sam', { hangUp: true })
    expect((await call.read()).with).toEqual(['team:nurses'])
    await call.act({ hangUp: true })
    expect((await conference()).labels).toEqual(['team:nurses'])
    expect(door.turns.at(-1)).toEqual({ kind: 'gone' })
    await door.ask(`/phones/${NURSES}`, { hangUp: true })
    expect(door.told).toEqual([
      'staff:sam ringing',
      'staff:sam ringing',
      'staff:sam said yes',
      'staff:sam in',
      'caller in',
      'team:nurses ringing',
      'team:nurses ringing',
      'team:nurses said yes',
      'team:nurses in',
      'staff:sam left',
      'staff:sam left',
      'caller left',
      'team:nurses left',
      'over',
      'team:nurses left',
    ])
  })

  it('the navigator is there first: they wait in our words, and the caller goes on with questions', async () => {
    await caller()
    await door.ring('staff:sam', 'client:sam')
    const { heard } = await door.ask('/clients/sam', { answer: true })
    expect(heard?.[0]).toBe('They are with you in a moment. Stay on the line.')
  })

  it('one who is held hears our words, not the others; one who is muted is not heard', async () => {
    const call = await joined()
    const { sid, callOf } = await conference()
    const holdUrl = door.url('/twilio/voice/wait?lang=en')
    expect(await door.calls.change(sid, callOf('caller'), { hold: true, holdUrl })).toBe('done')
    await door.settled()
    expect((await call.read()).heard?.at(-1)).toBe(STILL)
    expect(await call.read()).toMatchObject({ held: true })
    expect(await door.calls.change(sid, callOf('caller'), { hold: false, muted: true })).toBe(
      'done'
    )
    await door.settled()
    expect(await call.read()).toMatchObject({ muted: true, with: ['staff:sam'] })
    expect(door.told.slice(-2)).toEqual(['caller held', 'caller back'])
  })

  it('the navigator drops: the caller who is alone is held with words that say so, and let back to the next', async () => {
    const call = await joined()
    await door.ask('/clients/sam', { hangUp: true })
    const { sid, callOf } = await conference()
    const holdUrl = door.url('/twilio/voice/wait?lang=en&say=alone')
    await door.calls.change(sid, callOf('caller'), { hold: true, holdUrl })
    await door.settled()
    expect((await call.act({ silence: true })).heard?.join(' ')).toMatch(/cut off at our end/)
    await door.ring('staff:alex', 'client:alex')
    await door.ask('/clients/alex', { answer: true })
    await door.calls.change(sid, callOf('caller'), { hold: false })
    await door.settled()
    expect((await call.read()).with).toEqual(['staff:alex'])
  })

  it('nobody comes: the caller is told goodbye outside the conference, and is not called gone before', async () => {
    const call = await joined()
    await door.ask('/clients/sam', { hangUp: true })
    await door.calls.move(call.call, door.url('/twilio/voice/farewell?lang=en&say=call-back'))
    await door.settled()
    expect(await call.read()).toMatchObject({ ended: true })
    expect((await call.read()).heard?.join(' ')).toMatch(/We will ring you back/)
    expect(door.told).not.toContain('caller left')
    expect(door.turns.at(-1)).toEqual({ kind: 'gone' })
  })

  it('brought in twice, because the first answer was lost: in once, and never gone', async () => {
    const call = await joined()
    await door.calls.move(call.call, door.url(`/twilio/voice/join?h=${CONTACT}`))
    await door.settled()
    expect((await call.read()).with).toEqual(['staff:sam'])
    expect(door.told).not.toContain('caller left')
    expect(door.told).not.toContain('over')
  })

  it('taken out, or the conference ended: the caller comes back to us', async () => {
    const call = await joined()
    const { sid } = await conference()
    expect(await door.calls.close(sid)).toBe('done')
    await door.settled()
    expect(door.turns.at(-2)).toEqual({ kind: 'parted' })
    expect(await call.read()).toMatchObject({ ended: true })
    expect(door.told).not.toContain('caller left')
    expect(door.told.filter((each) => each === 'over')).toHaveLength(1)
  })
})

describe('when it does not work', () => {
  it('the REST call is refused: the reply to the next turn of the caller joins them', async () => {
    const call = await caller()
    await door.ring('staff:sam', 'client:sam')
    await door.ask('/clients/sam', { answer: true })
    expect(await door.calls.move(`CA${'0'.repeat(32)}`, door.url('/x'))).toBe('gone')
    door.decides.joins = true
    expect(await call.act({ silence: true })).toMatchObject({ with: ['staff:sam'] })
  })

  it('a voicemail answers: it presses nothing, and is let go', async () => {
    await caller()
    door.decides.softphone = false
    await door.ring('staff:sam', NURSES)
    await door.ask(`/phones/${NURSES}`, { answer: true })
    await door.ask(`/phones/${NURSES}`, { silence: true })
    const { heard, speaking } = await door.ask(`/phones/${NURSES}`, { silence: true })
    expect(heard).toEqual(['You have not taken this call. Thank you.'])
    expect(speaking).toEqual([])
    expect(door.told.slice(-2)).toEqual(['staff:sam said no', 'staff:sam left'])
    expect((await conference()).sid).toBe('')
  })

  it('a navigator declines: failed', async () => {
    await caller()
    await door.ring('staff:sam', 'client:sam')
    await door.ask('/clients/sam', { decline: true })
    expect(door.told.at(-1)).toBe('staff:sam failed')
  })

  it('nobody answers in 20 s: failed, once', async () => {
    await caller()
    await door.ring('staff:sam', 'client:sam')
    await door.ask('/clock', { advance: 'PT20S' })
    expect(door.told.filter((each) => each === 'staff:sam failed')).toHaveLength(1)
    expect((await door.ask('/clients/sam')).ringing).toEqual([])
  })

  it('too late: they are told so, and no conference is made', async () => {
    await caller()
    door.decides.late = true
    await door.ring('staff:sam', 'client:sam')
    const { heard } = await door.ask('/clients/sam', { answer: true })
    expect(heard).toEqual(['This contact has been taken. Thank you.'])
    expect((await conference()).sid).toBe('')
  })

  it('a ring whose answer was lost is found again, and can be stopped', async () => {
    const sent = await door.ring('staff:sam', 'client:sam')
    const found = await door.calls.find('client:sam', Date.parse(door.now()))
    expect(found).toMatchObject([{ ...sent, status: 'ringing' }])
    if (!('sid' in sent)) throw new Error('not rung')
    expect(await door.calls.end(sent.sid)).toBe('done')
    await door.settled()
    expect(await door.calls.end(sent.sid)).toBe('gone')
    expect(door.told.at(-1)).toBe('staff:sam failed')
  })
})
