import type { LogEntry } from '../../record/contact.ts'
import { DECLINE_WORDS } from '../../words/staff-card-words.ts'
import type { Me } from '../parts.ts'
import { clockTime, ownerName, PRIORITY, spacedRef } from '../words.ts'

/** What a line of the log is, where its kind alone says it. */
const KIND: Record<string, string> = {
  begin: 'They reached us',
  answer: 'They answered',
  found: 'They answered',
  unclear: 'We did not understand',
  silence: 'They said nothing',
  again: 'They asked to hear it again',
  person: 'They asked for a person',
  language: 'They asked for another language',
  abuse: 'They were abusive',
  danger: 'Words of danger',
  gone: 'They rang off',
  late: 'They answered an earlier question',
  'joined-text': 'More of the same text came',
  'after-end': 'They wrote after the end',
  feedback: 'They said how it was',
  unheard: 'A text that reached Twilio, and not us',
  spilled: 'It came while nothing could be saved, and was kept',
  outcome: 'Decided',
  promise: 'Promised',
  'promise-joined': 'One promise stands for two',
  'clock-missed': 'A promise is late',
  check: 'It is time to look if they are well',
  'slot-moved': 'A promised hour was full: it was moved',
  ringing: 'The cover is rung',
  unanswered: 'Nobody answered',
  nobody: 'Nobody is left to ask',
  covered: 'The cover answered',
  'no-cover': 'Nobody is on duty at this hour',
  sent: 'Text sent',
  'not-sent': 'A text could not be sent',
  delivered: 'Text delivered',
  'not-delivered': 'A text did not arrive',
  'not-texted': 'No text was sent before the call',
  translated: 'In English, by machine',
  'not-translated': 'It could not be translated',
  came: 'They reached us in another contact',
  recorded: 'Twilio recorded a call that it should not',
  'copies-deleted': 'The copies at Twilio were deleted',
  queued: 'They wait for a navigator',
  raised: 'It is more urgent now',
  lapsed: 'Nobody took it in time',
  alone: 'Somebody waits alone in the call',
  parted: 'The others have hung up, and the person has not',
  'no longer alone': 'Nobody waits alone any more',
  'person not in the call': 'The person could not be brought in',
  'person gone': 'They left',
  'flow ended': 'The questions are done',
  'handed-back': 'The questions go on',
  relayed: 'They wrote',
  promised: 'They wait no more: a call was promised',
  withdrawn: 'They wait for nobody any more',
  done: 'It is over',
  agreed: 'They said who may be told',
  'agreed-no-more': 'They want somebody told no more',
  died: 'They have died: all contact ends',
  'not-died': 'They have not died: what was owed is owed again',
  'not-these': 'Numbers that must hear nothing',
  'near-miss': 'Something nearly went wrong',
  'ring-by': 'How they are rung',
  'welfare-decided': 'What was done to see that they are safe',
  'call-back': 'A call back is planned',
  'call-back waits': 'The call back waits: somebody is with them',
  'call-back offered': 'A navigator is asked to ring them',
  'call-back busy': 'Their line was busy',
  'call-back unanswered': 'They did not answer our call',
  'call-back a person decides': 'All tries are over: a person decides',
  'call-back decided': 'A person decided what is done',
  'call-back reached': 'They were reached',
  'call-back tried': 'All our calls were tried',
  'call-back withdrawn': 'We ring them no more',
  failed: 'Something did not work',
}

/** What is said of a line, by whose hands it went. */
interface Says {
  /** Names of staff and teams. */
  by: string
  to: string
  owner: string
  staff: string
  /** Whoever a label of a call stands for. */
  who: string
  detail: Readonly<Record<string, unknown>>
  zone: string
}

const VIA: Record<string, string> = {
  softphone: 'by the phone on their computer',
  phone: 'by their own phone',
  thread: 'in writing',
}
const BACK: Record<string, string> = {
  questions: 'gives them back to our questions',
  feedback: 'ends it, and asks how it was',
  close: 'ends it',
}
const ANSWER: Record<string, string> = { yes: 'yes', no: 'no', 'not-sure': 'not sure' }
const WELFARE: Record<string, string> = {
  'key-worker': 'Their key worker is asked to see if they are safe',
  'next-of-kin': 'Their next of kin is to be rung',
  police: 'Somebody is asked to decide if they are safe',
}

