import { type Band, bandOf } from '../handoff/bands.ts'
import { rank, WAITS_AT } from '../handoff/rank.ts'
import type { Contact } from '../record/contact.ts'
import type { Parts } from '../turn.ts'
import type { SayName } from '../words/common.ts'
import { sayOf } from './says.ts'
import { told } from './tell.ts'
import type { Thinking } from './think.ts'
import { asksWhen, mayWaitOn } from './times.ts'

/** To say the keys, or what to do if it gets worse, takes most of a turn. */
const SECONDS_FOR_MORE = 13
/** A time is said again after so many short turns: about once a minute, or when it is another. */
const ROUNDS_OF_A_BAND = 4

const BANDS: Readonly<Record<Band, SayName>> = {
  '1': 'comes-in-1',
  '5': 'comes-in-5',
  '10': 'comes-in-10',
  long: 'comes-later',
  unknown: 'comes-unknown',
}

/** How long it usually takes from now; none for whoever may be in danger, or where nothing is measured. */
export function bandNow(
  { waits }: Pick<Parts, 'waits'>,
  { content, place, facts: { now } }: Thinking,
  contact: Contact
): Band | undefined {
  const { conversation, handoff } = contact
  if (!waits || !handoff || !mayWaitOn(contact)) return undefined
  const mine = `${WAITS_AT}${rank(handoff.context)}`
  const since = (content.slots?.waiting(place.place) ?? [])
    .filter((one) => one.rank < mine)
    .map((one) => Date.parse(one.since))
  const at = Date.parse(now)
  return bandOf(waits.of(place.place), {
    now,
    waited: at - Date.parse(conversation?.waiting ?? now),
    before: Math.max(0, ...since.map((ms) => at - ms)),
  })
}

/** What a short turn of the wait says. */
export interface RoundWords {
  said: string
  /** Said after each silence of five seconds. */
  again?: string
  /** Whether keys are heard. */
  chooses: boolean
  /** The time that was told. */
  band?: Band
}

/**
 * What is said in one short turn: that somebody comes, only where somebody has said yes; how long it usually takes; that
 * they are in the right place. In turns, so that there is never silence and nothing is said more often than it need be.
 */
export function wordsOfRound(
  t: Thinking,
  contact: Contact,
  { seconds, band }: { seconds: number; band: Band | undefined }
): RoundWords {
  const { value, context } = contact.handoff ?? {}
  const { rounds = 1, band: before } = contact.conversation ?? {}
  const say = (name: SayName) => sayOf(t, name, 'voice', told(t, contact))
  if (value === 'accepted' || value === 'connected') return { said: say('coming'), chooses: false }
  // Who may be in danger is given nothing to choose: somebody comes, or the cover is rung.
  const chooses = context?.priority !== 'P1' && seconds >= SECONDS_FOR_MORE
  const keys = chooses ? say(asksWhen(t, contact) ? 'call-back-keys' : 'waiting-keys') : ''
  const here = say(value === 'waiting' && mayWaitOn(contact) ? 'all-busy' : 'still-waiting')
  if (band === undefined) return { said: [here, keys].filter(Boolean).join(' '), chooses }
  const tells = band !== before || rounds % ROUNDS_OF_A_BAND === 1
  if (tells) return { said: [say(BANDS[band]), keys].filter(Boolean).join(' '), chooses, band }
  const saysKeys = chooses && rounds % 2 === 1
  if (saysKeys) return { said: `${here} ${keys}`, chooses }
  // The turn is short because the next step is near: words must not put it off.
  if (seconds < SECONDS_FOR_MORE) return { said: here, chooses }
  // A long wait is a time in which it can get worse.
  return { said: `${here} ${say('if-worse')}`, again: say('still-here'), chooses }
}

/** "When is best?", and the times. */
export const wordsOfTimes = (t: Thinking, contact: Contact): string =>
  sayOf(t, 'call-back-when', 'voice', {
    ...told(t, contact),
    times: contact.conversation?.times?.map(({ due }) => due) ?? [],
  })
