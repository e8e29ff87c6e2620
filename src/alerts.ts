import type { FaultCode } from './errors.ts'

/** What a code in the log means, and who acts on it. docs/runbook.md says what they do. */
export interface Alert {
  means: string
  acts: 'operator' | 'content author' | 'developer' | 'nobody'
}

/** Codes that are no fault of an error: what a log line tells of besides. */
type ToldCode =
  | 'unknown'
  | 'anchor-failed'
  | 'review-due'
  | 'unknown-tenant'
  | 'teams-keys'
  | 'id-reused'
  | 'limited'
  | 'capped'
  | 'copy-kept'
  | 'neighbour-shut'
  | 'neighbour-back'

/** Every code a log line may bear: a closed list, each with a row in docs/runbook.md. */
export const ALERTS: Record<FaultCode | ToldCode, Alert> = {
  'store-down': {
    means: 'the store did not answer, or a turn was not saved in time',
    acts: 'operator',
  },
  'spill-failed': {
    means: 'what could not be saved could not be kept beside the store either',
    acts: 'operator',
  },
  'spill-full': { means: 'the spill holds all that it may', acts: 'operator' },
  'spill-stuck': { means: 'a spilled contact cannot be brought into the store', acts: 'operator' },
  'spill-unreadable': {
    means: 'a line of the spill was changed, or its key is gone',
    acts: 'operator',
  },
  'spill-torn': {
    means: 'the machine stopped while a line was written; it was acknowledged to nobody',
    acts: 'nobody',
  },
  overtaken: {
    means: 'one contact was changed many times at once; it is tried again',
    acts: 'nobody',
  },
  'neighbour-down': { means: 'Twilio, Teams or Translate did not answer', acts: 'nobody' },
  'neighbour-refused': {
    means: 'a neighbour answered, and will not have us: a key, a number or an account',
    acts: 'operator',
  },
  'neighbour-shut': {
    means: 'a neighbour failed so often that it is asked only every five seconds',
    acts: 'operator',
  },
  'neighbour-back': { means: 'a neighbour that was shut answers again', acts: 'nobody' },
  'teams-keys': {
    means: 'the keys of Teams could not be fetched; those in hand serve for 72 hours',
    acts: 'operator',
  },
  'unknown-tenant': { means: 'a Teams tenant that no place names wrote to us', acts: 'operator' },
  'anchor-failed': {
    means: 'the heads of the log were not anchored this minute',
    acts: 'operator',
  },
  'bad-config': { means: 'a setting is missing, wrong or weak', acts: 'operator' },
  'review-due': {
    means: 'a place file is past its review date, or its bank holidays run out this year',
    acts: 'content author',
  },
  'bad-flow': {
    means: 'a flow, word or place file is refused; the old one stays',
    acts: 'content author',
  },
  'bad-input': { means: 'a message broke the form it should have; it was refused', acts: 'nobody' },
  'not-allowed': {
    means: 'a message was not signed by whom it claims, and was refused',
    acts: 'operator',
  },
  'id-reused': {
    means: 'one id came with two texts; Twilio never does that, so something between us does',
    acts: 'operator',
  },
  limited: {
    means: 'one number rings or writes more than it may; it gets the danger line and a person',
    acts: 'nobody',
  },
  capped: {
    means: 'a text may not be sent to its number, or not so many in so short a time',
    acts: 'operator',
  },
  'copy-kept': {
    means: 'a text or a recording stays at Twilio, and will not be deleted from here',
    acts: 'operator',
  },
  'not-found': { means: 'something that was to be changed or answered is gone', acts: 'developer' },
  unknown: { means: 'a fault nobody foresaw; the line says where in the code', acts: 'developer' },
}

export type AlertCode = keyof typeof ALERTS
