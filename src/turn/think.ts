import type { Inbound } from '../channels/inbound.ts'
import type { Content } from '../content.ts'
import { begin, step } from '../conversation/step.ts'
import type { Channel, Effect, Facts, Heard, State, Turn } from '../conversation/types.ts'
import { understand, understandFirst } from '../conversation/understand.ts'
import { DoorError } from '../errors.ts'
import type { Release } from '../flows/machines.ts'
import { sayPractice } from '../places/directory.ts'
import { sayPostcode } from '../places/postcode.ts'
import type { Place } from '../places/shape.ts'
import type { Contact } from '../record/contact.ts'
import { listening } from '../words/listen.ts'
import { gather } from './facts.ts'
import type { Standing } from './find.ts'
import { seekIn } from './hear.ts'

/** What one inbound made the conversation do. */
export interface Thought {
  heard: Heard | null
  /** The step that was being asked when this was heard. */
  asked?: string
  state: State
  effects: readonly Effect[]
  /** The first words of a text conversation, kept as they were written. */
  inTheirWords?: string
  /** An answer to an earlier question, dropped. */
  late?: true
  /** What was said too late: logged, and searched for danger. */
  missed?: string
  /** Said as they hung up: nobody hears the reply. */
  left?: true
  /** A text that came while an earlier one was being thought about. */
  joined?: true
}

export interface Thinking {
  content: Content
  release: Release
  place: Place
  facts: Facts
  lang: string
}

/** What a turn of this contact is thought with, at this instant. */
export function thinking(
  content: Content,
  { loaded: { place }, contact, contacts }: Pick<Standing, 'loaded' | 'contact' | 'contacts'>,
  { channel, to }: { channel: Channel; to?: string },
  now: string
): Thinking {
  const { calendar } = content
  const line = place.numbers.find(({ number }) => number === to)
  return {
    content,
    release: releaseOf(content, contact, place),
    place,
    facts: gather({ place, calendar, channel, now, contact, contacts }),
    lang: contact.conversation?.lang ?? line?.language ?? place.languages[0] ?? 'en',
  }
}

/** The version a contact began with; where that is gone, the place's present one, so that a person can be reached. */
function releaseOf(content: Content, { flow: { flow, version } }: Contact, place: Place): Release {
  const release =
    content.releases.get(`${flow}.v${version}`) ??
    content.releases.get(`${flow}.v${place.flows[flow]}`)
  if (!release)
    throw new DoorError('bad-flow', `flow ${flow} version ${version} is not here`, false)
  return release
}

/** Starts a conversation. A text's first message is heard: danger, a person or STOP at once; the rest is kept as their words. */
export function start(t: Thinking, inbound: Inbound, asked?: Heard): Thought {
  const first = begin(t.release.runnable, t.facts)
  const words =
    inbound.heard.kind === 'answer' && inbound.heard.raw.kind === 'words'
      ? inbound.heard.raw.text
      : ''
  if (words === '') return { heard: null, ...first }
  const heard = asked ?? understandFirst(words, vocabularyOf(t))
  if (!heard) return { heard: null, ...first, inTheirWords: words }
  return { heard, ...follow(t, first.state, heard), inTheirWords: words }
}

/** Goes on with a live conversation. An answer to an earlier question is dropped and the present one asked again. */
export function goOn(t: Thinking, contact: Contact, inbound: Inbound): Thought {
  const conversation = contact.conversation
  if (!conversation) throw new DoorError('not-found', 'no conversation to go on with', false)
  const { state } = conversation
  const asked = state.value
  const late =
    'turn' in inbound.heard &&
    inbound.heard.turn !== undefined &&
    inbound.heard.turn !== conversation.turn
  if (late && inbound.heard.kind !== 'joined') return tooLate(t, state, inbound)
  const heard = meaning(t, state, inbound)
  return { heard, asked, ...follow(t, state, heard) }
}

