import type { Flat } from '../flows/flatten.ts'
import { isAsking } from '../flows/schema.ts'
import { sayPractice } from '../places/directory.ts'
import type { Place } from '../places/shape.ts'
import type { Contact, LogEntry } from '../record/contact.ts'
import { isBarred } from '../record/outbound.ts'
import { isUnasked } from '../record/unasked.ts'
import type { Story } from '../record/views.ts'
import { languageOf, type StepWords, stepKey, type Words } from './language.ts'
import { choices, questionState, screenOf } from './question.ts'
import { say, type Told } from './told.ts'

/** What a story is made of: the contact and its log, and the words of the flow it began with. */
export interface Telling {
  contact: Contact
  timeline: readonly LogEntry[]
  place: Place
  flat: Flat
  words: Words
  told: Told
}

/** Staff read in this language, whatever the person speaks; their own words stay as they are. */
const STAFF_LANGUAGE = 'en'

/** Puts together what a navigator must know before they say hello. Nothing is left out that was asked and answered. */
export function storyOf(telling: Telling): Story {
  const { contact, place } = telling
  const { person, handoff, conversation } = contact
  const { who, name, inTheirWords, practice } = person
  const theirs = person.ringOn ?? (/^\+\d/.test(person.address) ? person.address : undefined)
  const number = theirs !== undefined && isBarred(contact, theirs) ? undefined : theirs
  return {
    ...{ contact: contact.id, ref: contact.ref, place: contact.place },
    ...ringing(contact),
    ...{ level: contact.level, priority: handoff?.context.priority ?? contact.priority },
    danger: dangerOf(telling),
    ...(isUnasked(telling.timeline) && { unasked: true as const }),
    since: contact.createdAt,
    codes: contact.codes,
    who: who ?? 'not-known',
    answers: answersOf(telling),
    ...(inTheirWords !== undefined && { inTheirWords }),
    ...(name !== undefined && { name }),
    ...(number !== undefined && { number }),
    ...(practice !== undefined && { practice: practiceName(place, practice) }),
    language: handoff?.context.language ?? conversation?.lang ?? 'en',
    consent: contact.consent,
    route: contact.route && {
      team: contact.route.team,
      service: contact.route.service,
      rule: contact.route.rule,
    },
    flags: flagsOf(contact, place),
    restricted: contact.restricted === true,
  }
}

/** Danger that was ruled out stands open again from words of danger on, until somebody of ours has asked once more. */
function dangerOf({ contact, timeline }: Telling): Story['danger'] {
  const asked = contact.handoff?.context.danger ?? 'not-asked'
  if (asked !== 'cleared') return asked
  const last = timeline.findLast(({ kind }) => kind === 'danger' || kind === 'danger-asked')
  return last?.kind === 'danger' ? 'not-sure' : asked
}

/** By which channel they are spoken with now; and where it is a call of ours that was promised, which. */
function ringing({ channel, handoff, out }: Contact): Pick<Story, 'channel' | 'callBack'> {
  if (!handoff || handoff.done) return { channel }
  return {
    channel: handoff.context.channel,
    ...(out?.callBack && { callBack: out.callBack }),
  }
}

const practiceName = (place: Place, code: string) =>
  place.practices[code] ? sayPractice(place, code) : code

/** What to take care of, said as a colleague would say it. */
function flagsOf(contact: Contact, place: Place): string[] {
  const { person, repeat, consent, notThese, died } = contact
  const { unsafe, overheard, adult, here, phone, codeWord, relay } = person
  return [
    ...(died ? ['They have died. Nothing of ours reaches their numbers.'] : []),
    ...ofPeople(contact, place),
    ...(unsafe ? ['It may not be safe to ring or text this number.'] : []),
    ...(overheard ? ['Somebody may hear them. Ask only what they can answer with yes or no.'] : []),
    ...(codeWord ? ['They gave a code word. Ask for it first.'] : []),
    ...(adult === 'no' ? ['It is about someone under 18.'] : []),
    ...(here === 'no' ? ['They are not in this area now.'] : []),
    ...(relay ? ['They use Relay UK. From a desk phone, ring 18002 and then their number.'] : []),
    ...(phone === 'withheld' ? ['Their number is hidden. Ask where to ring back.'] : []),
    ...(phone === 'landline' ? ['They ring from a landline. They cannot get a text.'] : []),
    ...(repeat ? ['They rang three times or more in seven days. Look for their key worker.'] : []),
    ...(consent === 'no' ? ['They did not agree that we pass this on.'] : []),
    ...(notThese && notThese.length > 0
      ? ['There are numbers that nothing may reach. They are kept with the contact.']
      : []),
  ]
}

/** Who knows them; what was only found by their number is not theirs until somebody has asked. */
function ofPeople({ people, died }: Contact, { staff }: Place): string[] {
  const { keyWorker, agreed = [], from, lost } = people ?? {}
  const worker = staff.find(({ id }) => id === keyWorker?.staff)?.name
  const hint = from === undefined ? '' : ', if they are who rang before. Ask who they are'
  return [
    ...(lost && !died
      ? ['Someone with this number has died. Be gentle, and ask who they are.']
      : []),
    ...(worker ? [`${worker} is their key worker${hint}.`] : []),
    ...(agreed.length > 0 ? [`Others may speak for them${hint}. Open it to see who.`] : []),
  ]
}

function answersOf(telling: Telling): Story['answers'] {
  const all = telling.timeline.filter(
    ({ kind, step }) => kind === 'answer' || (step && kind === 'danger')
  )
  const last = new Map<string, Story['answers'][number]>()
  for (const { step = '', heard = '' } of all) {
    const told = answerAt(telling, step, heard)
    if (!told) continue
    // An answer that was put right counts as it was put right.
    last.delete(told.asked)
    last.set(told.asked, told)
  }
  const answers = [...last.values()]
  return [...answers.filter(({ danger }) => danger), ...answers.filter(({ danger }) => !danger)]
}

function answerAt({ flat, words, told }: Telling, step: string, heard: string) {
  const placed = flat.steps.get(questionState(step))
  if (!placed || !isAsking(placed.step) || heard === '') return null
  const language = languageOf(words, STAFF_LANGUAGE)
  const said: StepWords | undefined = language.steps.get(
    stepKey(placed.flow, placed.version, placed.name)
  )
  if (said?.kind !== 'question') return null
  const manner = { language, medium: 'text', form: 'self', told, asking: true } as const
  const asked = { placed, screen: screenOf(step), options: [], optionName: (code: string) => code }
  const chosen = choices(asked, said, language, 'text').find(({ key }) => key === heard.trim())
  return {
    asked: say(said.ask, manner, { blanks: { ending: '' } }),
    answer: chosen?.label ?? heard,
    danger: placed.step.kind === 'yes-no' && placed.step.danger === 'yes',
  }
}
