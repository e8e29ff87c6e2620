import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TwilioCalls } from '../../src/channels/twilio-calls.ts'
import { twilioCalls } from '../../src/channels/twilio-calls-rest.ts'
import { randomBy } from '../chaos/judge.ts'
import { listening } from '../chaos/world/listening.ts'
import { openWorld, type World } from '../chaos/world/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld(randomBy(1))
})
afterEach(() => world.close())

const FROM = '+442079460100'
const CONTACT = '019ab000-0000-7000-8000-000000000001'
const call = (n: number) => `CA${String(n).repeat(32)}`
const ours = () => {
  const { accountSid, authToken, origin } = world.twilio
  return twilioCalls({
    accountSid,
    username: accountSid,
    passwords: [authToken],
    apiUrl: origin,
  })
}
const ringing = (to: string) => ({
  to,
  from: FROM,
  url: `https://door.example.org/twilio/voice/leg?h=${CONTACT}&leg=staff%3Asam`,
  statusCallback: `https://door.example.org/twilio/status/leg?h=${CONTACT}&leg=staff%3Asam`,
  timeout: 20,
})
const sidOf = (sent: Awaited<ReturnType<TwilioCalls['ring']>>) => {
  if (!('sid' in sent)) throw new Error(JSON.stringify(sent))
  return sent.sid
}

describe('ringing', () => {
  it.each(['+447700900123', '+442079460110', '+448081570000', 'client:sam'])(
    '%s: as the API file says, and told of every event',
    async (to) => {
      const sid = sidOf(await ours().ring(ringing(to)))
      expect(world.twilio.lines.calls.get(sid)).toMatchObject({
        to,
        from: FROM,
        url: ringing(to).url,
        callback: ringing(to).statusCallback,
        events: ['initiated', 'ringing', 'answered', 'completed'],
      })
      expect(world.twilio.strange).toEqual([])
    }
  )

  it.each([
    ['999', 'desk-phone'],
    ['112', 'desk-phone'],
    ['111', 'desk-phone'],
    ['101', 'desk-phone'],
    ['9 9 9', 'desk-phone'],
    ['+44999', 'desk-phone'],
    ['0044112', 'desk-phone'],
    ['+33140205050', 'not-here'],
    ['+449061123456', 'not-here'],
    ['+447012345678', 'not-here'],
    ['+448712345678', 'not-here'],
    ['+447911123456x', 'not-here'],
    ['07700900123', 'not-here'],
    ['client:', 'not-here'],
    ['client:a b', 'not-here'],
    ['sip:sam@example.org', 'not-here'],
    ['', 'not-here'],
  ])('%s is refused before Twilio is asked', async (to, code) => {
    const words = code === 'desk-phone' ? /^Use your desk phone or mobile/ : /^Only UK numbers/
    expect(await ours().ring(ringing(to))).toEqual({ refused: expect.stringMatching(words), code })
    expect(world.twilio.asked.size).toBe(0)
  })

  it('is told of as it goes, signed, each with its number', async () => {
    const heard: string[] = []
    const app = await listening(async (form, signed) => {
      const { CallStatus, SequenceNumber } = form
      heard.push(`${CallStatus} ${SequenceNumber} ${signed(world.twilio.authToken)}`)
      return 204
    })
    world.twilio.lines.ringing.of = () => ['initiated', 'ringing', 'in-progress', 'completed']
    await ours().ring({ ...ringing('client:sam'), statusCallback: `${app.url}/status/leg` })
    await world.twilio.quiet()
    expect(heard).toEqual([
      'initiated 0 true',
      'ringing 1 true',
      'in-progress 2 true',
      'completed 3 true',
    ])
    await app.close()
  })
})

describe('looking for a call before it is rung again', () => {
  it('finds what was rung, newest first, over pages; not what is older or went to others', async () => {
    const { ring, find } = ours()
    const sids: string[] = []
    for (let n = 0; n < 120; n++) sids.unshift(sidOf(await ring(ringing('client:sam'))))
    await ring(ringing('client:alex'))
    const found = await find('client:sam', Date.now() - 60_000)
    if ('retry' in found) throw new Error('not found')
    expect(found.map(({ sid }) => sid)).toEqual(sids)
    expect(found[0]).toMatchObject({ status: 'queued' })
    expect(await find('client:sam', Date.now() + 60_000)).toEqual([])
    expect(await find('client:nobody', 0)).toEqual([])
    expect(world.twilio.strange).toEqual([])
  })

  it('a number that a <Dial> of another call rang was not rung by us', async () => {
    const sid = sidOf(await ours().ring(ringing('+442079460110')))
    const rung = world.twilio.lines.calls.get(sid)
    if (!rung) throw new Error('not rung')
    rung.direction = 'outbound-dial'
    expect(await ours().find('+442079460110', 0)).toEqual([])
  })

  it('finds a call whose answer was lost', async () => {
    world.twilio.faults.set('CreateCall', { kind: 'reset-after' }, { times: 1 })
    const before = Date.now()
    expect(await ours().ring(ringing('client:sam'))).toMatchObject({ retry: true })
    expect(await ours().find('client:sam', before)).toHaveLength(1)
  })
})

