/** Who answers for a promise: a team, which is always there, or a member of staff while they are on shift. */
export interface Owner {
  kind: 'team' | 'staff'
  id: string
}

export interface OwnedContext {
  owner: Owner
  /** The team that has it whenever nobody else does. */
  team: string
  /** ISO 8601 UTC. */
  due: string
  late: boolean
}

/** A promise and who answers for it, as it is saved. */
export interface Owned {
  machine: 'promise'
  version: 1
  value: 'owned' | 'met' | 'stopped'
  context: OwnedContext
  done: boolean
}

export type OwnedHeard =
  | { type: 'OWN'; owner: Owner; by: string }
  /** The shift of somebody is over, or they are on the roster no more. */
  | { type: 'OWNER_GONE'; staff: string; why: string }
  | { type: 'DUE' }
  | { type: 'CLOSED'; how: 'met' | 'stopped'; by: string }

export type OwnedEffect =
  /** The desk's row of this promise has this owner. */
  | { kind: 'owner'; owner: Owner }
  | { kind: 'refused'; why: 'not-at-work' }
  | { kind: 'late' }
  | { kind: 'log'; what: string; detail?: Readonly<Record<string, unknown>> }

export interface OwnedFacts {
  now: string
  /** Staff ids of those whose shift has not ended. */
  atWork: readonly string[]
}

export interface OwnedTurn {
  state: Owned
  effects: readonly OwnedEffect[]
}

/** A promise is made. Somebody who is not at work cannot own it: then it is the team's. */
export function beginOwned(
  given: { owner: Owner; team: string; due: string },
  facts: OwnedFacts
): OwnedTurn {
  const team: Owner = { kind: 'team', id: given.team }
  const owner = isAlive(given.owner, facts) ? given.owner : team
  const context = { ...given, owner, late: false }
  return { state: stateOf('owned', context), effects: [{ kind: 'owner', owner }] }
}

/** Hears one thing of a promise. Pure. One that is closed is never stepped: that throws. */
export function stepOwned(state: Owned, heard: OwnedHeard, facts: OwnedFacts): OwnedTurn {
  if (state.done) throw new Error(`the promise is ${state.value}`)
  const { context } = state
  switch (heard.type) {
    case 'OWN':
      if (!isAlive(heard.owner, facts))
        return { state, effects: [{ kind: 'refused', why: 'not-at-work' }] }
      return owned(context, heard.owner, `owned by ${heard.owner.id}`, { by: heard.by })
    case 'OWNER_GONE':
      if (context.owner.kind !== 'staff' || context.owner.id !== heard.staff)
        return { state, effects: [] }
      return owned(context, { kind: 'team', id: context.team }, 'back to the team', {
        from: heard.staff,
        why: heard.why,
      })
    case 'DUE': {
      if (context.late || Date.parse(facts.now) < Date.parse(context.due))
        return { state, effects: [] }
      const late = stateOf('owned', { ...context, late: true })
      return { state: late, effects: [{ kind: 'late' }, { kind: 'log', what: 'late' }] }
    }
    case 'CLOSED': {
      const { how, by } = heard
      const closed = stateOf(how, context)
      return { state: closed, effects: [{ kind: 'log', what: how, detail: { by } }] }
    }
  }
}

const isAlive = ({ kind, id }: Owner, { atWork }: OwnedFacts) =>
  kind === 'team' || atWork.includes(id)

function owned(
  before: OwnedContext,
  owner: Owner,
  what: string,
  detail: Readonly<Record<string, unknown>>
): OwnedTurn {
  return {
    state: stateOf('owned', { ...before, owner }),
    effects: [
      { kind: 'owner', owner },
      { kind: 'log', what, detail },
    ],
  }
}

const stateOf = (value: Owned['value'], context: OwnedContext): Owned => ({
  machine: 'promise',
  version: 1,
  value,
  context,
  done: value !== 'owned',
})
