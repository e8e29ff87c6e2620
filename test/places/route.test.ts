import { describe, expect, it } from 'vitest'
import type { Priority } from '../../src/conversation/types.ts'
import { CODES, type Code } from '../../src/flows/outcomes.ts'
import type { RoutedPerson } from '../../src/places/area.ts'
import { coverAt } from '../../src/places/cover.ts'
import { openCodes, openingStates, placeOfNumber } from '../../src/places/opening.ts'
import { lineTo, route } from '../../src/places/route.ts'
import type { Place } from '../../src/places/schema.ts'
import { calendar, shipped } from './shipped.ts'

const lewisham = shipped('lewisham')
const southwark = shipped('southwark')
const southampton = shipped('southampton')

/** A Tuesday in winter, when London is on UTC. */
const at = (time: string, date = '2027-01-12'): string => `${date}T${time}:00.000Z`
const downham: RoutedPerson = { practice: 'G85057', adult: 'yes' }
const unregistered: RoutedPerson = {}

const go = (
  place: Place,
  code: Code,
  person: RoutedPerson,
  now: string,
  within?: string,
  priority?: Priority
) => route(place, calendar, code, person, now, within, priority)

describe('whose team', () => {
  it.each<[string, Place, Code, RoutedPerson, string, string]>([
    [
      'registered at Downham',
      lewisham,
      'CSD',
      downham,
      'Neighbourhood 3',
      'practice G85057 → Neighbourhood 3',
    ],
    [
      'registered there, living elsewhere in it',
      lewisham,
      'CSD',
      { practice: 'G85057', postcode: 'SE4 2LA' },
      'Neighbourhood 3',
      'practice G85057 → Neighbourhood 3',
    ],
    [
      'no practice, an address',
      lewisham,
      'CRT',
      { postcode: 'SE6 1AT' },
      'Neighbourhood 3',
      'postcode SE6 → Neighbourhood 3',
    ],
    [
      'a keyed postcode',
      lewisham,
      'CRT',
      { postcode: 'SE8 4' },
      'Neighbourhood 1',
      'postcode SE8 → Neighbourhood 1',
    ],
    [
      'no practice and no address',
      lewisham,
      'CSD',
      unregistered,
      'Neighbourhood 2',
      'place default → Neighbourhood 2',
    ],
    [
      'a practice of another place',
      lewisham,
      'CSD',
      { practice: 'J82217', postcode: 'SE6 1AT' },
      'Neighbourhood 3',
      'postcode SE6 → Neighbourhood 3',
    ],
    [
      'north Southwark',
      southwark,
      'CSD',
      { practice: 'G85705' },
      'North Southwark Local Care Network',
      'practice G85705 → North Southwark Local Care Network',
    ],
    [
      'SE1 is not SE15',
      southwark,
      'CSD',
      { postcode: 'SE15 4NN' },
      'South Southwark Local Care Network',
      'postcode SE15 → South Southwark Local Care Network',
    ],
    [
      'the homeless team',
      southampton,
      'CSD',
      { practice: 'J82217' },
      'Cluster 1',
      'practice J82217 → Cluster 1',
    ],
    [
      'a key worker',
      lewisham,
      'KEYW',
      downham,
      'Neighbourhood 3',
      'practice G85057 → Neighbourhood 3',
    ],
    [
      "a federation's hub",
      southwark,
      'GPX',
      { practice: 'G85001' },
      'GP extended access hub (south)',
      'practice G85001 → South Southwark Local Care Network',
    ],
    [
      'safeguarding, where the person is',
      lewisham,
      'SAFE',
      { ...downham, postcode: 'SE8 4BG' },
      'Adult safeguarding',
      'Adult safeguarding, for all of Lewisham; postcode SE8 → Neighbourhood 1',
    ],
    [
      'one for the place',
      southwark,
      'UCR2',
      { practice: 'G85705' },
      'Enhanced Rapid Response',
      'Enhanced Rapid Response, for all of Southwark; practice G85705 → North Southwark Local Care Network',
    ],
  ])('%s', (_name, place, code, person, team, rule) => {
    const found = go(place, code, person, at('14:20'))
    expect([found.team, found.rule, found.takesNow]).toEqual([team, rule, true])
  })

  it('gives the number of the team itself', () => {
    expect(go(lewisham, 'CSD', downham, at('14:20')).number).toBe('+442079460123')
    expect(go(southwark, 'GPX', { practice: 'G85001' }, at('14:20')).number).toBe('+442079460246')
    expect(go(lewisham, 'UCR2', downham, at('14:20')).number).toBe('+442079460130')
  })
})

