import type { Inbound, Reply } from '../channels/inbound.ts'
import type { Content } from '../content.ts'
import { coverAt } from '../places/cover.ts'
import type { Contact } from '../record/contact.ts'
import type { Parts } from '../turn.ts'
import { mediumOf } from '../words/phrase.ts'
import { placeReached, type Standing } from './find.ts'
import { sayOf } from './says.ts'

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
    ...bare(contact.conversation?.turn ?? contact.turn, contact.id),
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

/** One line of words, and nothing to wait for. */
export const plainReply = (
  { turn, id, conversation }: Contact,
  step: string,
  words: string
): Reply => ({
  ...bare(turn, id),
  lang: conversation?.lang ?? 'en',
  parts: [{ step, words, slow: false }],
  silent: false,
})

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

/**
 * We are broken: the safe words, and the cover of the hour is rung, first number and second. Needs neither store nor
 * network. Whoever has just spoken with a person hears no more.
 */
export function brokenReply(parts: Pick<Parts, 'content' | 'now'>, inbound: Inbound): Reply {
  const content = parts.content()
  const loaded = placeReached(content, inbound)
  const { heard } = inbound
  if (heard.kind === 'joined') return { ...bare(0, ''), broken: true }
  const cover = loaded && coverAt(loaded.place, content.calendar, parts.now())
  const tried = heard.kind === 'unanswered' ? heard.tried : 0
  const number = cover && !cover.none ? [cover.number, cover.second][tried] : undefined
  const dial =
    inbound.channel === 'voice' && cover && !cover.none && number
      ? { number, label: cover.organisation, tried: tried + 1 }
      : null
  const words = sayOf({ content, lang: 'en' }, 'broken', mediumOf(inbound.channel))
  return {
    ...bare(0, ''),
    parts: [{ step: 'broken', words, slow: false }],
    dial,
    ended: dial ? null : 'ordinary',
    silent: false,
    broken: true,
  }
}