/** Too late to be an answer, but never too late to say that someone is in danger. */
function tooLate(t: Thinking, state: State, { heard: { kind, ...arrived } }: Inbound): Thought {
  const raw = kind === 'answer' && 'raw' in arrived ? arrived.raw : undefined
  const words = raw?.kind === 'words' ? raw.text : ''
  const missed = raw?.kind === 'keys' ? raw.digits : words
  const asked = state.value
  const heard = words === '' ? null : understandFirst(words, vocabularyOf(t))
  if (heard?.type === 'DANGER') return { heard, asked, ...follow(t, state, heard) }
  const again = follow(t, state, { type: 'AGAIN' })
  return { ...again, heard: null, asked, late: true, ...(missed && { missed }) }
}

/** A text that joins an earlier one: searched for danger, a person and STOP, else only kept. */
export function joinText(t: Thinking, contact: Contact, inbound: Inbound): Thought {
  const conversation = contact.conversation
  const raw = inbound.heard.kind === 'answer' ? inbound.heard.raw : undefined
  if (!conversation || raw?.kind !== 'words') return goOn(t, contact, inbound)
  const { state } = conversation
  const heard = understandFirst(raw.text, vocabularyOf(t))
  if (heard) return { heard, asked: state.value, ...follow(t, state, heard) }
  return {
    heard: null,
    joined: true,
    asked: state.value,
    state,
    effects: [],
    inTheirWords: raw.text,
  }
}

function meaning(t: Thinking, state: State, { heard }: Inbound): Heard {
  switch (heard.kind) {
    case 'begin':
      return { type: 'AGAIN' }
    case 'gone':
      return { type: 'GONE' }
    case 'joined':
      return { type: 'JOINED', by: heard.by }
    case 'unanswered':
      return { type: 'NOBODY' }
    case 'parted':
      return { type: 'AGAIN' }
    case 'waited': {
      const words = heard.raw?.kind === 'words' ? heard.raw.text : ''
      if (heard.key === 'call-back') return { type: 'NOBODY' }
      return understandFirst(words, vocabularyOf(t)) ?? { type: 'AGAIN' }
    }
    case 'answer': {
      const asking = hearingAt(t, state)
      if (asking) return understand(heard.raw, asking, seekIn(t.place))
      // While a line rings, a text may still say that it has become worse.
      const words = heard.raw.kind === 'words' ? heard.raw.text : ''
      return understandFirst(words, vocabularyOf(t)) ?? { type: 'NOBODY' }
    }
  }
}

/** What the present question listens for; null while a person is being rung. */
export function hearingAt(
  t: Pick<Thinking, 'content' | 'release' | 'place' | 'lang'>,
  state: State
) {
  const base = state.value.replace(/\/(confirm|pick)$/, '')
  const placed = t.release.flat.steps.get(base)
  if (!placed || placed.step.kind === 'person') return null
  return listening(t.content.words, t.lang, placed, state.value, state.context.options, (code) =>
    optionName(t.place, code)
  )
}

/** The words a language uses for danger, a person and STOP. */
export function vocabularyOf({ content, lang }: Pick<Thinking, 'content' | 'lang'>) {
  const language = content.words.get(lang)
  if (!language) throw new DoorError('bad-flow', `there are no words in ${lang}`, false)
  return language.common.hear
}

/** A practice or a postcode as it is read back. */
export const optionName = (place: Place, option: string) =>
  place.practices[option] ? sayPractice(place, option) : sayPostcode(option)

/** What is heard all the same where the saved state cannot be restored; everything else leads to a person. */
const HEARD_ANYWHERE: readonly Heard['type'][] = ['DANGER', 'GONE', 'JOINED']

/** One step, with a person as the way out when a saved state can no longer be restored: never back to the start. */
export function follow({ release, facts }: Thinking, state: State, heard: Heard): Turn {
  const { runnable } = release
  if (restores(release, state)) return step(runnable, state, heard, facts)
  const way = HEARD_ANYWHERE.includes(heard.type) ? heard : ({ type: 'PERSON' } as const)
  return step(runnable, begin(runnable, facts).state, way, facts)
}

const restores = ({ runnable, machine }: Release, { machine: name, version, value }: State) =>
  name === runnable.name && version === runnable.version && value in machine.states