const EXPECTED = { service: '', ring: null, takes: true, also: [] as Code[] }
type Expected = Partial<Omit<typeof EXPECTED, 'ring'>> & { ring?: string | null }

describe('when, and who instead', () => {
  it.each<[string, Place, Code, string, Expected]>([
    ['two hours, at 14:20', lewisham, 'UCR2', at('14:20'), { service: 'rapid', ring: at('14:50') }],
    [
      'two hours, on a Sunday',
      lewisham,
      'UCR2',
      at('14:20', '2027-01-17'),
      { service: 'rapid', ring: at('14:50', '2027-01-17') },
    ],
    [
      'two hours, on Christmas Day',
      lewisham,
      'UCR2',
      at('14:20', '2026-12-25'),
      { service: 'rapid', ring: at('14:50', '2026-12-25') },
    ],
    [
      'two hours, the last promise',
      lewisham,
      'UCR2',
      at('18:00'),
      { service: 'rapid', ring: at('18:30') },
    ],
    [
      'two hours, a minute too late',
      lewisham,
      'UCR2',
      at('18:01'),
      { service: 'navigators', ring: at('19:01'), also: ['E111', 'CALL'] },
    ],
    [
      'two hours, at 19:50',
      lewisham,
      'UCR2',
      at('19:50'),
      { service: 'navigators', ring: at('08:50', '2027-01-13'), also: ['E111', 'CALL'] },
    ],
    [
      'two hours, at 21:10',
      lewisham,
      'UCR2',
      at('21:10'),
      {
        service: 'navigators',
        ring: at('09:00', '2027-01-13'),
        takes: false,
        also: ['E111', 'CALL'],
      },
    ],
    [
      '@home at night',
      lewisham,
      'ATHM',
      at('21:10'),
      {
        service: 'navigators',
        ring: at('09:00', '2027-01-13'),
        takes: false,
        also: ['E111', 'CALL'],
      },
    ],
    ['on the floor by day', lewisham, 'LIFT', at('14:20'), { service: 'lifting', ring: null }],
    [
      'on the floor at night',
      lewisham,
      'LIFT',
      at('02:00'),
      { service: 'cover', ring: null, also: ['E999'] },
    ],
    [
      'on the floor at night, where lifting never sleeps',
      southwark,
      'LIFT',
      at('02:00'),
      { service: 'lifting', ring: null },
    ],
    [
      'on the floor at night in Southampton',
      southampton,
      'LIFT',
      at('02:00'),
      { service: 'cover', ring: null, also: ['E999'] },
    ],
    ['999 at night', lewisham, 'E999', at('02:00'), { service: 'cover', ring: null }],
    ['a crisis at night', lewisham, 'EMH', at('02:00'), { service: 'crisis', ring: null }],
    [
      'safeguarding in office hours',
      lewisham,
      'SAFE',
      at('10:00'),
      { service: 'safe-adult', ring: at('17:00') },
    ],
    [
      'safeguarding on a bank holiday',
      lewisham,
      'SAFE',
      at('10:00', '2027-01-01'),
      { service: 'duty-out-of-hours', ring: at('11:00', '2027-01-01') },
    ],
    [
      'rang off in the danger check at night',
      lewisham,
      'HOLD',
      at('02:00'),
      { service: 'cover', ring: at('02:30') },
    ],
    [
      'a nurse the same day',
      lewisham,
      'CSD',
      at('10:00'),
      { service: 'cluster', ring: at('12:00') },
    ],
    [
      'a nurse, asked for late',
      lewisham,
      'CSD',
      at('19:30'),
      { service: 'cluster', ring: at('09:30', '2027-01-13') },
    ],
    [
      'a nurse, asked for at night',
      lewisham,
      'CSD',
      at('22:00'),
      { service: 'cluster', ring: at('10:00', '2027-01-13'), takes: false },
    ],
    [
      'a key worker in the evening',
      lewisham,
      'KEYW',
      at('18:00'),
      { service: 'cluster', ring: at('20:00') },
    ],
    [
      'a key worker at night',
      lewisham,
      'KEYW',
      at('22:00'),
      { service: 'cluster', ring: at('20:00', '2027-01-13'), takes: false },
    ],
    [
      'falls classes before Easter',
      lewisham,
      'FALL',
      at('18:00', '2027-03-25'),
      { service: 'falls', ring: '2027-04-06T16:00:00.000Z', takes: false },
    ],
    [
      'a carer at the weekend',
      lewisham,
      'CARE',
      at('10:00', '2027-01-16'),
      { service: 'navigators', ring: at('20:00', '2027-01-19') },
    ],
    [
      'a repair at the weekend',
      lewisham,
      'HOUS',
      at('10:00', '2027-01-16'),
      { service: 'duty-out-of-hours', ring: at('11:00', '2027-01-16') },
    ],
    [
      'a navigator at night is for the morning, not for cover',
      lewisham,
      'NAV',
      at('22:00'),
      { service: 'navigators', ring: at('20:00', '2027-01-14'), takes: false },
    ],
    [
      'information is never later than its standard',
      lewisham,
      'INFO',
      at('22:00'),
      { service: 'navigators', ring: at('20:00', '2027-01-14'), takes: false },
    ],
    [
      'a call back at night',
      lewisham,
      'CALL',
      at('22:00'),
      { service: 'navigators', ring: at('09:00', '2027-01-13'), takes: false },
    ],
  ])('%s', (_name, place, code, now, expected) => {
    const found = go(place, code, { adult: 'yes' }, now)
    const ring = found.ringBack?.due ?? null
    const { service, takesNow: takes, alsoCodes: also } = found
    expect({ service, ring, takes, also }).toEqual({ ...EXPECTED, ...expected })
  })

  it('says what was closed, and what was tried instead', () => {
    expect(go(lewisham, 'UCR2', downham, at('21:10')).moved).toEqual([
      'Rapid response is closed → E111 + CALL',
      'E111: Care navigators is closed → cover: Night desk',
      'CALL: Care navigators is closed → its next opening',
    ])
    expect(go(lewisham, 'UCR2', downham, at('14:20')).moved).toEqual([])
  })

  it('the standard runs from now, whoever is open', () => {
    const standard = (code: Code, now: string) => go(lewisham, code, downham, now).standard?.due
    expect(standard('UCR2', at('14:20'))).toBe(at('16:20'))
    expect(standard('CSD', at('14:20'))).toBe(at('20:00'))
    expect(standard('CSD', at('22:00'))).toBe(at('20:00', '2027-01-13'))
    expect(standard('REA2', at('22:00'))).toBe(at('22:00', '2027-01-14'))
    expect(standard('CRT', at('22:00'))).toBe(at('20:00', '2027-01-19'))
    expect(standard('SAIL', at('10:00'))).toBe(at('10:00', '2027-01-26'))
  })
})

