import type { Inbound, Render, TakeTurn } from './channels/inbound.ts'
import type { Content } from './content.ts'
import { DoorError } from './errors.ts'
import type { Waits } from './handoff/bands.ts'
import type { Log, Metrics } from './observe.ts'
import type { Place } from './places/shape.ts'
import type { Store, StoredReply, TimerRow } from './store/contract.ts'
import { askedAfterEnd, isFeedback, isThanks, saveFeedback, saveThanks } from './turn/after.ts'
import { alert } from './turn/alert.ts'
import { expire } from './turn/expire.ts'
import { findStanding, look, type Makes, type Standing } from './turn/find.ts'
import { takeHandoff } from './turn/handed.ts'
import { liveHandoff } from './turn/handing.ts'
import { answeredAsTheyLeft } from './turn/hung-up.ts'
import { isLimited, limitedNow, thinkLimited } from './turn/limited.ts'
import { hangUp, nothing, unknownReply } from './turn/plain.ts'
import { relay } from './turn/relay.ts'
import { replay } from './turn/replay.ts'
import { save, saveRinging, type Trying } from './turn/save.ts'
import { saveWaiting } from './turn/save-waiting.ts'
import { inTime, type Spill, type Spilled, spilledTurn } from './turn/spill.ts'
import { goOn, joinText, start, type Thought, thinking } from './turn/think.ts'
import { withChosen } from './turn/times.ts'
import { conferenceReply, isJoined, waitsOn } from './turn/waiting.ts'

/** What a turn stands on. `committed` is told after each save, so that waiting work is looked at. */
export interface Parts {
  content: () => Content
  store: Store
  /** Where a turn is kept that cannot be saved. Without it the safe words are all there is. */
  spill?: Spill
  /** Whether what is written in another language is put into English for staff. */
  translates?: boolean
  /** Whether Twilio's copies of texts are deleted once they are stored here and final there. */
  deletesCopies?: boolean
  /** A place as its file has it, whatever its services say of themselves today. */
  plain?: (place: string) => Place | undefined
  /** Whether somebody is on shift who could take a contact of this channel. Without it nobody is. */
  staffed?: (place: string, channel: Inbound['channel']) => boolean
  /** How long people waited for a person lately, by place. Without it no time is said to those who wait. */
  waits?: Waits
  /** Whether this is more than its sender or its place may send. Without it nothing is. */
  limit?: (inbound: Inbound) => Inbound['limited']
  now: () => string
  makes: Makes
  log: Log
  metrics: Metrics
  committed: () => void
}

const TRIES = 3

/**
 * One turn: load, think, save, reply. The only place where the pure core meets the store. A fault of ours never
 * reaches a caller as a fault: they hear the safe words, and the number of the cover for the hour is rung.
 */
export function turns(parts: Parts): {
  takeTurn: TakeTurn
  takeTimer: (timer: TimerRow) => Promise<void>
  /** Brings into the store what was spilled. */
  replaySpilled: (spilled: Spilled) => Promise<void>
} {
  const running = new Map<string, Promise<unknown>>()

  async function takeTurn(inbound: Inbound, render: Render): Promise<StoredReply> {
    const started = performance.now()
    try {
      if (inbound.channel === 'voice') return await inTime(attempt(parts, inbound, render, false))
      return await inOrder(`${inbound.to}:${inbound.from}`, (joins) =>
        inTime(attempt(parts, inbound, render, joins))
      )
    } catch (error) {
      alert(parts, 'turn', error, inbound)
      return await spilledTurn(parts, inbound, render)
    } finally {
      parts.metrics.turnSeconds.observe(
        { channel: inbound.channel },
        (performance.now() - started) / 1000
      )
    }
  }

  /** A text that arrives while an earlier one's turn is running joins that turn; it never answers the next question. */
  async function inOrder<T>(key: string, work: (joins: boolean) => Promise<T>): Promise<T> {
    const before = running.get(key)
    const mine = (before ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => work(before !== undefined))
    running.set(key, mine)
    try {
      return await mine
    } finally {
      if (running.get(key) === mine) running.delete(key)
    }
  }

  return {
    takeTurn,
    takeTimer: (timer) => takeTimer(parts, timer),
    replaySpilled: (spilled) =>
      replay(parts, spilled, (inbound) => attempt(parts, inbound, () => spilled.reply, false)),
  }
}

