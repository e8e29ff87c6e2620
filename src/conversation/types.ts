/** The three ways in. One flow serves them all. */
export const CHANNELS = ['voice', 'sms', 'teams'] as const
export type Channel = (typeof CHANNELS)[number]

/** How soon a person must be reached: P1 within 5 minutes, P2 20 minutes, P3 the same day, P4 the next day. */
export const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const
export type Priority = (typeof PRIORITIES)[number]

/** How serious an outcome is, most urgent first. Order matters: a contact's level may rise, never fall. */
export const LEVELS = ['emergency', 'urgent', 'soon', 'routine', 'information'] as const
export type Level = (typeof LEVELS)[number]

/** Whose body the words speak of: the caller's own, or another person's. */
export type Form = 'self' | 'other'

/** What kind of danger a caller's own words name: a body in danger, thoughts of ending their life, or harm around them. */
export type DangerKind = 'body' | 'self' | 'harm'

/** Whether an address or practice lies in this place. `unasked` and `unknown` count as eligible and are marked "not checked". */
export type Area = 'unasked' | 'here' | 'elsewhere' | 'unknown'

/** Everything a conversation can hear. Channels and jobs translate the world into these, and nothing else. */
export type Heard =
  | { type: 'ANSWER'; value: string; words?: string }
  | { type: 'FOUND'; values: readonly string[]; area?: Area; words?: string } // practices or postcodes to read back, best first, at most five
  | { type: 'UNCLEAR'; words?: string } // something was heard that matches no answer
  | { type: 'SILENCE'; words?: string } // the wait we asked for ran out
  | { type: 'AGAIN'; words?: string } // star, or "say that again"
  | { type: 'PERSON'; words?: string } // 0, "person", "help" where it means a person
  | { type: 'LANGUAGE'; words?: string } // 8 or 9 at the greeting: another language
  | { type: 'ABUSE'; words?: string }
  | { type: 'DANGER'; of: DangerKind; words?: string }
  | { type: 'GONE'; words?: string } // hung up, or STOP
  | { type: 'JOINED'; by?: string; words?: string } // a person has taken over
  | { type: 'NOBODY'; words?: string } // the person who was rung did not come

/** Everything a conversation can ask for. The shell carries these out; the core never does. */
export type Effect =
  | { kind: 'say'; step: string; form: Form; variant?: string }
  | { kind: 'ask'; step: string; form: Form; attempt: number; options?: readonly string[] }
  | {
      kind: 'person'
      step: string
      form: Form
      priority: Priority
      wait: string
      /** Whether the place names someone for urgent calls at this hour. */
      staffed: boolean
      /** Whether a line is rung now; if not, the next step follows in the same turn. */
      rings: boolean
      /** A service of the place to ring instead of its cover. */
      to?: string
    }
  | { kind: 'outcome'; step: string; codes: readonly string[]; within?: string }
  | { kind: 'end'; step: string; form: Form; variant?: string }
  | { kind: 'keep'; field: Kept; value: string; confirmed: boolean }
  | { kind: 'joined' }

/** What a step's answer is kept as on the contact, so that it is asked once. */
export const KEPT = [
  'who',
  'asked',
  'practice',
  'postcode',
  'here',
  'consent',
  'number',
  'phone',
  'name',
  'unsafe',
  'code-word',
  'overheard',
  'child',
  'need',
  'text-me',
  'resume',
] as const
export type Kept = (typeof KEPT)[number]

/** What the shell knows at this moment. The core reads no clock and no store. */
export interface Facts {
  /** Instant of this turn, ISO 8601 UTC. No rule may read it. */
  now: string
  place: string
  channel: Channel
  /** Whether the place names someone to take urgent calls at this hour. */
  cover: 'yes' | 'no'
  /** Outcome codes whose own service takes work now. */
  open: readonly string[]
  /** Services of the place whose direct line is answered now. */
  lines: readonly string[]
  phone: 'mobile' | 'landline' | 'withheld'
  /** Whether this number rang three times or more in seven days. */
  repeat: boolean
  /** Whether an earlier conversation can be carried on, and whether answers about the body must be asked anew. */
  resume: 'no' | 'fresh' | 'stale'
  /** The step to carry on from, when `resume` is fresh. */
  resumeAt?: string
  known: Known
  settings: Settings
}

/** What this contact has already told us. */
export interface Known {
  who?: Form
  practice?: string
  area: Area
  consent?: 'yes' | 'no'
  adult?: 'yes' | 'no'
  /** Codes recorded earlier in this contact. */
  codes: readonly string[]
}

/** Clinical settings of a place that a rule may read. Defaults are the safer branch (domain 6.6). */
export interface Settings {
  /** Where a head injury with a risk sign goes. */
  headInjury: 'E999' | 'A&E'
  /** Whether urgent codes go on without consent to share: number, place and need only, reason logged. */
  shareUrgent: 'yes' | 'no'
}

/** What a machine remembers between turns. Plain JSON. */
export interface Context {
  form: Form
  adult: 'yes' | 'no' | 'unknown'
  area: Area
  attempt: number
  unclear: number
  abuse: number
  cleared: boolean
  /** Codes recorded in this conversation, first recorded first. Earlier ones of the contact are in the facts. */
  codes: readonly string[]
  /** Practices or postcodes waiting to be confirmed. */
  options: readonly string[]
  /** Where a postcode waiting to be confirmed lies. */
  optionArea: Area
  overheard: boolean
  /** What has been asked and kept, so that it is not asked again. */
  kept: Readonly<Partial<Record<Kept, string>>>
}

/** A conversation as it is saved. `value` names one state of the compiled machine. */
export interface State {
  machine: string
  version: number
  value: string
  context: Context
  done: boolean
}

/** One turn's result: the state to save and the effects to carry out after it is saved. */
export interface Turn {
  state: State
  effects: readonly Effect[]
}