describe('promised by the flow', () => {
  it.each<[string, Code, string, string | undefined, Priority | undefined, string, string]>([
    [
      'a muddled person within 15 minutes',
      'UCR2',
      at('14:20'),
      'PT15M',
      undefined,
      'rapid',
      at('14:35'),
    ],
    [
      '15 minutes that rapid response can not give',
      'UCR2',
      at('18:30'),
      'PT15M',
      undefined,
      'navigators',
      at('19:30'),
    ],
    ['a hazard today', 'HOUS', at('10:00'), 'today', undefined, 'housing', at('17:00')],
    [
      'a hazard on a Sunday',
      'HOUS',
      at('10:00', '2027-01-17'),
      'today',
      undefined,
      'duty-out-of-hours',
      at('20:00', '2027-01-17'),
    ],
    [
      'a hazard late at night',
      'HOUS',
      at('23:30'),
      'today',
      undefined,
      'duty-out-of-hours',
      at('00:30', '2027-01-13'),
    ],
    ['a person now', 'CALL', at('10:00'), undefined, 'P1', 'navigators', at('10:05')],
    ['a person soon', 'CALL', at('10:00'), undefined, 'P2', 'navigators', at('10:20')],
    ['a person the same day', 'CALL', at('10:00'), undefined, 'P3', 'navigators', at('20:00')],
    [
      'a person the next day',
      'CALL',
      at('10:00'),
      undefined,
      'P4',
      'navigators',
      at('20:00', '2027-01-13'),
    ],
    ['a person now, at night', 'CALL', at('02:00'), undefined, 'P1', 'cover', at('02:05')],
    ['a person soon, at night', 'CALL', at('02:00'), undefined, 'P2', 'cover', at('02:20')],
    [
      'a person the same day, asked for at night',
      'CALL',
      at('02:00'),
      undefined,
      'P3',
      'navigators',
      at('09:00'),
    ],
    ['a welfare call now', 'HOLD', at('02:00'), undefined, 'P1', 'cover', at('02:05')],
  ])('%s', (_name, code, now, within, priority, service, ring) => {
    const found = go(lewisham, code, { adult: 'yes' }, now, within, priority)
    expect([found.service, found.ringBack?.due]).toEqual([service, ring])
  })
})

