import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OnDuty, offers, rowsNeeded, type Waiting } from '../../src/handoff/offers.ts'
import { asksEverybody, rank } from '../../src/handoff/rank.ts'

const NOW = '2026-11-02T10:00:00Z'
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

function waits(
  contact: string,
  but: Partial<Waiting & { wants: boolean; since: string }> = {}
): Waiting {
  const one: Omit<Waiting, 'rank'> & Parameters<typeof rank>[0] = {
    contact,
    channel: 'voice',
    priority: 'P3',
    danger: 'cleared',
    language: 'en',
    restricted: false,
    asked: [],
    passed: [],
    wants: true,
    joined: false,
    since: '2026-11-02T09:50:00Z',
    ...but,
  }
  return { ...one, rank: but.rank ?? rank(one) }
}
const duty = (staff: string, but: Partial<OnDuty> = {}): OnDuty => ({
  staff,
  roles: ['navigator'],
  languages: ['en'],
  disciplines: [],
  shift: 'available',
  since: '2026-11-02T08:00:00Z',
  phone: { own: false, heard: '2026-11-02T09:59:50Z' },
  offers: [],
  later: {},
  ...but,
})
const asked = (waiting: Waiting[], staff: OnDuty[]) =>
  Object.fromEntries(
    offers(waiting, staff, NOW).ask.map(({ contact, to }) => [contact, [...to].sort()])
  )
const danger = { priority: 'P1', danger: 'yes' } as const
const a = duty('a')
const b = duty('b')

