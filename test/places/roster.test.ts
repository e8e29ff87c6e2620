import { expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { holds, navigators, staffByEntra, staffOf } from '../../src/places/roster.ts'
import { checkTogether, parsePlace } from '../../src/places/schema.ts'
import { placeText, shipped } from './shipped.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests spoil a file in ways its type forbids
type Loose = any

it.each<[string, (file: Loose) => void, RegExp]>([
  [
    'two people of one name',
    (f) => f.staff.push({ ...f.staff[0], entra: f.staff[0].entra.replace(/0001$/, '0099') }),
    /staff: asha is that of asha and asha; give each their own/,
  ],
  [
    'two people of one Entra id, in other letters',
    (f) => {
      f.staff[0].entra = 'abcdef00-0000-4000-9000-000000000001'
      f.staff[1].entra = 'ABCDEF00-0000-4000-9000-000000000001'
    },
    /staff: abcdef00-.* is that of asha and ben; give each their own/,
  ],
  [
    'nobody who takes contacts',
    (f) => {
      for (const one of f.staff) one.roles = ['auditor']
    },
    /staff: nobody is a navigator;/,
  ],
  [
    'a role that is none',
    (f) => {
      f.staff[0].roles = ['boss']
    },
    /staff\.1\.roles\.1: use one of navigator, supervisor/,
  ],
  [
    'a number that costs more than a call',
    (f) => {
      f.staff[0].number = '+449098790000'
    },
    /staff\.1\.number: write the number with \+/,
  ],
])('a roster with %s is refused', (_, spoil, fault) => {
  const file: Loose = parse(placeText('southwark'))
  spoil(file)
  const { problems = [] } = parsePlace(stringify(file), 'southwark.yaml')
  expect(
    problems.some((one) => fault.test(one)),
    problems.join('\n')
  ).toBe(true)
})

it('finds people by their id here and by their Entra id, and knows what they may do', () => {
  const place = shipped('southwark')
  expect(staffByEntra(place, '00000000-0000-4000-9000-000000010002')?.id).toBe('ben')
  expect(staffByEntra(place, '00000000-0000-4000-9000-000000020001')).toBeUndefined()
  expect(holds(staffOf(place, 'dele'), 'supervisor')).toBe(true)
  expect(holds(staffOf(place, 'efua'), 'navigator')).toBe(false)
  expect(holds(staffOf(place, 'nobody'), 'navigator')).toBe(false)
  expect(navigators(place).map(({ id }) => id)).toEqual(['asha', 'ben', 'carys', 'dele'])
})

it('nobody has the id of somebody at another place: a softphone is rung by it', () => {
  const [southwark, lewisham] = [shipped('southwark'), shipped('lewisham')]
  const [first] = southwark.staff
  const both = [southwark, { ...lewisham, staff: first ? [first] : [] }]
  expect(checkTogether(both).join('\n')).toMatch(/staff asha is of southwark and lewisham; give/)
})
