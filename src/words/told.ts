import { byUrgency, type Code, levelOf, OUTCOMES } from '../flows/outcomes.ts'
import type { Consent } from '../record/contact.ts'
import type { Language } from './language.ts'
import { spelled, spokenDigits, spokenNumber, spokenRef, writtenNumber } from './numbers.ts'
import { type Blanks, type Condition, fill, type Medium, type Phrase } from './phrase.ts'
import { isToday, timeWords } from './time.ts'

/** What may be told: the committed record and the hour, as the shell knows them after this turn is saved. */
export interface Told {
  /** Instant of this turn, ISO 8601, and the place's time zone. */
  now: string
  zone: string
  /** The place's name as it is said: "Lewisham". */
  place: string
  /** Whether the place names someone for urgent calls at this hour. */
  cover: 'yes' | 'no'
  /** Codes of the contact, first recorded first. */
  codes: readonly string[]
  /** The team that took each code, as it is said: "the rapid response team". */
  teams: Readonly<Record<string, string>>
  /** When each code's ringBack clock falls due, ISO 8601. Only times that somebody holds. */
  due: Readonly<Record<string, string>>
  /** Whether the service that takes the most urgent code is closed now. */
  closed: boolean
  consent: Consent
  /** The contact's reference, 8 digits. */
  ref: string
  /** Whether there is a number to ring: the one that reached us, or one they gave. */
  reachable: boolean
  /** The last three digits of the number that reached us. */
  last3?: string
  /** Ringing may put them at risk: they said so, or they can be overheard. */
  unsafe: boolean
  /** A person's promise made in this turn by text or Teams: until when, and whether they ring or write. */
  promise?: { due: string; by: 'ring' | 'write' }
  /** The council's out-of-hours number and the emergency housing number, E.164. */
  outOfHours?: string
  housing?: string
  /** The number that people ring us on, and that we ring from, E.164. */
  published?: string
  /** Times to be rung back at that may be chosen now, ISO 8601. */
  times?: readonly string[]
  /** Who rings back, where it is known better than by code: "A nurse". */
  who?: string
  /** What to tell 111, where it is known better than by step: "about a fall". */
  reason?: string
}

/** How something is said: in which language, to whom, and by which medium. */
export interface Manner {
  language: Language
  medium: Medium
  form: 'self' | 'other'
  told: Told
  /** A question follows in this turn. */
  asking: boolean
}

/** A call back that is over, or that nobody holds, is not spoken of where there is something else to say. */
const PASSING: readonly string[] = ['CALL', 'HOLD']

/** Codes in the order an ending speaks of them, most urgent first. */
export function spokenCodes(told: Told): Code[] {
  const codes = byUrgency(told.codes)
  const worth = codes.filter((code) => !PASSING.includes(code) || stillDue(told, code))
  return worth.length > 0 ? worth : codes
}

/** The time held for a code; for one where the caller acts at once, the call back that goes with it. */
export function heldTime(told: Told, code = spokenCodes(told)[0]): string | undefined {
  if (code && OUTCOMES[code].ringBack !== 'now') return stillDue(told, code)
  return stillDue(told, 'CALL') ?? stillDue(told, 'HOLD')
}

/** When a code's promise falls due; nothing once that time is past. */
function stillDue({ due, now }: Told, code: string): string | undefined {
  const at = due[code]
  return at !== undefined && Date.parse(at) > Date.parse(now) ? at : undefined
}

/** Without their consent nothing is passed on: someone rings first. Urgent codes go on with the least there is. */
export const isNotAgreed = ({ consent, codes }: Told) =>
  consent === 'no' && codes.includes('CALL') && !['emergency', 'urgent'].includes(levelOf(codes))

