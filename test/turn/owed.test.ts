import { describe, expect, it } from 'vitest'
import { readContent } from '../../src/door/folders.ts'
import type { Clock, Contact } from '../../src/record/contact.ts'
import { givenOf, owedCalls } from '../../src/turn/owed.ts'

const { places } = readContent({ flows: 'flows', places: 'places', locales: 'locales' })
const { place } = places.get('southwark')!
const NOW = '2026-11-24T14:20:00.000Z'
const MOBILE = '+447700900123'
const due = (minutes: number) => new Date(Date.parse(NOW) + minutes * 60_000).toISOString()

const clock = (but: Partial<Clock> = {}): Clock => ({
  ...{ name: 'ringBack', code: 'PERSON', owner: 'navigator-lead', due: due(5), state: 'running' },
  ...but,
})
const contact = (but: Partial<Contact> = {}, person: Partial<Contact['person']> = {}) =>
  ({
    ...{ codes: [], clocks: [clock()], level: 'soon', priority: 'P1', conversation: null },
    person: { address: MOBILE, phone: 'mobile', ...person },
    ...but,
  }) as unknown as Contact

describe('which promises are the front door’s own', () => {
  it.each<[string, Partial<Clock>, boolean]>([
    ['of the navigators', {}, true],
    ['of somebody on the roster', { code: 'NEXT', owner: 'asha' }, true],
    ['of the navigators as a service', { code: 'NEXT', owner: 'navigators' }, true],
    ['of the cover that they are by day', { owner: 'Navigators' }, true],
    ['missed: it is still owed', { state: 'missed' }, true],
    ['of the cover at night, which we ring for it', { owner: 'Night desk' }, true],
    ['of a service that rings itself', { code: 'UCR2', owner: 'shift-lead' }, false],
    ['a call promised by another service', { code: 'NEXT', owner: 'rapid' }, false],
    ['kept', { state: 'met' }, false],
    ['a look that is owed', { name: 'check', code: 'E999' }, false],
  ])('%s', (_, but, owed) => {
    expect(owedCalls(place, contact({ clocks: [clock(but)] })).length > 0).toBe(owed)
  })
})

describe('who may be rung, and texted before', () => {
  const given = (but: Partial<Contact> = {}, person: Partial<Contact['person']> = {}) =>
    givenOf(place, contact(but, person), NOW)
  it.each<[string, Partial<Contact>, Partial<Contact['person']>, boolean | null]>([
    ['a mobile', {}, {}, true],
    ['another number they gave', {}, { ringOn: '+447700900124' }, false],
    ['overheard', {}, { overheard: true }, false],
    ['about safety', {}, { need: 'safety' }, false],
    ['about somebody under 18', {}, { adult: 'no' }, false],
    ['a matter of safeguarding', { codes: ['SAFE'] }, {}, false],
    ['a restricted contact', { restricted: true }, {}, false],
    ['not safe to ring', {}, { unsafe: true }, null],
    ['a number that nothing may reach', { notThese: [MOBILE] }, {}, null],
    ['a number that is hidden', {}, { address: 'withheld' }, null],
    ['a number of another country', {}, { address: '+33123456789' }, null],
  ])('%s', (_, but, person, text) => {
    expect(given(but, person)?.textSafe ?? null).toBe(text)
  })
  it.each<[string, Partial<Contact>, string, string]>([
    ['within five minutes', {}, 'P1', due(0)],
    ['within twenty', { clocks: [clock({ due: due(20) })] }, 'P2', due(0)],
    ['today: in the last hour of it', { clocks: [clock({ due: due(180) })] }, 'P3', due(120)],
    ['what staff said', { clocks: [clock({ code: 'NEXT', owner: 'asha' })] }, 'P4', due(0)],
  ])('%s', (_, but, priority, at) => {
    expect(given(but)).toMatchObject({ priority, at })
  })
  it('next of kin as the record has it', () => {
    expect(given({}, { nextOfKin: true })).toMatchObject({ nextOfKin: true })
  })
  it('through Relay UK a person rings, from a desk phone', () => {
    expect(given({}, { relay: true })).toBeNull()
  })
})
