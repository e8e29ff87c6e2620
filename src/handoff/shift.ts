/** Where a member of staff stands. Only who is available is offered anything. */
export const SHIFT_VALUES = [
  'off',
  'available',
  'on-contact',
  'wrapping',
  'break',
  'paused',
] as const
export type ShiftValue = (typeof SHIFT_VALUES)[number]

/** What somebody rests for: a break, or a while after a hard call. */
export type Rest = 'break' | 'paused'

export interface ShiftContext {
  /** Contacts they are asked to take now. */
  offers: readonly string[]
  /** Contacts they are on, or have yet to write up. */
  contacts: readonly { contact: string; now: 'on' | 'wrapping' }[]
  /** What they asked for while they were busy: it comes before any next offer. */
  rest: Rest | null
}

/** A shift as it is saved. */
export interface Shift {
  machine: 'shift'
  version: 1
  value: ShiftValue
  context: ShiftContext
  done: boolean
}

/** Everything a shift can hear. */
export type ShiftHeard =
  /** What a contact makes of it: the `shift` effect of its handoff. */
  | { type: 'OFFERED' | 'TAKEN' | 'WRAPPING' | 'FREE'; contact: string }
  | { type: 'BREAK' | 'PAUSE' | 'BACK' }
  /** They want to go home. `promises` are those they own now. */
  | { type: 'END'; promises: readonly string[] }
  /** They are gone: their role was taken away, or nothing was heard of them. */
  | { type: 'REMOVED'; promises: readonly string[]; why: string }

export type ShiftEffect =
  /** They are not to be asked for this contact: its handoff hears DECLINED. */
  | { kind: 'decline'; contact: string }
  /** They are gone from this contact: its handoff hears LOST. */
  | { kind: 'lost'; contact: string; why: string }
  /** Each needs another living owner before they can go, or has to get one as they are gone. */
  | { kind: 'reassign'; promises: readonly string[]; first: boolean }
  /** Why they cannot go yet. */
  | { kind: 'refused'; why: 'promises' | 'contact'; what: readonly string[] }
  /** Somebody can be asked: the desk looks at the queue. */
  | { kind: 'look' }
  | { kind: 'log'; what: string }

export interface ShiftTurn {
  state: Shift
  effects: readonly ShiftEffect[]
}

const FRESH: ShiftContext = { offers: [], contacts: [], rest: null }

/** Somebody comes to work. */
export const beginShift = (): ShiftTurn => ({
  state: stateOf(FRESH),
  effects: [{ kind: 'log', what: 'available' }, { kind: 'look' }],
})

/**
 * Hears one thing of a shift. Pure. A shift that has ended is never stepped: that throws. A break is guaranteed: asked for
 * while on a contact, it begins as soon as that is written up, and nothing is offered before.
 */
export function stepShift(state: Shift, heard: ShiftHeard): ShiftTurn {
  if (state.done) throw new Error('the shift has ended')
  const { context } = state
  switch (heard.type) {
    case 'OFFERED':
      return offered(state, heard.contact)
    case 'TAKEN':
      return busy(context, heard.contact, 'on')
    case 'WRAPPING':
      return busy(context, heard.contact, 'wrapping')
    case 'FREE':
      return turn(state, without(context, heard.contact))
    case 'BREAK':
      return rest(state, 'break')
    case 'PAUSE':
      return rest(state, 'paused')
    case 'BACK':
      return turn(state, { ...context, rest: null })
    case 'END':
      return end(state, heard.promises)
    case 'REMOVED':
      return removed(state, heard)
  }
}

/** Whether they may take a contact: they are in no other call. One they write up can be taken again. */
export const mayTake = ({ value, context }: Shift, contact: string): boolean =>
  (value === 'available' || value === 'wrapping') &&
  context.contacts.every((one) => one.contact === contact)

function offered(state: Shift, contact: string): ShiftTurn {
  if (state.value !== 'available') return { state, effects: [{ kind: 'decline', contact }] }
  const offers = [...new Set([...state.context.offers, contact])]
  return turn(state, { ...state.context, offers })
}

/** They are on a contact: whatever else they were asked is for others. */
function busy(before: ShiftContext, contact: string, now: 'on' | 'wrapping'): ShiftTurn {
  const { contacts } = without(before, contact)
  const others = before.offers.filter((one) => one !== contact)
  const context = { ...before, offers: [], contacts: [...contacts, { contact, now }] }
  const state = stateOf(context)
  return { state, effects: [...others.map(decline), { kind: 'log', what: state.value }] }
}

function rest(state: Shift, kind: Rest): ShiftTurn {
  const { context } = state
  const next = turn(state, { ...context, offers: [], rest: kind })
  return { ...next, effects: [...context.offers.map(decline), ...next.effects] }
}

function end(state: Shift, promises: readonly string[]): ShiftTurn {
  const { contacts, offers } = state.context
  const on = contacts.map(({ contact }) => contact)
  const refused: ShiftEffect[] = []
  if (on.length > 0) refused.push({ kind: 'refused', why: 'contact', what: on })
  if (promises.length > 0)
    refused.push(
      { kind: 'refused', why: 'promises', what: promises },
      { kind: 'reassign', promises, first: true }
    )
  if (refused.length > 0) return { state, effects: refused }
  return { state: OFF, effects: [...offers.map(decline), { kind: 'log', what: 'off' }] }
}

function removed(
  { context }: Shift,
  { promises, why }: Extract<ShiftHeard, { type: 'REMOVED' }>
): ShiftTurn {
  const all = [...context.offers, ...context.contacts.map(({ contact }) => contact)]
  const effects: ShiftEffect[] = all.map((contact) => ({ kind: 'lost', contact, why }))
  if (promises.length > 0) effects.push({ kind: 'reassign', promises, first: false })
  return { state: OFF, effects: [...effects, { kind: 'log', what: `off: ${why}` }] }
}

const OFF: Shift = { machine: 'shift', version: 1, value: 'off', context: FRESH, done: true }

const decline = (contact: string): ShiftEffect => ({ kind: 'decline', contact })

const without = (context: ShiftContext, contact: string): ShiftContext => ({
  ...context,
  offers: context.offers.filter((one) => one !== contact),
  contacts: context.contacts.filter((one) => one.contact !== contact),
})

function turn(before: Shift, context: ShiftContext): ShiftTurn {
  const state = stateOf(context)
  if (state.value === before.value) return { state, effects: [] }
  const look: ShiftEffect[] = state.value === 'available' ? [{ kind: 'look' }] : []
  return { state, effects: [{ kind: 'log', what: state.value }, ...look] }
}

function stateOf(context: ShiftContext): Shift {
  const is = (now: 'on' | 'wrapping') => context.contacts.some((one) => one.now === now)
  const busyWith = is('on') ? 'on-contact' : is('wrapping') ? 'wrapping' : undefined
  const value = busyWith ?? context.rest ?? 'available'
  return { machine: 'shift', version: 1, value, context, done: false }
}
