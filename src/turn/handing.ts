import type { Effect, Priority } from '../conversation/types.ts'
import { beginHandoff, stepHandoff } from '../handoff/handoff.ts'
import type { DangerAsked, Handoff, HandoffFacts, HandoffHeard } from '../handoff/types.ts'
import { navigators } from '../places/roster.ts'
import type { Place } from '../places/shape.ts'
import type { Contact } from '../record/contact.ts'
import { dueOf } from '../record/one-call.ts'
import { type Carried, carry } from './carry.ts'
import { deciding } from './settle.ts'
import type { Thinking, Thought } from './think.ts'

/** A handoff that still goes on; none where there is none, or its end was reached. */
export const liveHandoff = ({ handoff }: Pick<Contact, 'handoff'>): Handoff | undefined =>
  handoff && !handoff.done ? handoff : undefined

/**
 * What a turn of the conversation means for the way to a person: it begins with the first turn, hears of danger and of
 * asking for somebody, and ends with the conversation. `helpedBy` did so before, and is asked first but for the key worker;
 * `anew`: they have come to us again. Null where this place has nobody to hand over to.
 */
export function withHandoff(
  t: Thinking,
  contact: Contact,
  thought: Thought,
  { helpedBy, anew }: { helpedBy?: string | undefined; anew: boolean }
): Carried | null {
  const { place, facts } = t
  const known = handoffFacts(place, facts)
  const live = liveHandoff(contact)
  const given = changed(place, contact, thought)
  const again = live !== undefined && isHandedBack(live, contact) && given.wants
  if (live && !again) {
    const heard = meaning(live, contact, thought, given)
    return heard ? carry(place, deciding(t), contact, stepHandoff(live, heard, known)) : null
  }
  if (navigators(place).length === 0) return null
  // After a first way to a person there is another one for who comes again, and for who asks for somebody.
  if (contact.handoff && !anew && !given.wants) return null
  // Danger in the first words ends the questions, and is what a person is asked to come for.
  if (thought.state.done && !given.wants) return null
  const left = again ? leaves(live, known) : undefined
  const begun = beginHandoff(
    {
      ...given,
      channel: facts.channel,
      language: t.lang,
      restricted: contact.restricted === true,
      ...askedFirst(contact, left?.by ?? helpedBy),
    },
    known
  )
  const { out: _, ...rest } = contact
  const effects = [...(left?.effects ?? []), ...begun.effects]
  return carry(place, deciding(t), rest, { ...begun, effects })
}

/** The questions are asked again, after somebody who has yet to write down what was said before. */
const isHandedBack = ({ value, context }: Handoff, { conversation }: Contact): boolean =>
  value === 'wrapping' && context.channel !== 'voice' && conversation?.channel === context.channel

/** Whoever has yet to write it down is free for them again: it is written down after what comes now. */
function leaves(live: Handoff, known: HandoffFacts) {
  const { by } = live.context
  if (!by) return undefined
  const why = 'they asked for somebody again'
  const { effects } = stepHandoff(live, { type: 'LOST', staff: by.staff, why }, known)
  return { by: by.staff, effects }
}

/** Whom of ours to ask first. A number is no proof of who rings: nobody is told of it but whoever is asked. */
export const askedFirst = (
  { people }: Pick<Contact, 'people'>,
  helpedBy?: string
): Pick<Handoff['context'], 'keyWorker' | 'helpedBy'> => ({
  ...(people?.keyWorker && { keyWorker: people.keyWorker.staff }),
  ...(helpedBy !== undefined && { helpedBy }),
})

/** The facts of a handoff's step. */
export const handoffFacts = (
  { handoff: { offer, join, alone } }: Pick<Place, 'handoff'>,
  { now, cover }: { now: string; cover: 'yes' | 'no' }
): HandoffFacts => ({ now, cover, times: { offer, join, alone } })

function meaning(
  live: Handoff,
  contact: Contact,
  thought: Thought,
  now: ReturnType<typeof changed>
): HandoffHeard | null {
  // A call of ours hears nothing of what they write meanwhile, but that they are in danger.
  if (contact.out) return thought.heard?.type === 'DANGER' ? { type: 'CHANGED', ...now } : null
  if (thought.heard?.type === 'GONE') return { type: 'GONE' }
  if (thought.heard?.type === 'JOINED' && thought.heard.by === 'cover') return { type: 'COVERED' }
  if (thought.state.done && !now.wants) return { type: 'ENDED' }
  const { priority, level, danger, wants, of, language, discipline, restricted } = live.context
  const same =
    priority === now.priority &&
    level === now.level &&
    danger === now.danger &&
    wants === now.wants &&
    (now.restricted === undefined || restricted) &&
    (now.of === undefined || of === now.of) &&
    (now.language === undefined || language === now.language) &&
    (now.discipline === undefined || discipline === now.discipline)
  return same ? null : { type: 'CHANGED', ...now }
}

/** Urgency, danger and whether they wait for somebody, as the conversation now stands. */
function changed(place: Place, contact: Contact, { heard, state, effects }: Thought) {
  const person = effects.findLast((effect) => effect.kind === 'person')
  const wants = WANTS.test(state.value) || asks(person, state.done, contact)
  const danger = dangerAt(heard, state.value, state.context.cleared, contact)
  return {
    priority: urgency(contact, person, danger, wants),
    level: contact.level,
    danger,
    wants,
    ...(heard?.type === 'DANGER' && { of: heard.of }),
    ...(heard?.type === 'LANGUAGE' && { language: 'other' }),
    ...(contact.restricted && { restricted: true }),
    ...disciplineFor(place, contact.person.need),
  }
}

/** Who knows most of what they need, once they have said it. */
function disciplineFor({ handoff }: Place, need = ''): { discipline?: string } {
  const known: Readonly<Record<string, string | undefined>> = handoff.disciplines
  const discipline = known[need]
  return discipline === undefined ? {} : { discipline }
}

/** Steps that are asked while somebody is looked for. */
const WANTS = /^exit\/(q0|language)-check$/

type PersonEffect = Extract<Effect, { kind: 'person' }>

/** They wait where a person is the next step; who wrote waits on after the flow has ended with a promise. */
function asks(person: Effect | undefined, done: boolean, contact: Contact): boolean {
  if (person?.kind === 'person') return person.rings || contact.conversation?.channel !== 'voice'
  return done
    ? contact.clocks.some((clock) => clock.code === 'PERSON' && dueOf(contact, clock) !== undefined)
    : false
}

function dangerAt(
  heard: Thought['heard'],
  value: string,
  cleared: boolean,
  { codes }: Contact
): DangerAsked {
  if (heard?.type === 'DANGER' || /^exit\/x[1cl]/.test(value)) return 'yes'
  if (codes.some((code) => code === 'E999' || code === 'EPOL')) return 'yes'
  if (/^exit\/x3/.test(value)) return 'not-sure'
  return cleared ? 'cleared' : 'not-asked'
}

/** P1 whatever the code for who is in danger or was not asked; else as the step or the level says. */
function urgency(
  contact: Contact,
  person: Effect | undefined,
  danger: DangerAsked,
  wants: boolean
): Priority {
  if (danger === 'yes' || danger === 'not-sure') return 'P1'
  if (wants && danger === 'not-asked') return 'P1'
  const asked = (person as PersonEffect | undefined)?.priority ?? contact.priority ?? undefined
  const byLevel = (
    { emergency: 'P1', urgent: 'P2', soon: 'P3', routine: 'P4', information: 'P4' } as const
  )[contact.level]
  return asked && asked < byLevel ? asked : byLevel
}
