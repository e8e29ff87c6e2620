import type { Inbound } from '../channels/inbound.ts'
import { begin } from '../conversation/step.ts'
import type { Heard } from '../conversation/types.ts'
import { understandFirst } from '../conversation/understand.ts'
import type { Parts } from '../turn.ts'
import type { Trying } from './save.ts'
import { follow, joinText, type Thinking, type Thought, vocabularyOf } from './think.ts'

/**
 * Marks what is more than its sender, or its place, may send. Only what begins a call or is written is counted; within a
 * call nobody is cut short.
 */
export function limitedNow({ limit, log, metrics }: Parts, inbound: Inbound): Inbound {
  const { heard, channel } = inbound
  const counted = channel === 'voice' ? heard.kind === 'begin' : heard.kind === 'answer'
  const limited = counted ? limit?.(inbound) : undefined
  if (!limited) return inbound
  metrics.refused.inc({ why: limited === 'place' ? 'place-rate' : 'rate' })
  // Once for each: a flood of messages must not be a flood of lines. A place's is told by its figure.
  if (limited === 'first')
    log.warn({ part: 'limits', code: 'limited', channel }, 'Someone sends more than they may')
  return { ...inbound, limited }
}

/** Whoever is in the middle of telling us is not stopped by how many others write to their place. */
export const isLimited = ({ inbound: { limited }, standing: { state } }: Trying) =>
  limited !== undefined && (limited !== 'place' || state !== 'live')

/**
 * The turn of someone who sends too much. Danger is heard as ever. A caller, and a texter the first time, gets the danger
 * line and a person, and is asked nothing; what is written after that is kept, searched for danger, and not answered.
 */
export function thinkLimited({ t, standing, inbound }: Trying): Thought {
  const { contact, state } = standing
  const words = wordsOf(inbound)
  const again = inbound.limited === 'again' && state === 'live' && words !== ''
  if (again) return joinText(t, contact, inbound)
  const heard: Heard = (words && understandFirst(words, vocabularyOf(t))) || { type: 'PERSON' }
  const from = fromWhere(t, standing)
  return {
    heard,
    ...(state === 'live' && { asked: from.value }),
    ...follow(t, from, heard),
    ...(words && { inTheirWords: words }),
  }
}

const wordsOf = ({ heard }: Inbound) =>
  heard.kind === 'answer' && heard.raw.kind === 'words' ? heard.raw.text : ''

function fromWhere(t: Thinking, { contact: { conversation }, state }: Trying['standing']) {
  if (state === 'live' && conversation) return conversation.state
  return begin(t.release.runnable, t.facts).state
}