function holds(condition: Condition, { told, asking }: Manner, code?: Code): boolean {
  const { now, zone } = told
  const due = heldTime(told, code)
  switch (condition) {
    case 'promised':
      return due !== undefined && told.reachable && !told.unsafe
    case 'ring-us':
      return due !== undefined && !told.reachable && !told.unsafe
    case 'unsafe':
      return due !== undefined && told.unsafe
    case 'no-time':
      return due === undefined
    case 'today':
      return due !== undefined && isToday({ due, now, zone })
    case 'cover':
      return told.cover === 'yes'
    case 'no-cover':
      return told.cover === 'no'
    case 'closed':
      return told.closed
    case 'asking':
      return asking
    case 'refused':
      return told.consent === 'no' && !isNotAgreed(told)
    case 'council':
      return told.outOfHours !== undefined
    case 'no-council':
      return told.outOfHours === undefined
    case 'housing':
      return told.housing !== undefined
    case 'digits':
      return told.last3 !== undefined
    case 'no-digits':
      return told.last3 === undefined
  }
}

/** What fills the blanks of a message, spoken or written. `code` is the one it speaks of. */
function blanksFor(text: string, manner: Manner, code?: Code): Blanks {
  const { language, medium, form, told } = manner
  const { common, lang } = language
  const about = code ?? spokenCodes(told)[0]
  const spoken = medium === 'voice'
  const time = (name: string, due: string | undefined) =>
    due && text.includes(`{${name}`)
      ? timeWords({ due, now: told.now, zone: told.zone }, medium, lang, common.time)
      : undefined
  const number = (phone = '') => (spoken ? spokenNumber(phone) : writtenNumber(phone))
  const last3 = told.last3 ?? ''
  return {
    place: told.place,
    team: teamWords(about && told.teams[about], language),
    who: told.who ?? (about && common.who[about]) ?? common.who.default,
    time: time('time', heldTime(told, about)),
    promise: time('promise', told.promise?.due),
    ref: spoken ? spokenRef(told.ref) : told.ref,
    last3: spoken ? spokenDigits(last3) : last3,
    reason: told.reason ?? common.reason.map((piece) => piece[medium][form]).join(' '),
    outOfHours: number(told.outOfHours),
    housing: number(told.housing),
    published: number(told.published),
    times: text.includes('{times}') ? timesToChoose(manner) : undefined,
  }
}

/** "By 3 o'clock this afternoon, press 1. By 4 o'clock this afternoon, 2." */
function timesToChoose({ language: { common, lang }, medium, told }: Manner): string {
  const { now, zone, times = [] } = told
  const { time: by, first, next } = common.keys
  return times
    .map((due, at) => {
      const time = timeWords({ due, now, zone }, medium, lang, common.time)
      const label = fill(by, lang, { time })
      return fill(at === 0 ? first : next, lang, { label, key: String(at + 1) })
    })
    .join(' ')
}

/** A team as it stands in a sentence: "the Falls service", "the Rapid response team". */
function teamWords(team: string | undefined, { common, lang }: Language): string {
  if (!team) return common.unknown.team
  const { named, other, nouns } = common.team
  const noun = nouns.some((word) => new RegExp(`\\b${word}( \\([^()]*\\))?$`, 'i').test(team))
  return fill(noun ? named : other, lang, { team })
}

/** Says a phrase: the parts whose conditions hold, their blanks filled. */
export function say(phrase: Phrase, manner: Manner, about: About = {}): string {
  const { medium, form, language } = manner
  return phrase
    .filter(({ when }) => when.every((condition) => holds(condition, manner, about.code)))
    .map((piece) => piece[medium][form])
    .filter((text) => text !== '')
    .map((text) => {
      if (!text.includes('{')) return text
      return fill(text, language.lang, { ...blanksFor(text, manner, about.code), ...about.blanks })
    })
    .join(' ')
}

/** The code a phrase speaks of, where it is not the most urgent; and blanks of its own. */
export interface About {
  code?: Code | undefined
  blanks?: Blanks
}

/** A practice or postcode as it is read back: a postcode letter by letter. */
export function optionWords(
  option: string,
  kind: 'practice' | 'postcode',
  medium: Medium,
  name: (option: string) => string
) {
  if (kind === 'practice') return name(option)
  return medium === 'voice' ? spelled(option) : option
}
