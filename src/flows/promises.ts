import { parseDocument } from 'yaml'
import * as z from 'zod'
import { CODES } from './outcomes.ts'

const ref = z
  .string()
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/,
    'name a flow and its step, like fall/head'
  )
const code = z.enum(CODES as unknown as [string, ...string[]], 'use an outcome code such as E999')
/** An answer of the step; or `gone` (hung up), `silence` (twice), `nobody` (no one came), `then` (after an outcome). */
const label = z.string()

const promise = z.strictObject({
  /** The row of docs/hazard-log.md this promise controls. */
  hazard: z.string().regex(/^H-\d{3}$/, 'use a hazard number like H-010'),
  /** The step it is about. */
  question: ref,
  /** What the question is marked as: its words and its silence are treated accordingly. */
  flags: z.array(z.enum(['danger', 'risk', 'clears', 'once'])).optional(),
  /** The first codes recorded after each answer: exactly these, over all paths; `[]` where nothing more is. */
  first: z.record(label, z.array(code)).optional(),
  /** How soon the outcome is promised that an answer records in the same turn; `none` where it records nothing. */
  within: z.record(label, z.string()).optional(),
  /** What is kept of an answer: for silence, which may have one of its own. */
  keeps: z.record(label, z.string()).optional(),
  /** What may only be reached, within the flow this step is part of, once it has been asked: steps, or codes recorded. */
  'asked-before': z.array(z.union([ref, code])).optional(),
  /** What is spoken first after each answer: a person being rung, or exactly these steps. */
  next: z.record(label, z.union([z.literal('person'), z.array(ref).min(1)])).optional(),
})

export type Promised = z.infer<typeof promise>

/** Reads what must be true of the flows. It is written apart from them, so that breaking one does not bend the other. */
export function readPromises(text: string): { promises: Promised[]; problems: string[] } {
  const document = parseDocument(text)
  const errors = document.errors.map(
    (e) => `promises.yaml: not a well-formed YAML file. ${e.message}`
  )
  if (errors.length > 0) return { promises: [], problems: errors }
  const result = z.array(promise).safeParse(document.toJS())
  if (result.success) return { promises: result.data, problems: [] }
  const problems = result.error.issues.map(
    (issue) => `promises.yaml: at ${issue.path.join(' → ')}: ${issue.message}`
  )
  return { promises: [], problems }
}