describe('who is taken', () => {
  it('a child is safeguarded by the children’s front door', () => {
    const { service, notChecked } = go(lewisham, 'SAFE', { adult: 'no' }, at('10:00'))
    expect([service, notChecked]).toEqual(['safe-child', []])
  })

  it('age not known counts as adult, and says so', () => {
    const found = go(lewisham, 'SAFE', {}, at('10:00'))
    expect([found.service, found.notChecked]).toEqual(['safe-adult', ['age']])
    expect(go(lewisham, 'UCR2', {}, at('10:00')).notChecked).toEqual(['age', 'area'])
    expect(go(lewisham, 'UCR2', { ...downham }, at('10:00')).notChecked).toEqual([])
    expect(go(lewisham, 'ATHM', downham, at('10:00')).notChecked).toEqual(['referrer'])
  })

  it('a child whom the two-hour team may not see has a person in 20 minutes, day or night', () => {
    const day = go(lewisham, 'UCR2', { adult: 'no' }, at('10:00'))
    expect([day.service, day.alsoCodes, day.ringBack?.due]).toEqual([
      'navigators',
      ['E111', 'CALL'],
      at('10:20'),
    ])
    expect(day.moved).toEqual(['Rapid response is not for this age → E111 + CALL'])
    const night = go(lewisham, 'UCR2', { adult: 'no' }, at('02:00'))
    expect([night.service, night.ringBack?.due]).toEqual(['cover', at('02:20')])
  })

  it('a child with a need that can wait is rung by a navigator', () => {
    const found = go(lewisham, 'CSD', { adult: 'no' }, at('10:00'))
    expect([found.service, found.alsoCodes]).toEqual(['navigators', ['CALL']])
  })

  it.each<[string, RoutedPerson, string, Code[]]>([
    ['living in Southwark', { postcode: 'SE15 4NN' }, 'neighbours/southwark', ['OOA']],
    ['living far away', { postcode: 'M1 1AE' }, 'navigators', ['OOA', 'E111', 'CALL']],
    ['not here, by their own word', { here: 'no' }, 'navigators', ['OOA', 'E111', 'CALL']],
    ['living in Southwark, here today', { postcode: 'SE15 4NN', here: 'yes' }, 'rapid', []],
    [
      'living in Southwark, registered here',
      { postcode: 'SE15 4NN', practice: 'G85057' },
      'rapid',
      [],
    ],
    ['registered elsewhere, living here', { postcode: 'SE6 1AT', practice: 'G85705' }, 'rapid', []],
    ['nothing known', {}, 'rapid', []],
  ])('the two-hour team and someone %s', (_name, person, service, also) => {
    const found = go(lewisham, 'UCR2', { ...person, adult: 'yes' }, at('10:00'))
    expect([found.service, found.alsoCodes]).toEqual([service, also])
  })

  it('hands over to the right front door by its own number, and owns it until then', () => {
    const found = go(lewisham, 'OOA', { postcode: 'SE15 4NN' }, at('02:00'))
    expect(found).toMatchObject({
      service: 'neighbours/southwark',
      team: 'Southwark front door',
      number: '+442079460200',
      owner: 'navigator-lead',
      takesNow: true,
    })
  })
})

