import type { StaffView, Story } from '../../src/record/views.ts'
import type { Told } from '../../src/words/staff-card.ts'
import { alertCard } from '../../src/words/staff-card-shift.ts'
import type { WrapUpOf } from '../../src/words/staff-card-wrap.ts'
import type { Yours } from '../../src/words/staff-card-yours.ts'

/** An invented contact, as staff are told of it. */
export const story = (more: Partial<Story> = {}): Story => ({
  contact: 'c-1',
  ref: '12345674',
  place: 'southwark',
  channel: 'voice',
  level: 'urgent',
  priority: 'P2',
  danger: 'cleared',
  since: '2026-11-24T14:20:00Z',
  codes: ['UCR2'],
  who: 'other',
  answers: [
    { asked: 'Is anyone hard to wake, or having a fit?', answer: 'No', danger: true },
    { asked: 'What is it about?', answer: 'Ill, or getting worse', danger: false },
  ],
  inTheirWords: 'Mum can not get up and she is not eating',
  name: 'Ada',
  number: '+447700900123',
  language: 'pl',
  consent: 'yes',
  route: { team: 'Rapid response', service: 'ucr', rule: 'the GP practice' },
  flags: ['Not safe to ring'],
  restricted: false,
  ...more,
})

export const told = (more: Partial<Story> = {}, rest: Partial<Told> = {}): Told => ({
  story: story(more),
  turn: 7,
  cards: 'reference',
  place: { name: 'Southwark', zone: 'Europe/London' },
  now: '2026-11-24T14:21:00Z',
  link: 'https://door.example/console/contacts/12345674',
  wants: false,
  ...rest,
})

export const yours = (more: Partial<Story> = {}, rest: Partial<Yours> = {}): Yours => ({
  ...told(more),
  staff: 'asha',
  names: { asha: 'Asha', ben: 'Ben' },
  services: { ucr: 'Rapid response', housing: 'Housing' },
  legs: [
    { label: 'caller', kind: 'caller', who: 'caller', is: 'in', muted: false },
    { label: 'staff:asha', kind: 'staff', who: 'asha', is: 'in', muted: false },
    { label: 'team:ucr', kind: 'team', who: 'ucr', is: 'held', muted: false },
    { label: 'other:1', kind: 'other', who: 'the daughter', is: 'ringing', muted: false },
  ],
  ...rest,
})

export const wrapping: WrapUpOf = {
  contact: 'c-1',
  ref: '12345674',
  turn: 9,
  now: '2026-11-24T14:40:00Z',
  zone: 'Europe/London',
  link: 'https://door.example/console/contacts/12345674',
  owners: { asha: 'Asha', ucr: 'Rapid response' },
}

export const shift = (more: Partial<StaffView> = {}): StaffView => ({
  staff: 'asha',
  name: 'Asha',
  shift: 'available',
  since: '2026-11-24T08:00:00Z',
  offers: [],
  phone: 'softphone',
  ...more,
})

export const alert = (more: Partial<Parameters<typeof alertCard>[0]> = {}) =>
  alertCard({
    contact: 'c-1',
    ref: '12345674',
    turn: 8,
    of: 'danger-words',
    restricted: false,
    cards: 'reference',
    words: 'I can not breathe',
    link: 'https://door.example/console/contacts/12345674',
    ...more,
  })