describe('who is asked', () => {
  it.each<[string, Waiting[], OnDuty[], Record<string, string[]>]>([
    [
      'one offer for each who is free',
      [waits('x'), waits('y'), waits('z')],
      [a, b],
      { x: ['a'], y: ['b'] },
    ],
    [
      'first come first',
      [waits('late', { since: '2026-11-02T09:59:00Z' }), waits('early')],
      [a],
      { early: ['a'] },
    ],
    ['danger everybody at once', [waits('x', danger)], [a, b], { x: ['a', 'b'] }],
    [
      'thoughts of ending their life everybody, whatever the priority',
      [waits('x', { danger: 'not-sure', of: 'self' })],
      [a, b],
      { x: ['a', 'b'] },
    ],
    [
      'danger also those who hold a routine offer',
      [waits('r', { asked: ['a'] }), waits('x', danger)],
      [duty('a', { offers: ['r'] }), b],
      { x: ['a', 'b'] },
    ],
    [
      'danger those who came to work since',
      [waits('x', { ...danger, asked: ['a'] })],
      [duty('a', { offers: ['x'] }), b],
      { x: ['b'] },
    ],
    ['who holds an offer no routine one more', [waits('y')], [duty('a', { offers: ['r'] })], {}],
    [
      'nobody on a break, paused, writing up, in a call or off',
      [waits('x', danger), waits('y')],
      (['break', 'paused', 'wrapping', 'on-contact', 'off'] as const).map((shift) =>
        duty(shift, { shift })
      ),
      {},
    ],
    ['the key worker first', [waits('x', { keyWorker: 'b' })], [a, b], { x: ['b'] }],
    ['who helped them before', [waits('x', { helpedBy: 'b' })], [a, b], { x: ['b'] }],
    [
      'the key worker before who helped them before',
      [waits('x', { keyWorker: 'b', helpedBy: 'a' })],
      [a, b],
      { x: ['b'] },
    ],
    [
      'who helped them before, while the key worker is busy',
      [waits('x', { keyWorker: 'b', helpedBy: 'c', language: 'so' })],
      [
        duty('a', { languages: ['so'] }),
        duty('b', { shift: 'on-contact' }),
        duty('c', { languages: ['en'] }),
      ],
      { x: ['c'] },
    ],
    [
      'another while the key worker is busy',
      [waits('x', { keyWorker: 'b' })],
      [a, duty('b', { shift: 'break' })],
      { x: ['a'] },
    ],
    [
      'then who speaks the language',
      [waits('x', { language: 'so' })],
      [a, duty('b', { languages: ['en', 'so'] })],
      { x: ['b'] },
    ],
    [
      'the language before the discipline',
      [waits('x', { language: 'so', discipline: 'housing' })],
      [duty('a', { disciplines: ['housing'] }), duty('b', { languages: ['so'] })],
      { x: ['b'] },
    ],
    [
      'both before either',
      [waits('x', { language: 'so', discipline: 'housing' })],
      [
        duty('a', { languages: ['so'] }),
        duty('b', { languages: ['so'], disciplines: ['housing'] }),
      ],
      { x: ['b'] },
    ],
    ['anyone where nobody fits', [waits('x', { language: 'so' })], [a], { x: ['a'] }],
    [
      'who has been free longest',
      [waits('x')],
      [duty('a', { since: '2026-11-02T09:00:00Z' }), b],
      { x: ['b'] },
    ],
    [
      'not who passed, while another is left',
      [waits('x', { passed: ['a'] })],
      [a, b],
      { x: ['b'] },
    ],
    [
      'not who passed, while another writes up',
      [waits('x', { passed: ['a'] })],
      [a, duty('b', { shift: 'wrapping' })],
      {},
    ],
    ['again, once everybody passed', [waits('x', { passed: ['a'] })], [a], { x: ['a'] }],
    [
      'the next in the queue before a second round',
      [waits('x', { passed: ['a'] }), waits('y')],
      [a],
      { y: ['a'] },
    ],
    [
      'danger again at once, once everybody passed',
      [waits('x', { ...danger, passed: ['a', 'b'] })],
      [a, b],
      { x: ['a', 'b'] },
    ],
    [
      'restricted only safeguarding, danger too',
      [waits('x', { restricted: true }), waits('y', { ...danger, restricted: true })],
      [a, duty('s', { roles: ['safeguarding'] })],
      { y: ['s'] },
    ],
    [
      'no supervisor who is no navigator',
      [waits('x', danger)],
      [duty('s', { roles: ['supervisor'] })],
      {},
    ],
    [
      'by voice only a phone that lives',
      [waits('x', danger)],
      [duty('a', { phone: { own: false, heard: '2026-11-02T09:59:44Z' } })],
      {},
    ],
    [
      'by voice no phone that was never heard of',
      [waits('x')],
      [duty('a', { phone: { own: false, heard: null } })],
      {},
    ],
    [
      'by voice their own number',
      [waits('x')],
      [duty('a', { phone: { own: true } })],
      { x: ['a'] },
    ],
    [
      'by text whoever is there',
      [waits('x', { channel: 'sms' })],
      [duty('a', { phone: { own: false, heard: null } })],
      { x: ['a'] },
    ],
    [
      'nobody who asked for ten more minutes',
      [waits('x')],
      [duty('a', { later: { x: '2026-11-02T10:05:00Z' } })],
      {},
    ],
    ['them again after that', [waits('x')], [duty('a', { later: { x: NOW } })], { x: ['a'] }],
  ])('%s', (_, waiting, staff, expected) => expect(asked(waiting, staff)).toEqual(expected))
})

describe('for whom nobody is left', () => {
  it.each<[string, Waiting, OnDuty[], boolean]>([
    ['nobody is at work', waits('x'), [], true],
    ['all are on a break', waits('x'), [duty('a', { shift: 'break' })], true],
    ['all passed', waits('x', { passed: ['a'] }), [a], true],
    [
      'one is in another call, and it can wait',
      waits('x'),
      [duty('a', { shift: 'on-contact' })],
      false,
    ],
    [
      'one is in another call, and it cannot',
      waits('x', danger),
      [duty('a', { shift: 'on-contact' })],
      true,
    ],
    ['somebody is asked', waits('x', { asked: ['a'] }), [duty('a', { offers: ['x'] })], false],
    ['somebody will be asked now', waits('x'), [a], false],
    [
      'only phones that are dead',
      waits('x'),
      [duty('a', { phone: { own: false, heard: null } })],
      true,
    ],
  ])('%s', (_, one, staff, left) =>
    expect(offers([one], staff, NOW).none).toEqual(left ? ['x'] : [])
  )
})