describe('a place with no cover at night', () => {
  const bare = structuredClone(lewisham)
  bare.cover[1] = {
    hours: { daily: '20:00-08:00' },
    none: true,
    reason: 'no night desk is funded',
    signed: { name: 'A. Example', on: '2026-11-02' },
  }

  it('says why nobody is there', () => {
    expect(coverAt(bare, calendar, at('02:00'))).toEqual({
      none: true,
      reason: 'no night desk is funded',
    })
    expect(coverAt(bare, calendar, at('10:00'))).toEqual({
      organisation: 'Navigators',
      number: '+442079460110',
      second: '+442079460111',
    })
  })

  it('promises no call before the morning, and names its owner', () => {
    const found = go(bare, 'HOLD', {}, at('02:00'))
    expect(found).toMatchObject({ owner: 'navigator-lead', takesNow: false })
    expect(found.ringBack?.due).toBe(at('08:30'))
    expect(found.moved).toEqual([
      'Care navigators is closed and nobody covers: no night desk is funded',
      'Care navigators is closed → its next opening',
    ])
  })

  it('is told apart in the opening states', () => {
    expect(openingStates(bare, calendar, 2027).some(({ cover }) => cover === 'no')).toBe(true)
  })
})

it('every ending holds even where a crisis line sleeps', () => {
  const sleepy = structuredClone(lewisham)
  if (sleepy.services.crisis) sleepy.services.crisis.hours = { daily: '08:00-20:00' }
  const found = go(sleepy, 'EMH', {}, at('02:00'))
  expect(found).toMatchObject({
    service: 'samaritans-111',
    owner: 'navigator-lead',
    takesNow: true,
  })
})

it('knows which codes are taken now', () => {
  expect(openCodes(lewisham, calendar, at('02:00'))).toEqual(['EMH'])
  expect(openCodes(lewisham, calendar, at('10:00'))).toEqual(CODES)
  expect(openCodes(lewisham, calendar, at('18:00'))).toContain('UCR2')
  expect(openCodes(lewisham, calendar, at('18:01'))).not.toContain('UCR2')
  expect(openCodes(lewisham, calendar, at('10:00', '2027-01-01'))).not.toContain('SAFE')
})

it.each([
  ['lewisham', lewisham],
  ['southwark', southwark],
  ['southampton', southampton],
])('%s has few opening states, all staffed', (_name, place) => {
  const states = openingStates(place, calendar, 2027)
  expect(states.length).toBeGreaterThan(3)
  expect(states.length).toBeLessThan(12)
  for (const { open, cover, example } of states) {
    expect(cover).toBe('yes')
    expect(openCodes(place, calendar, example)).toEqual(open)
  }
})

it('finds a place by the number that was rung', () => {
  const places = [lewisham, southwark, southampton]
  expect(placeOfNumber(places, '+442079460201')?.place).toBe('southwark')
  expect(placeOfNumber(places, '+441632960300')?.place).toBe('southampton')
  expect(placeOfNumber(places, '+442079460999')).toBeUndefined()
})

it('gives the line of a service that a flow rings by name', () => {
  expect(lineTo(lewisham, calendar, 'palliative', {}, at('02:00'))).toEqual({
    team: 'Palliative care nurse line',
    number: '+442079460145',
    open: true,
  })
  expect(lineTo(lewisham, calendar, 'broker', downham, at('02:00'))).toEqual({
    team: 'Neighbourhood 3',
    number: '+442079460123',
    open: false,
  })
  expect(lineTo(lewisham, calendar, 'nothing', {}, at('02:00'))).toBeUndefined()
})
