import { describe, expect, it } from 'vitest'
import type { Contact } from '../../src/record/contact.ts'
import { keptUntil, PERIODS, readPeriods, retentionReport } from '../../src/record/retention.ts'
import { person } from '../store/sample.ts'

const adult: Contact = person(1, { codes: ['CSD'], updatedAt: '2026-02-28T10:00:00.000Z' })
const child: Contact = { ...adult, person: { ...adult.person, adult: 'no' } }
const asked: Contact = { ...adult, codes: [] }

it.each([
  ['an adult', adult, '2034-02-28T10:00:00Z'],
  ['a child', child, '2051-02-28T10:00:00Z'],
  ['a question', asked, '2028-02-28T10:00:00Z'],
])('%s is kept to the minute', (_who, contact, until) =>
  expect(keptUntil(contact, PERIODS)).toBe(until)
)

describe('day by day', () => {
  const due = (now: string, held = false) =>
    retentionReport([{ contact: adult, held }], { ...PERIODS, contact: 'P30D' }, now)[0]
  it('nothing is due a moment early, or left out a moment late', () => {
    for (let day = 1; day <= 60; day += 1) {
      const now = new Date(Date.parse(adult.updatedAt) + day * 86_400_000)
      expect(due(now.toISOString())?.due).toBe(day >= 30 ? 1 : 0)
      expect(due(new Date(now.getTime() - 1).toISOString())?.due).toBe(day > 30 ? 1 : 0)
    }
  })
  it('a hold wins over any age', () =>
    expect(due('2099-01-01T00:00:00Z', true)).toMatchObject({ due: 0, held: 1, kept: 1 }))
})

it.each([
  ['', []],
  ['contact:P10Y,child:P26Y', []],
  ['contact:8 years', ['gives contact no period like P8Y']],
  ['contact:P', ['gives contact no period like P8Y']],
  ['dog:P1Y', ['names dog; it may name child, information, contact']],
])('periods as %s', (text, faults) => expect(readPeriods(text).faults).toEqual(faults))