async function attempt(
  parts: Parts,
  inbound: Inbound,
  render: Render,
  joins: boolean
): Promise<StoredReply> {
  let counted: Inbound | undefined
  const count = () => (counted ??= limitedNow(parts, inbound))
  for (let tries = 0; tries < TRIES; tries++) {
    const reply = await once(parts, { given: inbound, count }, render, joins)
    if (reply) return reply
  }
  throw new DoorError('overtaken', 'three other turns were saved first', true)
}

/**
 * One try. Null when another turn was saved first: load again and think again. Only what was not answered before is
 * counted: a provider that repeats itself is no flood.
 */
async function once(
  parts: Parts,
  { given, count }: { given: Inbound; count: () => Inbound },
  render: Render,
  joins: boolean
): Promise<StoredReply | null> {
  const { store } = parts
  const content = parts.content()
  const now = parts.now()
  const finding = { content, store, makes: parts.makes, now }
  const found = await look(finding, given)
  if (found.reply) return found.reply
  const inbound = count()
  const standing = await findStanding(finding, inbound, found)
  if (standing === 'unknown-place') return render(unknownReply(content, inbound.channel))
  // After a fault of ours a number may have rung in vain for someone who has no contact yet.
  const reached = inbound.heard.kind !== 'gone' && inbound.heard.kind !== 'joined'
  if (standing.state === 'new' && !reached)
    return toldBefore({ parts, inbound }, () => render(nothing(standing.contact)))
  const t = thinking(content, standing, inbound, now)
  if (standing.state === 'over') return over({ parts, t, standing, inbound, render })
  if (standing.state === 'handed') return relay({ parts, t, standing, inbound, render })
  if (waitsOn(t, standing, inbound)) return saveWaiting({ parts, t, standing, inbound, render })
  const chosen = { ...standing, contact: withChosen(standing.contact, inbound) }
  const trying: Trying = { parts, t, standing: chosen, inbound, render }
  const tried = ringsOn(standing, inbound)
  if (isFeedback(standing, inbound)) return saveFeedback(trying)
  if (isThanks(t, standing, inbound)) return saveThanks(trying)
  return tried === undefined ? save(trying, think(trying, joins)) : saveRinging(trying, tried)
}

/** The call has ended: only what was answered as it did is still heard. */
async function over(trying: Trying): Promise<StoredReply | null> {
  const { parts, t, standing, inbound } = trying
  const { contact } = standing
  if (inbound.heard.kind === 'gone' && liveHandoff(contact) && !contact.out)
    await takeHandoff(parts, contact.id, { type: 'GONE' }, inbound.webhook)
  const joined = inbound.heard.kind !== 'gone' && isJoined(standing)
  const render = () => trying.render(joined ? conferenceReply(contact) : hangUp(standing))
  const thought = answeredAsTheyLeft(t, standing.contact, inbound)
  return thought ? save({ ...trying, render }, thought) : toldBefore(trying, render)
}

/**
 * What is answered without being saved. The same webhook may have been saved since it was looked for, and have ended the
 * call: then its words are still to be said.
 */
async function toldBefore(
  { parts, inbound }: Pick<Trying, 'parts' | 'inbound'>,
  render: () => StoredReply
): Promise<StoredReply> {
  return (await parts.store.replyTo(inbound.webhook)) ?? render()
}

/** How many numbers were rung in vain, when there is another one to ring. */
function ringsOn({ contact: { conversation } }: Standing, { heard }: Inbound): number | undefined {
  if (heard.kind !== 'unanswered' || !conversation?.ringing?.[heard.tried]) return undefined
  const late = heard.turn !== undefined && heard.turn !== conversation.turn
  return late ? undefined : heard.tried
}

function think(trying: Trying, joins: boolean): Thought {
  const { t, standing, inbound } = trying
  if (isLimited(trying)) return thinkLimited(trying)
  if (standing.state === 'new') return start(t, inbound, askedAfterEnd(t, standing, inbound))
  return joins ? joinText(t, standing.contact, inbound) : goOn(t, standing.contact, inbound)
}

/** A wait has ended: silence in a text conversation, or a clock that fell due. Dropped when the turn has moved on. */
async function takeTimer(parts: Parts, timer: TimerRow): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) if (await expire(parts, timer)) return
  throw new DoorError('overtaken', `timer ${timer.id}: three other turns were saved first`, true)
}
