import type { AlertCode } from './alerts.ts'

/**
 * What may be written to a log: an allow-list. Names, numbers, addresses and words never appear, because nothing
 * outside this list does.
 */
export interface LogFields {
  contact?: string
  ref?: string
  turn?: number
  place?: string
  channel?: string
  step?: string
  code?: AlertCode
  part?: string
  kind?: string
  status?: number
  ms?: number
  count?: number
  /** Of an anchor of the log: the hash over its heads, and our signature under it. */
  hash?: string
  sig?: string
  /** Code and message of an error of ours; never the text of an unknown one. */
  fault?: string
}
const ALLOWED = new Set<string>([
  'contact',
  'ref',
  'turn',
  'place',
  'channel',
  'step',
  'code',
  'part',
  'kind',
  'status',
  'ms',
  'count',
  'hash',
  'sig',
  'fault',
])

/** The fields that may be written; the rest are dropped. */
export const only = (fields: LogFields) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => ALLOWED.has(name)))
