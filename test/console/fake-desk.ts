import type { Actor, ActResult, StaffAct } from '../../src/handoff/acts.ts'
import type { Leg } from '../../src/handoff/types.ts'
import type { LogEntry } from '../../src/record/contact.ts'
import type {
  ContactView,
  PromiseView,
  ShiftValue,
  StaffView,
  StatusView,
  Story,
  Views,
  WaitingView,
} from '../../src/record/views.ts'
import { shipped } from '../app/opened.ts'

type Kept = Omit<ContactView, 'handoff'> & {
  handoff: { value: WaitingView['value']; by?: string; legs: Leg[] }
  asked: string[]
  timeline: LogEntry[]
  promises: PromiseView[]
}

export const NOW = '2026-11-24T14:20:00Z'

/** A desk of cardboard: it keeps what the console is shown, takes its acts, and says what it was asked. */
export class FakeDesk {
  now = NOW
  readonly contacts = new Map<string, Kept>()
  readonly shifts = new Map<string, ShiftValue>()
  readonly phones = new Map<string, StaffView['phone']>()
  readonly services = new Map<string, StatusView>()
  readonly acted: { actor: Actor; act: StaffAct }[] = []
  readonly alive: string[] = []
  readonly listeners = new Set<() => void>()
  /** How far a contact is as soon as somebody took it. */
  joins: 'accepted' | 'connected' = 'connected'
  /** What the next act is answered with. */
  answer: ActResult | undefined

  change(): void {
    for (const listener of this.listeners) listener()
  }

  changed = (_place: string, onChange: () => void) => {
    const own = () => onChange()
    this.listeners.add(own)
    return () => void this.listeners.delete(own)
  }

  phoneAlive = async (place: string, staff: string) => {
    this.alive.push(`${place}/${staff}`)
    this.phones.set(staff, 'softphone')
  }

  add(given: Partial<Kept> & Pick<Kept, 'contact' | 'ref'>): Kept {
    const kept = { ...story(), ...given }
    this.contacts.set(kept.contact, kept)
    return kept
  }

  private all = (place: string) => [...this.contacts.values()].filter((one) => one.place === place)

  views: Views = {
    story: async (place, contact): Promise<Story | null> =>
      this.all(place).find((one) => one.contact === contact) ?? null,
    queue: async (place) =>
      this.all(place)
        .filter(({ handoff }) =>
          ['waiting', 'offered', 'accepted', 'connected', 'wrapping'].includes(handoff.value)
        )
        .map((one) => ({
          ...one,
          value: one.handoff.value,
          priority: one.priority ?? 'P3',
          wants: true,
          ...(one.handoff.by && { by: one.handoff.by }),
        })),
    staff: async (place) =>
      (shipped().places.get(place)?.place.staff ?? []).map(({ id, name }) => ({
        staff: id,
        name,
        shift: this.shifts.get(id) ?? 'off',
        since: '2026-11-24T08:00:00Z',
        offers: this.all(place)
          .filter((one) => one.handoff.value === 'offered' && one.asked.includes(id))
          .map(({ contact }) => contact),
        phone: this.phones.get(id) ?? 'none',
        ...this.on(place, id),
      })),
    promises: async (place, owner) =>
      this.all(place)
        .flatMap(({ promises }) => promises)
        .filter((one) => owner === undefined || one.owner === owner),
    statuses: async (place) => {
      const all = shipped().places.get(place)?.place.services ?? {}
      return Object.keys(all).map(
        (service) =>
          this.services.get(service) ?? {
            service,
            name: all[service]?.name ?? service,
            now: 'green',
            reason: '',
          }
      )
    },
    contact: async (place, ref) => this.all(place).find((one) => one.ref === ref) ?? null,
    changes: async () => 1,
  }

  private on(place: string, id: string) {
    const one = this.all(place).find(
      ({ handoff }) =>
        handoff.by === id && ['accepted', 'connected', 'wrapping'].includes(handoff.value)
    )
    return one ? { contact: one.contact } : {}
  }

  act = async (actor: Actor, act: StaffAct): Promise<ActResult> => {
    this.acted.push({ actor, act })
    const said = this.answer ?? this.take(actor, act)
    this.answer = undefined
    this.change()
    return said
  }

