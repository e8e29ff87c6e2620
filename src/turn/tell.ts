import type { Inbound, Reply } from '../channels/inbound.ts'
import type { Content } from '../content.ts'
import { byUrgency } from '../flows/outcomes.ts'
import { coverAt } from '../places/cover.ts'
import { practiceHints } from '../places/directory.ts'
import { lineTo } from '../places/route.ts'
import type { Contact, Conversation } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Parts } from '../turn.ts'
import { compose, type Said } from '../words/compose.ts'
import { mediumOf } from '../words/phrase.ts'
import type { Told } from '../words/told.ts'
import { placeReached, type Standing } from './find.ts'
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
  const silent = thought.joined === true || thought.heard?.type === 'GONE'
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
  const ending =
    said.ended === 'emergency' && channel === 'voice'
      ? { ending: parts.map(({ step, words }) => ({ step, words })) }
      : {}
  return {
    reply,
    said: parts.map(({ words }) => words).join(' '),
    conversation: conversation && { ...conversation, ...ending },
    outbox: texts(t, contact, thought),
  }
}

/** A question about a practice listens for the place's own names. */
function listenWith(t: Thinking, thought: Thought, { listen }: Said): Reply['listen'] {
  const ask = thought.effects.find((effect) => effect.kind === 'ask')
  const kind = ask?.kind === 'ask' ? t.release.flat.steps.get(ask.step)?.step.kind : undefined
  return listen && kind === 'practice'
    ? { ...listen, hints: [...practiceHints(t.place), ...listen.hints] }
    : listen
}

/** What may be told of a contact at this instant. */
export function told(
  { place, content, facts }: Pick<Thinking, 'place' | 'content' | 'facts'>,
  contact: Contact
): Told {
  const { person, clocks, routes } = contact
  const running = clocks.filter((clock) => clock.name === 'ringBack' && clock.state === 'running')
  const due = Object.fromEntries(running.map((clock) => [clock.code, clock.due]))
  const number = person.ringOn ?? person.address
  const promise = due.PERSON
  const codes = spoken(contact)
  const first = byUrgency(codes)[0]
  const council = lineTo(place, content.calendar, 'duty-out-of-hours', {}, facts.now)?.number
  const housing = lineTo(place, content.calendar, 'housing', {}, facts.now)
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
    ...(/^\+\d/.test(number) && { last3: number.slice(-3) }),
    unsafe: person.unsafe === true || person.overheard === true,
    ...(promise && {
      promise: {
        due: promise,
        by: person.phone === 'withheld' ? ('write' as const) : ('ring' as const),
      },
    }),
    ...(council && { outOfHours: council }),
    ...(housing?.open && housing.number
      ? { housing: housing.number }
      : council
        ? { housing: council }
        : {}),
  }
}

/** A welfare call that was stopped, because the conversation was carried on, is not spoken of. */
const spoken = ({ codes, clocks }: Contact) =>
  codes.filter(
    (code) =>
      code !== 'HOLD' ||
      codes.length === 1 ||
      clocks.some((clock) => clock.code === 'HOLD' && clock.state === 'running')
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

/** One text to the number that reached us, sent after the turn is saved. */
export function textRow(
  { place, facts }: Pick<Thinking, 'place' | 'facts'>,
  contact: Contact,
  id: string,
  body: string
): OutboxRow {
  const from =
    place.numbers.find(({ use, channels }) => use === 'residents' && channels.includes('sms'))
      ?.number ?? ''
  const to = contact.person.address
  return {
    id,
    contact: contact.id,
    recipient: to,
    kind: 'text',
    body: { to, from, body },
    due: facts.now,
    tries: 0,
    state: 'waiting',
  }
}

const bare = (turn: number, contact: string): Reply => ({
  lang: 'en',
  turn,
  contact,
  parts: [],
  listen: null,
  dial: null,
  choices: [],
  ended: 'ordinary',
  silent: true,
})

/** An inbound that asks for no answer: a status for a call that was never begun. */
export const nothing = ({ turn, id }: Contact): Reply => bare(turn, id)

/** The next number of those being rung. */
export function ringNext(contact: Contact, tried: number): Reply {
  const next = contact.conversation?.ringing?.[tried]
  return {
    ...bare(contact.turn, contact.id),
    dial: next ? { ...next, tried: tried + 1 } : null,
    ended: null,
    silent: false,
  }
}

/** After the end of a call: the 999 words are said again each minute while the caller stays; else the line is closed. */
export function hangUp({ contact }: Standing): Reply {
  const { conversation, turn, id } = contact
  if (conversation?.ending)
    return {
      ...bare(turn, id),
      lang: conversation.lang,
      parts: conversation.ending.map((part) => ({ ...part, slow: false })),
      ended: 'emergency',
      silent: false,
    }
  return bare(turn, id)
}

/** A number or tenant that belongs to no place: the 999 words, for whoever it is may be in danger. */
export function unknownReply(content: Content, channel: Inbound['channel']): Reply {
  return {
    ...bare(0, ''),
    parts: [
      {
        step: 'unknown-place',
        words: sayOf({ content, lang: 'en' }, 'unknown-number', mediumOf(channel)),
        slow: false,
      },
    ],
    silent: false,
  }
}

/** We are broken: the safe words, and the cover of the hour is rung. Needs neither store nor network. */
export function brokenReply(parts: Pick<Parts, 'content' | 'now'>, inbound: Inbound): Reply {
  const content = parts.content()
  const loaded = placeReached(content, inbound)
  const cover = loaded && coverAt(loaded.place, content.calendar, parts.now())
  const dial =
    inbound.channel === 'voice' && cover && !cover.none && inbound.heard.kind !== 'unanswered'
      ? { number: cover.number, label: cover.organisation, tried: 1 }
      : null
  const words = sayOf({ content, lang: 'en' }, 'broken', mediumOf(inbound.channel))
  return {
    ...bare(0, ''),
    parts: [{ step: 'broken', words, slow: false }],
    dial,
    ended: dial ? null : 'ordinary',
    silent: false,
  }
}
