import type { Reply } from '../channels/inbound.ts'
import { byUrgency } from '../flows/outcomes.ts'
import { practiceHints } from '../places/directory.ts'
import { lineTo } from '../places/route.ts'
import type { Contact, Conversation } from '../record/contact.ts'
import { dueOf } from '../record/one-call.ts'
import type { OutboxRow } from '../store/contract.ts'
import { compose, type Said } from '../words/compose.ts'
import type { Told } from '../words/told.ts'
import { textRow } from './outgoing.ts'
import { sayOf } from './says.ts'
import { optionName, type Thinking, type Thought } from './think.ts'

/** A turn put into words, and what of it the conversation keeps. */
export interface TurnTold {
  reply: Reply
  /** The words as heard, for the log. */
  said: string
  conversation: Conversation | null
  outbox: readonly OutboxRow[]
}

/** Puts a settled turn into words for its channel, from the record as it is about to be saved. */
export function tell(t: Thinking, contact: Contact, thought: Thought, first: boolean): TurnTold {
  const conversation = contact.conversation
  const channel = conversation?.channel ?? contact.channel
  // After STOP Twilio refuses our texts, and a closed line hears nothing; Teams has no such rule.
  const gone = thought.heard?.type === 'GONE' && channel !== 'teams'
  const silent = thought.joined === true || thought.left === true || gone
  const said = compose({
    words: t.content.words,
    lang: t.lang,
    flat: t.release.flat,
    effects: thought.effects,
    channel,
    first,
    ...(thought.heard && { heard: thought.heard.type }),
    told: told(t, contact),
    optionName: (option) => optionName(t.place, option),
  })
  const parts = silent ? [] : said.parts
  const reply: Reply = {
    lang: t.lang,
    turn: conversation?.turn ?? contact.turn,
    contact: contact.id,
    parts,
    listen: listenWith(t, thought, said),
    dial:
      said.person && conversation?.ringing?.[0] ? { ...conversation.ringing[0], tried: 1 } : null,
    choices: silent ? [] : said.choices,
    ended: said.ended,
    silent,
  }
  const repeats = said.ended === 'emergency' && channel === 'voice'
  return {
    reply,
    said: parts.map(({ words }) => words).join(' '),
    conversation: conversation && { ...conversation, ...(repeats && endingOf(parts)) },
    outbox: texts(t, contact, thought),
  }
}

/** The last words, to be said again each minute while the caller stays on the line. */
const endingOf = (parts: Said['parts']) => ({
  ending: parts.map(({ step, words }) => ({ step, words })),
})

/** A question about a practice listens for the place's own names. */
function listenWith(t: Thinking, thought: Thought, { listen }: Said): Reply['listen'] {
  const ask = thought.effects.find((effect) => effect.kind === 'ask')
  const kind = ask?.kind === 'ask' ? t.release.flat.steps.get(ask.step)?.step.kind : undefined
  return listen && kind === 'practice'
    ? { ...listen, hints: [...practiceHints(t.place), ...listen.hints] }
    : listen
}

/** What may be told of a contact at this instant. */
export function told(t: Pick<Thinking, 'place' | 'content' | 'facts'>, contact: Contact): Told {
  const { place, facts } = t
  const { person, routes } = contact
  const codes = spoken(contact)
  const first = byUrgency(codes)[0]
  const due = ringBacks(contact)
  return {
    now: facts.now,
    zone: place.timeZone,
    place: place.name,
    cover: facts.cover,
    codes,
    teams: Object.fromEntries(routes.map(({ code, team }) => [code, team])),
    due,
    closed: first !== undefined && !facts.open.includes(first),
    consent: contact.consent,
    ref: contact.ref,
    reachable: person.ringOn !== undefined || person.phone !== 'withheld',
    unsafe: person.unsafe === true || person.overheard === true,
    ...reaching(person, due.PERSON),
    ...councilLines(t),
    published: publishedNumber(place),
  }
}

/** The one number that residents ring, and that calls of ours come from. */
export const publishedNumber = ({ numbers }: Thinking['place']): string =>
  numbers.find(({ use, channels }) => use === 'residents' && channels.includes('voice'))?.number ??
  ''

/** When each code's ring-back is due, while it is still owed. */
const ringBacks = (contact: Contact): Record<string, string> =>
  Object.fromEntries(
    contact.clocks.flatMap((clock) => {
      const due = clock.name === 'ringBack' ? dueOf(contact, clock) : undefined
      return due === undefined ? [] : [[clock.code, due]]
    })
  )

/** The last digits of the number that will be rung, and how a promised person will come. */
function reaching(
  { ringOn, address, phone }: Contact['person'],
  due: string | undefined
): Pick<Told, 'last3' | 'promise'> {
  const number = ringOn ?? address
  return {
    ...(/^\+\d/.test(number) && { last3: number.slice(-3) }),
    ...(due && { promise: { due, by: phone === 'withheld' ? 'write' : 'ring' } }),
  }
}

/** The council's own lines that are answered now. */
function councilLines({
  place,
  content,
  facts,
}: Pick<Thinking, 'place' | 'content' | 'facts'>): Pick<Told, 'outOfHours' | 'housing'> {
  const line = (service: string) => lineTo(place, content.calendar, service, {}, facts.now)
  const outOfHours = line('duty-out-of-hours')?.number
  const office = line('housing')
  const housing = (office?.open && office.number) || outOfHours
  return { ...(outOfHours && { outOfHours }), ...(housing && { housing }) }
}

/** A welfare call that was stopped, because the conversation was carried on, is not spoken of. */
const spoken = ({ codes, clocks }: Contact) =>
  codes.filter(
    (code) =>
      code !== 'HOLD' ||
      codes.length === 1 ||
      clocks.some((clock) => clock.code === 'HOLD' && dueOf({ clocks }, clock) !== undefined)
  )

/** "Shall we text this?" Yes: the ending goes to the number that rang, without naming the matter. */
function texts(t: Thinking, contact: Contact, { effects, state }: Thought): OutboxRow[] {
  const yes = effects.some(
    (effect) => effect.kind === 'keep' && effect.field === 'text-me' && effect.value === 'yes'
  )
  if (!yes || contact.person.phone !== 'mobile') return []
  return [
    textRow(
      t,
      contact,
      `${contact.id}:${contact.turn}:1`,
      sayOf(t, 'summary', 'text', told(t, contact), state.context.form)
    ),
  ]
}