  private take({ staff }: Actor, act: StaffAct): ActResult {
    if (act.do === 'shift') {
      this.shifts.set(staff, act.to === 'start' ? 'available' : act.to === 'end' ? 'off' : act.to)
      return { ok: true, words: 'Your shift is set.' }
    }
    if (act.do === 'status') {
      const { service, now, reason } = act
      this.services.set(service, { service, name: service, now, reason })
      return { ok: true, words: 'Set.' }
    }
    if (act.do === 'end-shift') {
      this.shifts.set(act.staff, 'off')
      return { ok: true, words: 'Ended.' }
    }
    const one = this.contacts.get(act.contact)
    if (!one) return { ok: false, words: 'No such contact.' }
    return this.onContact(one, staff, act)
  }

  private onContact(one: Kept, staff: string, act: StaffAct): ActResult {
    const { handoff } = one
    if (act.do === 'accept') {
      if (handoff.by) return { ok: false, words: 'Somebody else has taken it.' }
      one.handoff = { value: this.joins, by: staff, legs: [leg('caller'), leg(`staff:${staff}`)] }
      this.shifts.set(staff, 'on-contact')
      return { ok: true, words: 'It is yours. You are being joined.' }
    }
    if (act.do === 'decline') one.asked = one.asked.filter((id) => id !== staff)
    if (act.do === 'bring')
      handoff.legs.push({ ...leg(`team:${act.service ?? act.name}`), is: 'ringing' })
    if (act.do === 'hold') set(handoff.legs, act.label, { is: act.on ? 'held' : 'in' })
    if (act.do === 'mute') set(handoff.legs, act.label, { muted: act.on })
    if (act.do === 'drop') set(handoff.legs, act.label, { is: 'left' })
    if (act.do === 'drop' && act.label === 'caller') handoff.value = 'wrapping'
    if (act.do === 'leave') handoff.value = 'wrapping'
    if (act.do === 'wrap-up') {
      handoff.value = 'done'
      this.shifts.set(staff, 'available')
    }
    if (act.do === 'own')
      for (const promise of one.promises)
        if (promise.code === act.code && promise.due === (act.due ?? promise.due))
          promise.owner = act.owner
    if (act.do === 'close-promise')
      one.promises = one.promises.filter(({ code }) => code !== act.code)
    return { ok: true, words: `Done: ${act.do}.` }
  }
}

const leg = (label: string): Leg => ({
  label,
  kind: label.startsWith('staff') ? 'staff' : label.startsWith('team') ? 'team' : 'caller',
  who: label.replace(/^\w+:/, ''),
  is: 'in',
  muted: false,
})

function set(legs: Leg[], label: string, to: Partial<Leg>): void {
  for (const one of legs) if (one.label === label) Object.assign(one, to)
}

const story = (): Omit<Kept, 'contact' | 'ref'> => ({
  place: 'lewisham',
  channel: 'voice',
  level: 'urgent',
  priority: 'P2',
  danger: 'cleared',
  since: '2026-11-24T14:16:00Z',
  codes: ['UCR2'],
  who: 'other',
  answers: [
    { asked: 'Hard to wake, or fighting for breath?', answer: 'None', danger: true },
    { asked: 'What is it about?', answer: 'A fall, or stuck on the floor', danger: false },
    { asked: 'Can they get up?', answer: 'No', danger: false },
  ],
  inTheirWords: 'My mum fell this morning and she can not stand up on her own',
  name: 'Ada Okafor',
  number: '+447700900123',
  practice: 'The Lewisham Care Partnership',
  language: 'en',
  consent: 'yes',
  route: {
    team: 'Rapid response',
    service: 'rapid-response',
    rule: 'One service for the whole place, open 08:00 to 20:00',
  },
  flags: ['Rang three times this week'],
  restricted: false,
  status: 'open',
  handoff: { value: 'offered', legs: [] },
  asked: ['farah'],
  promises: [],
  people: { relay: false, nextOfKin: false },
  timeline: [
    { seq: 1, at: '2026-11-24T14:16:00Z', kind: 'begin', channel: 'voice', said: 'Hello.' },
    { seq: 2, at: '2026-11-24T14:17:00Z', kind: 'answer', step: 'danger/a', heard: '2' },
    {
      seq: 3,
      at: '2026-11-24T14:18:00Z',
      kind: 'wrapped-up',
      detail: { by: 'farah', outcome: 'helped', carer: 'not-asked', livesAlone: 'not-asked' },
    },
  ],
})
