import type { Tried } from '../jobs/outbox.ts'
import { holds, staffOf } from '../places/roster.ts'
import type { Place } from '../places/shape.ts'
import type { Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Desk } from '../store/desk.ts'
import { whoKnowsThem } from '../turn/owed.ts'
import type { OwnerTold } from '../turn/tell-row.ts'
import type { Parts } from '../turn.ts'
import { decideCard } from '../words/staff-card-decide.ts'
import { clockWords } from '../words/staff-card-words.ts'
import type { Chatting } from './chats.ts'
import { dutyOf, everybody, standsAt } from './staff.ts'

interface Telling {
  parts: Parts
  desk: Desk
  chatting?: Chatting | undefined
}

/**
 * Tells whoever owns a promise what became of its call; where a team does, those of it who are at work. It says which
 * contact and nothing of it. What nobody is there to hear stands in the log, and on the desk as late.
 */
export async function tellOwner(
  { parts, desk, chatting }: Telling,
  contact: Contact,
  { body }: OutboxRow
): Promise<Tried> {
  const place = parts.content().places.get(contact.place)?.place
  const told = body as unknown as OwnerTold
  const say = WORDS[told.what]
  if (!place || !chatting || !say) return { done: { skipped: 'nobody can be told' } }
  // Whoever is with them hears it, whatever the other contact became: it says nothing but that there is danger.
  const isWithThem = told.what === 'beside'
  const to = isWithThem ? [told.owner] : await whom(desk, place, contact, told.owner)
  const knows = told.what === 'welfare-key-worker' ? await knownBy(desk, place, contact) : undefined
  if (knows?.here)
    await chatting.words({ place: place.place, staff: knows.id }, YOU_KNOW(contact.ref))
  const words = knows
    ? ASK(contact.ref, knows.name)
    : say(contact.ref, told.due ? clockWords(told.due, parts.now(), place.timeZone) : '')
  const of = { contact: contact.id, ref: contact.ref, turn: contact.turn }
  for (const staff of to.filter((id) => id !== knows?.id)) {
    const whose = { place: place.place, staff }
    if (told.what === 'welfare-police')
      await chatting.card(whose, decideCard(of, chatting.link(contact)), undefined)
    else await chatting.words(whose, words)
  }
  return { done: { told: to.length } }
}

/** The owner, if they are at work; else everybody of the navigators who is. A restricted contact is for those who may see it. */
async function whom(
  desk: Desk,
  place: Place,
  contact: Contact,
  owner: string
): Promise<readonly string[]> {
  const role = contact.restricted ? 'safeguarding' : 'navigator'
  const here = (await everybody(desk, place))
    .filter(({ staff, duty }) => holds(staff, role) && standsAt(duty) !== 'off')
    .map(({ staff }) => staff.id)
  return staffOf(place, owner) && here.includes(owner) ? [owner] : here
}

/** Who of ours knows them, and whether they can be told: at work, and may see this contact. */
async function knownBy(desk: Desk, place: Place, contact: Contact) {
  const one = staffOf(place, whoKnowsThem(contact) ?? '')
  if (!one) return undefined
  const may = holds(one, contact.restricted ? 'safeguarding' : 'navigator')
  const here = may && standsAt(await dutyOf(desk, place.place, one.id)) !== 'off'
  return { id: one.id, name: one.name, here }
}

const YOU_KNOW = (ref: string) =>
  `${ref}: no answer. You know them: please see if they are safe. Open it to read more.`
const ASK = (ref: string, name: string) =>
  `${ref}: no answer. ${name} knows them: please ask ${name} to see if they are safe.`

const WORDS: Readonly<Record<string, (ref: string, when: string) => string>> = {
  'no-answer': (ref, when) => `${ref}: they did not answer. You are free. We try again at ${when}.`,
  unanswered: (ref) => `${ref}: an urgent call back was not answered. We go on trying.`,
  busy: (ref) => `${ref}: their line is busy each time we ring. We go on trying.`,
  tried: (ref) => `${ref}: nobody answered any of our calls.`,
  'by-hand': (ref) =>
    `${ref}: we may not ring them by machine. Please open it, and reach them another way.`,
  beside: (ref) =>
    `${ref}: words of danger came just now from the number you are with. Ask at once if they are safe, by yes or no: someone may be listening.`,
  late: (ref, when) => `${ref}: the call promised by ${when} is late. Please take it.`,
  moved: (ref, when) =>
    `${ref}: that hour was full. Their call is now by ${when}. They were told another time.`,
  'welfare-key-worker': (ref) =>
    `${ref}: no answer. Please ask their key worker to see if they are safe.`,
  'welfare-next-of-kin': (ref) =>
    `${ref}: no answer. They agreed that we ring their next of kin. Please do: open it to see who.`,
  'welfare-police': (ref) => `${ref}: no answer. Decide if the police should see if they are safe.`,
}