const SAYS: Record<string, (says: Says) => string> = {
  offered: ({ to, detail }) => `${to} ${isMany(detail.to) ? 'are' : 'is'} asked to take it`,
  'offered too late': ({ to }) => `It was too late to ask ${to}`,
  declined: ({ by, detail }) => `${by} passed it on${declined(String(detail.reason ?? ''))}`,
  'declined too late': ({ by }) => `${by} passed it on, too late to matter`,
  accepted: ({ by, detail }) => `${by} took it, ${VIA[String(detail.via)] ?? 'and comes'}`,
  'accepted too late': ({ by }) => `${by} took it too late`,
  'rings elsewhere': ({ by }) => `${by} is rung on another phone`,
  joined: ({ by }) => `${by} takes over from the questions`,
  connected: ({ by }) => `${by} is with the person`,
  'taken over': ({ by }) => `${by} has it from now on`,
  'join failed': ({ by }) => `${by} could not be brought in`,
  'brings in': ({ by, detail }) => `${by} brings in ${String(detail.who ?? 'somebody')}`,
  drops: ({ by, who }) => `${by} takes ${who} out of the call`,
  hold: ({ by, who }) => `${by} puts ${who} on hold`,
  unhold: ({ by, who }) => `${by} takes ${who} off hold`,
  mute: ({ by, who }) => `${by} mutes ${who}`,
  unmute: ({ by, who }) => `${by} unmutes ${who}`,
  left: ({ by, detail }) =>
    typeof detail.for === 'string'
      ? `They began anew, in ${spacedRef(detail.for)}`
      : `${by} left the call`,
  'left without the person': ({ by }) => `${by} gave it back before they were joined`,
  'given back': ({ by }) => `${by} gave it back`,
  'not reached': ({ by }) => `${by} could not be reached`,
  lost: ({ by, staff }) => `${staff || by} is not there any more`,
  refused: ({ to }) => `What ${to} asked for could not be done`,
  'said-by-staff': ({ by }) => `${by} wrote`,
  'danger-asked': ({ by, detail }) =>
    `${by} asked about danger: ${ANSWER[String(detail.answer)] ?? 'not known'}`,
  'hands back': ({ by, detail }) => `${by} ${BACK[String(detail.what)] ?? 'hands back'}`,
  'wrapped up': ({ by }) => `${by} is free again`,
  'wrapped-up': ({ by }) => `${by} wrote it up`,
  owner: ({ owner }) => `${owner} owns a promise from now on`,
  'promise-closed': ({ detail }) =>
    detail.how === 'met' ? 'A promise was kept' : 'A promise is not needed any more',
  'ring-out': ({ by, detail }) => `${by} rings ${String(detail.to ?? 'somebody')}`,
  'key-worker': ({ to, detail }) =>
    detail.to ? `${to} is their key worker now` : 'They have no key worker now',
  'same-person': ({ by, detail }) =>
    `${by} asked who they are: ${detail.same ? 'who rang before' : 'somebody else'}`,
  welfare: ({ detail }) =>
    WELFARE[String(detail.who)] ?? 'Somebody is asked to see if they are safe',
  'call-back': ({ detail, zone }) =>
    typeof detail.at === 'string'
      ? `A call back is planned, from ${clockTime(detail.at, zone)}`
      : 'A call back is planned',
}

const declined = (reason: string) =>
  reason in DECLINE_WORDS
    ? `: “${DECLINE_WORDS[reason as keyof typeof DECLINE_WORDS]}”`
    : reason === ''
      ? ''
      : `: ${reason.replaceAll('-', ' ')}`

const isMany = (to: unknown) => Array.isArray(to) && to.length > 1

const LINE: Record<string, string> = {
  ringing: 'is rung',
  ready: 'answered',
  in: 'is in the call',
  held: 'is on hold',
  back: 'is off hold',
  left: 'has left the call',
  failed: 'could not be reached',
}
const CARD: Record<string, string> = {
  offer: 'is shown the offer',
  taken: 'is shown that it is taken',
  lapsed: 'is shown that the offer is over',
  gone: 'is shown that they left',
  yours: 'is shown that it is theirs',
  'wrap-up': 'is shown what to write up',
  empty: 'is shown that it is closed',
}

/** Details that a line of this kind says already. */
export const SAID_BY: Readonly<Record<string, readonly string[]>> = {
  'danger-asked': ['answer'],
  'call-back': ['priority'],
  'ring-out': ['to'],
  refused: ['what'],
  'not-sent': ['code'],
  'not-delivered': ['code'],
}

/** What happened, in plain words, with the names of staff and teams. */
export function happened({ kind, detail = {} }: LogEntry, { place }: Me): string {
  const of = /^line (.+)$/.exec(kind)?.[1]
  const who = participant(String(detail.label ?? ''), place)
  if (of) return `${who} ${LINE[of] ?? of}`
  if (kind === 'card')
    return `${named(detail.to, place)} ${CARD[String(detail.show)] ?? 'has a card'}`
  const says = SAYS[kind]
  if (!says) return KIND[kind] ?? worded(kind)
  return says({
    ...{ by: detail.by === undefined ? 'Somebody' : named(detail.by, place) },
    ...{ to: named(detail.to, place), owner: named(detail.owner, place) },
    ...{ staff: named(detail.staff, place), who: lower(who), detail, zone: place.timeZone },
  })
}

const lower = (who: string) =>
  /^(The|Somebody)/.test(who) ? who.charAt(0).toLowerCase() + who.slice(1) : who

/** Whoever a label of a call stands for. */
export function participant(label: string, place: Me['place']): string {
  const [, who = ''] = /^(?:staff|team):(.+)$/.exec(label) ?? []
  if (who) return ownerName(place, who)
  return label === 'caller' ? 'The person' : 'Somebody else'
}

const AND = new Intl.ListFormat('en-GB', { type: 'conjunction' })

/** One of the staff or more, or teams, by name. */
export const named = (to: unknown, place: Me['place']): string =>
  to === undefined
    ? ''
    : AND.format((Array.isArray(to) ? to : [to]).map((id) => ownerName(place, String(id))))

/** A name of ours as words, where nobody has put it better yet. */
export function worded(name: string): string {
  const said = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[-_]/g, ' ')
    .toLowerCase()
  return said.charAt(0).toUpperCase() + said.slice(1)
}

export const priorityWords = (priority: string): string =>
  priority in PRIORITY ? PRIORITY[priority as keyof typeof PRIORITY].toLowerCase() : priority
