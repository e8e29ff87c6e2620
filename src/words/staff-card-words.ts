import { Temporal } from 'temporal-polyfill'
import type { Channel, Level, Priority } from '../conversation/types.ts'
import { isCode, OUTCOMES } from '../flows/outcomes.ts'
import type { DECLINES, WrapUp } from '../handoff/acts.ts'
import type { Leg } from '../handoff/types.ts'
import type { Agreed, Consent } from '../record/contact.ts'
import type { ShiftValue, Story } from '../record/views.ts'

const BY_PRIORITY: Record<Priority, string> = {
  P1: 'Now: within 5 minutes',
  P2: 'Soon: within 20 minutes',
  P3: 'Today',
  P4: 'By tomorrow',
}
const BY_LEVEL: Record<Level, Priority> = {
  emergency: 'P1',
  urgent: 'P2',
  soon: 'P3',
  routine: 'P4',
  information: 'P4',
}

/** How soon a person is needed: the priority, else the level's own. */
export const priorityOf = (of: { priority: Priority | null; level: Level }): Priority =>
  of.priority ?? BY_LEVEL[of.level]

/** Nothing is known of it yet: what it stands at is no more than where every contact begins. */
export const isUnsorted = ({ level, codes }: { level: Level; codes: readonly string[] }) =>
  level === 'information' && codes.length === 0

/** How soon, in words; whoever has only begun may yet turn out to be in danger. */
export const urgencyWords = (of: {
  priority: Priority | null
  level: Level
  codes: readonly string[]
}): string => (isUnsorted(of) ? 'We do not know yet how urgent it is' : BY_PRIORITY[priorityOf(of)])

/** How somebody stands to the person they may speak for. */
export const RELATION_WORDS: Record<Agreed['relation'], string> = {
  carer: 'their carer',
  'next-of-kin': 'their next of kin',
  attorney: 'their attorney',
  other: 'somebody else they named',
}

export const CHANNEL_WORDS: Record<Channel, string> = {
  voice: 'Phone call',
  sms: 'Text message',
  teams: 'Teams message',
}

/** How they are spoken with: as they reached us, or by a call that we promised. */
export const howWords = ({ channel, callBack }: Story, now: string, zone: string): string =>
  callBack
    ? `Call back: we ring them, by ${clockWords(callBack.by, now, zone)}. Try ${callBack.try} of ${callBack.of}`
    : CHANNEL_WORDS[channel]

export const DECLINE_WORDS: Record<(typeof DECLINES)[number], string> = {
  busy: 'I am busy',
  'not-mine': 'It is not for me',
  'know-them': 'I know this person',
  'need-break': 'I need a break',
  other: 'Something else',
}

export const OUTCOME_WORDS: Record<WrapUp['outcome'], string> = {
  helped: 'Helped',
  'passed-on': 'Passed on to a team',
  'call-back': 'We will ring back',
  'no-answer': 'No answer',
  declined: 'They wanted no help',
  other: 'Something else',
}

export const SHIFT_WORDS: Record<ShiftValue, string> = {
  off: 'You are not on shift',
  available: 'You are on shift',
  'on-contact': 'You are with someone',
  wrapping: 'You are writing up',
  break: 'You are on a break',
  paused: 'You are having a pause',
}

const LEG_WORDS: Record<Leg['is'], string> = {
  ringing: 'ringing',
  ready: 'answered, joining now',
  in: 'on the line',
  held: 'on hold',
  left: 'has left',
  failed: 'could not be reached',
}

export const legWords = ({ is, muted }: Pick<Leg, 'is' | 'muted'>): string =>
  muted && is === 'in' ? `${LEG_WORDS[is]}, muted` : LEG_WORDS[is]

export const consentWords = (consent: Consent): string =>
  consent === null
    ? 'Not asked yet'
    : {
        yes: 'Yes, we may share',
        no: 'No, do not share',
        cannot: 'They could not say',
        'opted-out': 'They asked us not to write',
      }[consent]

/** What an outcome code means; a code we do not know stays as it is. */
export const codeWords = (code: string): string => (isCode(code) ? OUTCOMES[code].meaning : code)

/** What a language is called in English; a code no one knows stays as it is. */
export function languageWords(code: string): string {
  try {
    return new Intl.DisplayNames('en-GB', { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}

/** A time of day, with the date where it is another day: "14:20", "14:20 on 23 November". */
export function clockWords(at: string, now: string, zone: string): string {
  const then = Temporal.Instant.from(at).toZonedDateTimeISO(zone)
  const clock = then.toPlainTime().toString({ smallestUnit: 'minute' })
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate()
  if (then.toPlainDate().equals(today)) return clock
  return `${clock} on ${then.toLocaleString('en-GB', { day: 'numeric', month: 'long' })}`
}

/** Times to choose from for what comes next: an instant (ISO 8601 UTC), and how it is said. */
export function byWhen(now: string, zone: string): Record<string, string> {
  const here = Temporal.Instant.from(now).toZonedDateTimeISO(zone)
  const day = (days: number, hour: number) =>
    here.add({ days }).withPlainTime({ hour }).toInstant().toString()
  const soon = (hours: number) => here.add({ hours }).toInstant().toString()
  return {
    [soon(1)]: 'In an hour',
    [soon(4)]: 'In four hours',
    ...(here.hour < 20 && { [day(0, 20)]: 'Today by 8pm' }),
    [day(1, 12)]: 'Tomorrow by noon',
    [day(1, 20)]: 'Tomorrow by 8pm',
    [day(3, 20)]: 'In three days',
    [day(7, 20)]: 'In a week',
  }
}
