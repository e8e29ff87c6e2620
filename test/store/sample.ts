import type { Context } from '../../src/conversation/types.ts'
import type { Contact, LogEntry } from '../../src/record/contact.ts'
import type { Commit, OutboxRow, TimerRow } from '../../src/store/contract.ts'

/** The minute a test's contact was last touched; minute 0 is nine in the morning. */
export const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 9, minute)).toISOString()

/** Ids sort by when they were made, as UUIDv7 does. */
const idOf = (n: number) => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`

type Change = Partial<
  Pick<Contact, 'turn' | 'place' | 'status' | 'level' | 'codes' | 'conversation' | 'updatedAt'>
> & { address?: string; team?: string; call?: string }

/** The nth person to reach us, part way through telling what is wrong. */
export function person(n: number, change: Change = {}): Contact {
  const { address = `+44770090${1000 + n}`, team, call, ...rest } = change
  const route = {
    code: 'CSD',
    team: team ?? '',
    service: 'nursing',
    owner: 'Ann',
    rule: 'practice',
  }
  return {
    schema: 2,
    id: idOf(n),
    ref: String(20_000_000 + n),
    place: 'southwark',
    partition: 'southwark:01',
    turn: 1,
    channel: 'voice',
    status: 'open',
    codes: [],
    level: 'information',
    priority: null,
    route: team === undefined ? null : route,
    routes: team === undefined ? [] : [route],
    clocks: [],
    consent: null,
    flow: { flow: 'front-door', version: 1, release: 'r1', placeFile: 'p1' },
    person: { address, phone: 'mobile' },
    conversation: talking(n, call),
    entries: 1,
    createdAt: at(n),
    updatedAt: at(n),
    ...rest,
  }
}

function talking(n: number, call: string | undefined): Contact['conversation'] {
  // The store never looks inside, so that the test need not follow every field a conversation may remember.
  const context = { form: 'self', adult: 'unknown', attempt: 1, kept: {} } as unknown as Context
  return {
    id: `${idOf(n)}-talk`,
    channel: 'voice',
    lang: 'en',
    state: {
      machine: 'front-door',
      version: 1,
      value: 'danger/breathing',
      context,
      done: false,
    },
    ...(call === undefined ? {} : { call }),
    turn: 1,
    startedAt: at(n),
    lastAt: at(n),
  }
}

/** Everything one turn saves: by default the person said no and is asked the next question. */
export function turn(contact: Contact, change: Partial<Commit> = {}): Commit {
  return {
    contact,
    expected: contact.turn - 1,
    log: [line(contact.turn)],
    outbox: [],
    timers: [],
    ...change,
  }
}

export const line = (seq: number, change: Partial<LogEntry> = {}): LogEntry => ({
  seq,
  at: at(seq),
  kind: 'asked',
  channel: 'voice',
  step: 'danger/breathing',
  heard: 'no',
  said: 'Are you badly short of breath?',
  ...change,
})

export const reply = (body: string) => ({ status: 200, type: 'text/xml', body })

export function row(contact: Contact, n: number, change: Partial<OutboxRow> = {}): OutboxRow {
  return {
    id: `${contact.id}:${contact.turn}:${n}`,
    contact: contact.id,
    recipient: contact.person.address,
    kind: 'text',
    body: { words: 'A nurse will ring you' },
    due: at(0),
    tries: 0,
    state: 'waiting',
    ...change,
  }
}

export const timer = (contact: Contact, name: string, minute: number): TimerRow => ({
  id: `${contact.id}:${name}`,
  contact: contact.id,
  due: at(minute),
  turn: contact.turn,
  event: { type: 'SILENCE' },
})

/** The nth of fifteen turns of a whole call, as long as calls are, saved as its contact's turn of that number. */
export function nthTurn(who: number, n: number, saved = n) {
  const done = n === 15
  const contact = person(who, {
    turn: saved,
    call: `CA${String(who).padStart(32, '0')}`,
    ...(done ? { codes: ['CSD', 'FALL'], team: 'peckham', status: 'promised' } : {}),
  })
  contact.person.inTheirWords = `I am number ${who} and I have had a fall in the kitchen`
  if (contact.conversation !== null) contact.conversation.state.done = done
  return turn(contact, {
    webhook: { id: `CA${who}:${n}`, reply: reply('<Say/>'.repeat(150)) },
    log: [
      line(2 * n, { kind: 'heard', step: `visit/step-${n}` }),
      line(2 * n + 1, {
        step: `visit/step-${n}`,
        said: `Question ${n}? ${'Press 1 for yes. '.repeat(12)}`,
      }),
    ],
    timers: done ? [] : [timer(contact, 'silence', n + 1)],
    cleared: [`${contact.id}:silence`],
  })
}