it('offers one danger in the same call as 300 routine ones, to everybody', () => {
  const queue = Array.from({ length: 300 }, (_, at) =>
    waits(`r${at}`, { since: new Date(Date.parse(NOW) - (400 - at) * 1000).toISOString() })
  )
  const last = waits('danger', { ...danger, since: NOW })
  const staff = [duty('a', { offers: ['r0'] }), duty('b', { offers: ['r1'] }), duty('c')]
  const page = [...queue, last]
    .sort((x, y) => (x.rank < y.rank ? -1 : 1))
    .slice(0, rowsNeeded(staff.length))
  expect(asked(page, staff).danger).toEqual(['a', 'b', 'c'])
})

it(`whoever waits and whoever works: nobody is asked who may not be (seed ${seed})`, () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd')
  const one = fc.record({
    channel: fc.constantFrom('voice' as const, 'sms' as const),
    priority: fc.constantFrom('P1' as const, 'P2' as const, 'P3' as const),
    danger: fc.constantFrom(
      'not-asked' as const,
      'cleared' as const,
      'yes' as const,
      'not-sure' as const
    ),
    restricted: fc.boolean(),
    passed: fc.uniqueArray(id),
    asked: fc.uniqueArray(id, { maxLength: 1 }),
    keyWorker: id,
    helpedBy: id,
    since: fc
      .integer({ min: 0, max: 3600 })
      .map((s) => new Date(Date.parse(NOW) - s * 1000).toISOString()),
  })
  const member = fc.record({
    shift: fc.constantFrom(
      'available' as const,
      'on-contact' as const,
      'break' as const,
      'wrapping' as const
    ),
    roles: fc.subarray(['navigator', 'safeguarding']),
    phone: fc.constantFrom({ own: true as const }, { own: false as const, heard: null }),
    offers: fc.subarray(['elsewhere']),
  })
  const both = fc.tuple(fc.array(one, { maxLength: 12 }), fc.tuple(member, member, member, member))
  fc.assert(
    fc.property(both, ([queue, members]) => {
      const waiting = queue.map((but, at) => waits(`c${at}`, but))
      const staff = members.map((but, at) => duty('abcd'[at]!, but))
      const { ask, none } = offers(waiting, staff, NOW)
      const times = new Map<string, number>()
      for (const { contact, to } of ask) {
        const who = waiting.find((w) => w.contact === contact)!
        expect(to.length).toBeGreaterThan(0)
        for (const name of to) {
          const m = staff.find((s) => s.staff === name)!
          expect(m.shift).toBe('available')
          expect(m.roles).toContain(who.restricted ? 'safeguarding' : 'navigator')
          expect(who.channel !== 'voice' || m.phone.own).toBe(true)
          expect(who.asked).not.toContain(name)
          if (who.passed.includes(name)) expect(none).toContain(contact)
          if (asksEverybody(who)) continue
          expect(m.offers).toEqual([])
          times.set(name, (times.get(name) ?? 0) + 1)
        }
      }
      for (const n of times.values()) expect(n).toBe(1)
      // Nobody free is left idle while someone they may take waits unasked.
      const busy = new Set(ask.flatMap(({ to }) => to))
      for (const w of waiting.filter(
        (x) => x.asked.length === 0 && !ask.some((o) => o.contact === x.contact)
      ))
        for (const m of staff.filter(
          (s) => s.shift === 'available' && s.offers.length === 0 && !busy.has(s.staff)
        ))
          if (
            !w.passed.includes(m.staff) &&
            m.roles.includes(w.restricted ? 'safeguarding' : 'navigator')
          )
            expect(w.channel === 'voice' && !m.phone.own).toBe(true)
    }),
    { numRuns: 3000, seed }
  )
})
