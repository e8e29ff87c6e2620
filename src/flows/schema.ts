import * as z from 'zod'
import { KEPT, PRIORITIES } from '../conversation/types.ts'
import { CODES } from './outcomes.ts'
import { ruleNames } from './rules.ts'

const name = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use small letters, digits and single hyphens, like head-risk')
/** Where an answer leads: a step of this flow, `done`, or one of the exits every flow has. */
const target = z
  .string()
  .regex(
    /^(exit\/)?[a-z0-9]+(-[a-z0-9]+)*$/,
    'name a step of this flow, `done`, or an exit like exit/x1'
  )
const version = z.int('use a whole number').positive('versions start at 1')
const flag = z.literal('yes', 'write `yes`, or leave the line out').optional()
const keeps = z.enum(KEPT).optional()
const duration = z
  .string()
  .regex(/^PT(\d+H)?(\d+M)?(\d+S)?$/, 'use a duration like PT60S, PT15M or PT2H')
const within = z.union([duration, z.literal('today')])
const code = z.enum(
  CODES as unknown as [string, ...string[]],
  'use an outcome code such as E999, UCR2 or CSD (src/flows/outcomes.ts lists them)'
)

/** What every question may carry. */
const asking = {
  keeps,
  /** The question this one is a retry or read-back of: the two count as one. */
  with: name.optional(),
  /** The answer taken after a second silence or unclear answer, instead of a person. */
  otherwise: name.optional(),
  /** The outcome recorded when the caller goes here. */
  gone: name.optional(),
}

const yesNo = z.strictObject({
  ...asking,
  kind: z.literal('yes-no'),
  /** A screen for life in danger: asked before all else, and never skipped. */
  danger: flag,
  /** Yes is the worse answer. */
  risk: flag,
  /** A "no" here clears danger: the last danger screen carries it. */
  clears: flag,
  /** Asked once only: silence or an unclear answer goes the way of `not-sure` at once. */
  once: flag,
  /** Without `not-sure` the second key means "no, or not sure". */
  next: z.strictObject({ yes: target, no: target, 'not-sure': target.optional() }),
})
const choice = z.strictObject({
  ...asking,
  kind: z.literal('choice'),
  /** Keys are numbered 1, 2, 3 in this order; the words may speak them in another. */
  next: z.record(name, target),
})
const number = z.strictObject({
  ...asking,
  kind: z.literal('number'),
  of: z.enum(['phone', 'count']),
  between: z.tuple([z.int(), z.int()]).optional(),
  next: z.strictObject({ given: target, none: target }),
})
const practice = z.strictObject({
  ...asking,
  kind: z.literal('practice'),
  next: z.strictObject({ found: target, none: target }),
})
const postcode = z.strictObject({
  ...asking,
  kind: z.literal('postcode'),
  next: z.strictObject({ found: target, elsewhere: target, none: target }),
})
const date = z.strictObject({
  ...asking,
  kind: z.literal('date'),
  next: z.strictObject({ given: target, none: target }),
})
const text = z.strictObject({
  ...asking,
  kind: z.literal('text'),
  next: z.strictObject({ given: target, none: target }),
})
const rule = z.strictObject({
  kind: z.literal('rule'),
  rule: z.enum(ruleNames, 'no rule has this name: see src/flows/rules.ts'),
  next: z.record(name, target),
})
const run = z.strictObject({
  kind: z.literal('run'),
  flow: name,
  version,
  then: target,
  gone: name.optional(),
})
const person = z.strictObject({
  kind: z.literal('person'),
  priority: z.enum(PRIORITIES),
  wait: duration,
  nobody: target,
  /** A service of the place to ring instead of its cover. */
  to: name.optional(),
})
const outcome = z.strictObject({
  kind: z.literal('outcome'),
  codes: z.array(code).min(1, 'name at least one outcome code'),
  within: within.optional(),
  then: target,
})
const end = z.strictObject({ kind: z.literal('end') })

export const stepSchema = z.discriminatedUnion('kind', [
  yesNo,
  choice,
  number,
  practice,
  postcode,
  date,
  text,
  rule,
  run,
  person,
  outcome,
  end,
])

/** One version of one flow, as its YAML file says it. Routing only: its words are in locales/. */
export const flowSchema = z.strictObject({
  flow: name,
  version,
  /** Rows of docs/hazard-log.md that this flow controls. */
  hazards: z.array(z.string().regex(/^H-\d{3}$/, 'use a hazard number like H-010')),
  start: name,
  /** The version of the exits that are added to this flow; only a flow that can be begun has it. */
  exits: version.optional(),
  steps: z.record(name, stepSchema),
})

export type Flow = z.infer<typeof flowSchema>
export type Step = z.infer<typeof stepSchema>
export type StepKind = Step['kind']
export type Asking = Extract<
  Step,
  { kind: 'yes-no' | 'choice' | 'number' | 'practice' | 'postcode' | 'date' | 'text' }
>

/** Step kinds that wait for a person's answer. */
export const isAsking = (step: Step): step is Asking =>
  ['yes-no', 'choice', 'number', 'practice', 'postcode', 'date', 'text'].includes(step.kind)

/** Every arrow out of a step, sub-flow hand-backs and hang-ups included. */
export function targets(step: Step): string[] {
  if ('next' in step) return Object.values(step.next as Record<string, string>)
  if (step.kind === 'run' || step.kind === 'outcome') return [step.then]
  if (step.kind === 'person') return [step.nobody]
  return []
}
