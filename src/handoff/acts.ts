import * as z from 'zod'

const id = z.string().min(1).max(200)
const line = z.string().trim().max(2_000)
const label = z.string().min(1).max(100)
/** UK numbers only; what may be rung is decided by `record/numbers.ts`. */
const number = z.string().regex(/^\+44\d{9,10}$/, 'write a UK number as +44 and its digits')

const due = z.iso.datetime().optional()

/** Why somebody does not take a contact. */
export const DECLINES = ['busy', 'not-mine', 'know-them', 'need-break', 'other'] as const

/** How somebody stands to the person they may speak for. */
export const RELATIONS = ['carer', 'next-of-kin', 'attorney', 'other'] as const

/** What they may be told: that we look for the person, what was agreed and when, or everything. */
export const MAY_KNOW = ['looking', 'plans', 'all'] as const

/** What a navigator writes down when a contact is over: two taps and a line. */
export const wrapUpShape = z.strictObject({
  outcome: z.enum(['helped', 'passed-on', 'call-back', 'no-answer', 'declined', 'other']),
  /** Who owns what comes next: a staff id, or a service of the place. Absent where nothing is left to do. */
  owner: id.optional(),
  nextStep: line.default(''),
  /** ISO 8601 UTC: by when. */
  by: z.iso.datetime().optional(),
  matters: line.default(''),
  carer: z.enum(['yes', 'no', 'not-asked']).default('not-asked'),
  livesAlone: z.enum(['yes', 'no', 'not-asked']).default('not-asked'),
  needs: z.array(z.string().max(60)).max(12).default([]),
  admissionAvoided: z.enum(['yes', 'no', 'not-known']).default('not-known'),
  /** How often they had told their story before. */
  repeats: z.int().min(0).max(20).optional(),
  nearMiss: line.default(''),
})
export type WrapUp = z.infer<typeof wrapUpShape>

/** Everything a member of staff can do, on a card in Teams or in the console. One shape for both. */
export const staffActShape = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('accept'),
    contact: id,
    via: z.enum(['softphone', 'phone', 'thread']).optional(),
  }),
  z.strictObject({ do: z.literal('decline'), contact: id, reason: z.enum(DECLINES) }),
  /** Ten more minutes before it is offered to this person again. */
  z.strictObject({ do: z.literal('later'), contact: id }),
  /** The danger check, asked by a person and not by the flow. */
  z.strictObject({
    do: z.literal('danger'),
    contact: id,
    answer: z.enum(['yes', 'no', 'not-sure']),
  }),
  z.strictObject({
    do: z.literal('bring'),
    contact: id,
    /** A service of the place, a colleague, or a typed number with its reason. */
    service: id.optional(),
    staff: id.optional(),
    number: number.optional(),
    name: line.optional(),
    reason: line.optional(),
  }),
  z.strictObject({ do: z.literal('hold'), contact: id, label, on: z.boolean() }),
  z.strictObject({ do: z.literal('mute'), contact: id, label, on: z.boolean() }),
  z.strictObject({ do: z.literal('drop'), contact: id, label }),
  z.strictObject({ do: z.literal('leave'), contact: id }),
  z.strictObject({
    do: z.literal('say'),
    contact: id,
    text: z.string().min(1).max(12_000),
    /** What was typed: it is sent once, however often it is asked for. */
    once: z.string().min(1).max(2_000).optional(),
  }),
  z.strictObject({
    do: z.literal('hand-back'),
    contact: id,
    what: z.enum(['questions', 'feedback', 'close']),
  }),
  z.strictObject({ do: z.literal('wrap-up'), contact: id, ...wrapUpShape.shape }),
  z.strictObject({
    do: z.literal('ring-out'),
    contact: id,
    to: z.enum(['person', 'carer', 'service', 'number']),
    /** Which of those they agreed; else their carer, or the only one there is. */
    agreed: id.optional(),
    service: id.optional(),
    number: number.optional(),
    reason: line.optional(),
  }),
  z.strictObject({
    do: z.literal('shift'),
    to: z.enum(['start', 'available', 'break', 'paused', 'end']),
  }),
  /** A supervisor ends the shift of somebody who cannot: what they had goes back to the team. */
  z.strictObject({
    do: z.literal('end-shift'),
    staff: id,
    why: z.string().trim().min(1).max(2_000),
  }),
  /** The promise of a contact gets another living owner; `due` says which, where two have one code. */
  z.strictObject({ do: z.literal('own'), contact: id, code: id, due, owner: id }),
  /** A promise was kept, or is not needed. */
  z.strictObject({
    do: z.literal('close-promise'),
    contact: id,
    code: id,
    due,
    how: z.enum(['met', 'stopped']),
    note: line.default(''),
  }),
  z.strictObject({
    do: z.literal('status'),
    service: id,
    now: z.enum(['green', 'amber', 'red']),
    reason: line.default(''),
    until: z.iso.datetime().optional(),
    replacement: id.optional(),
  }),
  /** Nobody answered an urgent call back: whether the police were asked to look, or what else was done. */
  z.strictObject({
    do: z.literal('decide'),
    contact: id,
    police: z.boolean(),
    why: z.string().trim().min(1).max(2_000),
  }),
  /** How they are rung: through Relay UK, and whether their next of kin may be told. */
  z.strictObject({
    do: z.literal('ring-by'),
    contact: id,
    relay: z.boolean().optional(),
    nextOfKin: z.boolean().optional(),
  }),
  /** Who looks after them from now on; nobody, where it names none. */
  z.strictObject({ do: z.literal('key-worker'), contact: id, staff: id.optional() }),
  /** Somebody who may speak for them or be told, as they said to whoever writes it down (domain.md 6.7). */
  z.strictObject({
    do: z.literal('agree'),
    contact: id,
    relation: z.enum(RELATIONS),
    name: z.string().trim().min(1).max(100),
    number,
    may: z.enum(MAY_KNOW),
  }),
  /** They agreed to it no more. */
  z.strictObject({ do: z.literal('agree-no-more'), contact: id, agreed: id }),
  /** Whether what was written down for this number is of the same person: asked of them, and never taken from the number. */
  z.strictObject({ do: z.literal('same-person'), contact: id, same: z.boolean() }),
  /** They have died: all contact with them ends. */
  z.strictObject({ do: z.literal('died'), contact: id, told: line.default('') }),
  /** It was a mistake: a supervisor takes the mark away. */
  z.strictObject({
    do: z.literal('not-died'),
    contact: id,
    why: z.string().trim().min(1).max(2_000),
  }),
  z.strictObject({ do: z.literal('not-these'), contact: id, numbers: z.array(number).max(20) }),
  z.strictObject({ do: z.literal('near-miss'), contact: id, note: line }),
])
export type StaffAct = z.infer<typeof staffActShape>

/** Who acts: someone on a place's roster, as the surface has proved. */
export interface Actor {
  place: string
  staff: string
  /** Where they acted, for the log. */
  surface: 'teams' | 'console' | 'phone' | 'job'
}

/** What came of an act. `words` are for the person who acted, in plain English: shown on the card or the page. */
export type ActResult = { ok: true; words: string } | { ok: false; words: string }

/** The one entry for everything staff do. It never rejects for what a person did wrong: the words say it. */
export type Act = (actor: Actor, act: StaffAct) => Promise<ActResult>
