import type { FakeDesk } from './fake-desk.ts'

const id = (n: number) => `019ab000-0000-7000-8000-0000000000${String(n).padStart(2, '0')}`

/** A busy quarter of an hour at Lewisham: what pages look like with something in them. */
export function sample(desk: FakeDesk): void {
  desk.add({
    contact: id(1),
    ref: '07113706',
    level: 'emergency',
    priority: 'P1',
    danger: 'not-asked',
    codes: [],
    answers: [],
    inTheirWords: 'I need somebody now, please',
    since: '2026-11-24T14:19:20Z',
    asked: ['farah', 'gwen', 'ines'],
    route: null,
    consent: null,
    flags: ['Somebody may hear them', 'Not safe to ring'],
  })
  desk.add({
    contact: id(2),
    ref: '14227400',
    asked: ['farah'],
    people: {
      relay: false,
      nextOfKin: true,
      keyWorker: { staff: 'gwen', by: 'farah', at: '2026-11-02T10:00:00Z' },
      agreed: [
        {
          ...{ id: 'a1', relation: 'carer', name: 'Bea', number: '+447700900456', may: 'plans' },
          ...{ by: 'farah', at: '2026-11-02T10:00:00Z' },
        },
      ],
    },
  })
  desk.add({
    contact: id(3),
    ref: '21341095',
    channel: 'sms',
    level: 'soon',
    priority: 'P3',
    language: 'pl',
    since: '2026-11-24T14:02:00Z',
    handoff: { value: 'waiting', legs: [] },
    asked: [],
  })
  desk.add({ contact: id(4), ref: '28454807', restricted: true, asked: [] })
  desk.add({
    contact: id(5),
    ref: '35568504',
    level: 'routine',
    priority: 'P4',
    codes: ['CSD'],
    handoff: {
      value: 'connected',
      by: 'gwen',
      legs: [
        { label: 'caller', kind: 'caller', who: 'caller', is: 'in', muted: false },
        { label: 'staff:gwen', kind: 'staff', who: 'gwen', is: 'in', muted: false },
        { label: 'team:cluster', kind: 'team', who: 'cluster', is: 'ringing', muted: false },
      ],
    },
    promises: [
      promise(id(5), '35568504', 'CSD', 'farah', '2026-11-24T16:20:00Z'),
      promise(id(5), '35568504', 'NAV', 'duty-lead', '2026-11-25T17:00:00Z'),
      {
        ...promise(id(5), '35568504', 'NEXT', 'gwen', '2026-11-25T11:00:00Z'),
        words: 'Ring the pharmacy about the weekly boxes',
      },
    ],
  })
  desk.add({
    contact: id(6),
    ref: '42682190',
    handoff: { value: 'done', legs: [] },
    people: {
      relay: true,
      nextOfKin: false,
      keyWorker: { staff: 'gwen', by: 'farah', at: '2026-11-02T10:00:00Z' },
      from: '14227400',
      died: { by: 'farah', at: '2026-11-24T13:00:00Z' },
    },
    promises: [
      promise(id(6), '42682190', 'UCR2', 'farah', '2026-11-24T13:50:00Z', true),
      promise(id(6), '42682190', 'WELF', 'duty-lead', '2026-11-24T14:25:00Z'),
    ],
  })
  desk.shifts.set('farah', 'available')
  desk.shifts.set('gwen', 'on-contact')
  desk.shifts.set('hari', 'break')
  desk.phones.set('farah', 'softphone')
  desk.phones.set('gwen', 'number')
  desk.services.set('broker', {
    service: 'broker',
    name: 'Care brokerage',
    now: 'red',
    reason: 'No carers for new packages until tomorrow',
    until: '2026-11-25T08:00:00Z',
    replacement: 'cluster',
  })
}

const promise = (
  contact: string,
  ref: string,
  code: string,
  owner: string,
  due: string,
  late = false
) => ({ contact, ref, code, owner, due, late })
