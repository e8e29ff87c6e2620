import type { Inbound, Render } from '../channels/inbound.ts'
import { DoorError } from '../errors.ts'
import type { StoredReply } from '../store/contract.ts'
import type { Parts } from '../turn.ts'
import { alert } from './alert.ts'
import { placeReached } from './find.ts'
import { brokenReply } from './plain.ts'

/** What reached us while it could not be saved, and what was answered. Everything in it is personal. */
export interface Spilled {
  v: 1
  /** When it reached us, ISO 8601 UTC. */
  at: string
  /** The place that was reached; empty for the leg of a call, whose numbers are not a place's. */
  place: string
  inbound: Inbound
  /** The words as they were heard. */
  said: string
  /** The bytes that were answered: a repeat of the webhook gets them again. */
  reply: StoredReply
}

/** Keeps what could not be saved until it can be. Resolves once a power cut can no longer take it. */
export interface Spill {
  keep: (spilled: Spilled) => Promise<void>
}

/** Longest a disk may take. Who rings waits no longer for it: the safe words are said all the same. */
const KEEP_MS = 1_500

/**
 * The answer while a turn cannot be saved: the safe words, and the cover of the hour. It is kept in the spill before it
 * is given; only what could not be kept there either is given as `broken`, so that it is not taken for acknowledged.
 */
export async function spilledTurn(
  parts: Parts,
  inbound: Inbound,
  render: Render
): Promise<StoredReply> {
  const { broken: _, ...reply } = brokenReply(parts, inbound)
  const place = placeReached(parts.content(), inbound)?.place.place ?? ''
  const said = reply.parts.map(({ words }) => words).join(' ')
  const bytes = render(reply)
  const spilled: Spilled = { v: 1, at: parts.now(), place, inbound, said, reply: bytes }
  return (await kept(parts, spilled)) ? bytes : render({ ...reply, broken: true })
}

/** A number of no place has nobody who could look; only what ends a call may come by other numbers than a place's. */
async function kept(parts: Parts, spilled: Spilled): Promise<boolean> {
  const { heard } = spilled.inbound
  const ofACall = heard.kind === 'gone' || heard.kind === 'joined'
  if (!parts.spill || (spilled.place === '' && !ofACall)) return false
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new DoorError('spill-failed', 'the spill was not written in time', true)
    timer = setTimeout(() => reject(error), KEEP_MS)
  })
  try {
    await Promise.race([parts.spill.keep(spilled), late])
    return true
  } catch (error) {
    alert(parts, 'spill', error, spilled.inbound)
    return false
  } finally {
    clearTimeout(timer)
  }
}

/** A turn that is not saved by now is answered with the safe words; it may be saved all the same, and replay sees that. */
const TURN_MS = 3_000

export async function inTime<T>(turn: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DoorError('store-down', 'the turn was not saved in time', true)),
      TURN_MS
    )
  })
  try {
    return await Promise.race([turn, late])
  } finally {
    clearTimeout(timer)
  }
}