describe('a live call', () => {
  it('is moved to another document, or ended', async () => {
    const { move, end } = ours()
    expect(await move(call(1), 'https://door.example.org/twilio/voice/join?h=x')).toBe('done')
    expect(await end(call(1))).toBe('done')
    expect(world.ledger.of('call-changed').map(({ body }) => body)).toEqual([
      'Url=https%3A%2F%2Fdoor.example.org%2Ftwilio%2Fvoice%2Fjoin%3Fh%3Dx&Method=POST',
      'Status=completed',
    ])
    expect(world.twilio.strange).toEqual([])
  })

  it('that is over cannot be: gone', async () => {
    const { ring, end, move } = ours()
    const sid = sidOf(await ring(ringing('client:sam')))
    expect(await end(sid)).toBe('done')
    expect(await end(sid)).toBe('gone')
    expect(await move(sid, 'https://door.example.org/')).toBe('gone')
  })

  it.each(['', 'CA1', '../Messages', `${call(1)}/../x`])('an id that is none: %j', async (sid) => {
    expect(await ours().move(sid, 'https://door.example.org/')).toBe('gone')
    expect(await ours().end(sid)).toBe('gone')
    expect(world.twilio.asked.size).toBe(0)
  })
})

describe('a conference', () => {
  const CALLER = { label: 'caller', call: call(1) }
  const SAM = { label: 'staff:sam', call: call(2) }

  it('is found by its name while it lives, with who is in it', async () => {
    const { participants } = ours()
    expect(await participants(CONTACT)).toEqual({ conference: '', participants: [] })
    const { lines } = world.twilio
    lines.confer(CONTACT, [CALLER]).status = 'completed'
    lines.confer('another', [SAM])
    expect(await participants(CONTACT)).toEqual({ conference: '', participants: [] })
    const { sid } = lines.confer(CONTACT, [CALLER, SAM])
    const free = { hold: false, muted: false }
    expect(await participants(CONTACT)).toEqual({
      conference: sid,
      participants: [
        { ...SAM, ...free },
        { ...CALLER, ...free },
      ],
    })
    expect(world.twilio.strange).toEqual([])
  })

  it('one whose call is over, or never came, is not in it', async () => {
    const { sid, participants } = world.twilio.lines.confer(CONTACT, [CALLER, SAM])
    for (const status of ['complete', 'failed'] as const) {
      Object.assign(participants.get(SAM.call) ?? {}, { status })
      const now = await ours().participants(CONTACT)
      expect(now).toMatchObject({ conference: sid, participants: [{ label: 'caller' }] })
    }
  })

  it('holds, mutes and lets go of one, and ends for all', async () => {
    const { change, participants, close } = ours()
    const { sid } = world.twilio.lines.confer(CONTACT, [CALLER, SAM])
    const holdUrl = 'https://door.example.org/twilio/voice/wait?lang=en'
    const callerNow = async () => {
      const now = await participants(CONTACT)
      return 'retry' in now ? now : now.participants.find(({ label }) => label === 'caller')
    }
    expect(await change(sid, CALLER.call, { hold: true, holdUrl })).toBe('done')
    expect(await callerNow()).toMatchObject({ hold: true, muted: false })
    expect(await change(sid, CALLER.call, { hold: false, muted: true })).toBe('done')
    expect(await callerNow()).toMatchObject({ hold: false, muted: true })
    expect(await change(sid, CALLER.call, { remove: true })).toBe('done')
    expect(await callerNow()).toBeUndefined()
    expect(await change(sid, CALLER.call, { remove: true })).toBe('gone')
    expect(await change(sid, CALLER.call, { muted: true })).toBe('gone')
    expect(await close(sid)).toBe('done')
    expect(await participants(CONTACT)).toEqual({ conference: '', participants: [] })
    expect(world.ledger.of('participant-changed').map(({ body }) => body)).toEqual([
      `Hold=true&HoldUrl=${encodeURIComponent(holdUrl)}&HoldMethod=POST`,
      'Hold=false&Muted=true',
    ])
    expect(world.twilio.strange).toEqual([])
  })

  it('an id that is none is never sent', async () => {
    expect(await ours().change('CF1', CALLER.call, { remove: true })).toBe('gone')
    expect(await ours().change(`CF${'1'.repeat(32)}`, 'x', { remove: true })).toBe('gone')
    expect(await ours().close('../Calls')).toBe('gone')
    expect(world.twilio.asked.size).toBe(0)
  })
})

describe('Twilio is ill', () => {
  const everything = (): Promise<unknown>[] => {
    const { ring, find, move, end, participants, change, close } = ours()
    const conference = `CF${'1'.repeat(32)}`
    return [
      ring(ringing('client:sam')),
      find('client:sam', 0),
      move(call(1), 'https://door.example.org/'),
      end(call(1)),
      participants(CONTACT),
      change(conference, call(1), { hold: true }),
      change(conference, call(1), { remove: true }),
      close(conference),
    ]
  }
  it.each([
    [{ kind: 'reset' }, { retry: true, after: 2000 }],
    [{ kind: 'truncate' }, { retry: true, after: 2000 }],
    [
      { kind: 'status', status: 503, after: 3 },
      { retry: true, after: 3000 },
    ],
    [
      { kind: 'status', status: 429, after: 7 },
      { retry: true, after: 7000 },
    ],
    [
      { kind: 'status', status: 401 },
      { retry: true, ours: expect.stringContaining('401') },
    ],
  ] as const)('%j: every one may be tried later', async (fault, later) => {
    world.twilio.faults.set('*', fault)
    for (const answer of await Promise.all(everything())) expect(answer).toEqual(later)
  })

  it('a refusal for good names its code', async () => {
    const body = JSON.stringify({ code: 21205, status: 400 })
    world.twilio.faults.set('*', { kind: 'status', status: 400, body })
    const { ring, move, change, close } = ours()
    const refused = { refused: 'Twilio 400 21205', code: '21205' }
    expect(await ring(ringing('client:sam'))).toEqual(refused)
    expect(await move(call(1), 'https://door.example.org/')).toEqual(refused)
    expect(await change(`CF${'1'.repeat(32)}`, call(1), { muted: true })).toEqual(refused)
    expect(await close(`CF${'1'.repeat(32)}`)).toEqual(refused)
  })
})
