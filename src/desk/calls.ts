import type { Guard } from '../channels/breaker.ts'
import type { TwilioCalls } from '../channels/twilio-calls.ts'
import type { Later, Sent } from '../channels/twilio-rest.ts'
import type { Leg } from '../handoff/types.ts'
import type { Tried } from '../jobs/outbox.ts'
import type { Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import { liveHandoff } from '../turn/handing.ts'
import { publishedNumber } from '../turn/tell.ts'
import type { Parts } from '../turn.ts'

/** What the desk's calls need of the world. */
export interface Calling {
  calls: TwilioCalls
  guard: Guard
  publicUrl: string
}

/** Seconds that a leg rings: a navigator who took a contact is at their desk. */
const RING_SECONDS = 20
/** What a stand-in for the wall clock may differ from Twilio's, milliseconds. */
const SKEW_MS = 5_000

type Does = (world: Calling, parts: Parts, contact: Contact, row: OutboxRow) => Promise<Tried>

/** Outbox rows of a handoff that Twilio carries out. */
export const CALLS: Readonly<Record<string, Does>> = { ring, join, participant }

const legOf = (contact: Contact, label: string): Leg | undefined =>
  liveHandoff(contact)?.context.legs.find((leg) => leg.label === label)

const at = ({ publicUrl }: Calling, path: string, contact: Contact, label?: string) =>
  `${publicUrl}${path}?h=${encodeURIComponent(contact.id)}${label === undefined ? '' : `&leg=${encodeURIComponent(label)}`}`

/** Rings a participant's own line. One that may have been rung before is looked for first. */
async function ring(
  world: Calling,
  parts: Parts,
  contact: Contact,
  row: OutboxRow
): Promise<Tried> {
  const { label, to } = row.body as { label: string; to: string }
  const leg = legOf(contact, label)
  if (leg?.is !== 'ringing' && !(label === 'caller' && leg?.is !== 'in'))
    return { done: { skipped: 'nobody waits for it any more' } }
  if (to === '') return { refused: { why: 'there is no number to ring' } }
  const { place } = parts.content().places.get(contact.place) ?? {}
  if (!place) return { refused: { why: 'the place is not here' } }
  const since = Date.parse(row.due) - SKEW_MS
  if (row.tries > 1) {
    const rung = await world.guard(() => world.calls.find(to, since))
    if (!('length' in rung)) return retried(rung)
    const [known] = rung
    if (known) return { done: { sid: known.sid } }
  }
  return triedOf(
    await world.guard(() =>
      world.calls.ring({
        to,
        from: publishedNumber(place),
        url: at(world, '/twilio/voice/leg', contact, label),
        statusCallback: at(world, '/twilio/status/leg', contact, label),
        timeout: RING_SECONDS,
      })
    )
  )
}

/**
 * Brings the caller in. What fails here is made good by the reply to their next turn. Who is rung by us has no call yet:
 * theirs is rung now that somebody is there to speak with them.
 */
async function join(
  world: Calling,
  parts: Parts,
  contact: Contact,
  row: OutboxRow
): Promise<Tried> {
  if (contact.out) {
    const body = { label: 'caller', to: contact.out.number }
    return ring(world, parts, contact, { ...row, body })
  }
  const call = String(row.body.call)
  const caller = legOf(contact, 'caller')
  if (!liveHandoff(contact)) return { done: { skipped: 'it is over' } }
  if (caller?.is === 'in' || caller?.is === 'held') return backFromHold(world, parts, contact, row)
  return changed(
    await world.guard(() => world.calls.move(call, at(world, '/twilio/voice/join', contact)))
  )
}

/** They are in the call already, and may hear the words of somebody who waits alone. */
const backFromHold = (world: Calling, parts: Parts, contact: Contact, row: OutboxRow) =>
  participant(world, parts, contact, { ...row, body: { label: 'caller', do: 'unhold' } })

/** Holds, mutes or takes out one participant; `*` is everybody. */
async function participant(
  world: Calling,
  _: Parts,
  contact: Contact,
  row: OutboxRow
): Promise<Tried> {
  const { label, do: what } = row.body as { label: string; do: string }
  if (what === 'stop-ringing') return stopRinging(world, contact, row)
  if (what.startsWith('call-back')) return farewell(world, contact, row)
  const there = await world.guard(() => world.calls.participants(contact.id))
  if (!('participants' in there)) return retried(there)
  const meant = there.participants.filter((one) => label === '*' || one.label === label)
  const say = LEFT.includes(what) ? what : 'still'
  const holdUrl = `${world.publicUrl}/twilio/voice/wait?lang=${langOf(contact)}&say=${say}`
  for (const { call } of meant) {
    const change = CHANGES[what]
    if (!change) return { refused: { why: `nobody does ${what}` } }
    const to = change.hold ? { ...change, holdUrl } : change
    const tried = changed(await world.guard(() => world.calls.change(there.conference, call, to)))
    if (!('done' in tried)) return tried
  }
  return { done: { changed: meant.length } }
}

/** Words for one with whom nobody is any more. */
const LEFT: readonly string[] = ['alone', 'parted']

const CHANGES: Readonly<Record<string, { hold?: boolean; muted?: boolean; remove?: true }>> = {
  hold: { hold: true },
  // Nobody else is there: they hear so, and words every five seconds, until somebody is.
  alone: { hold: true },
  parted: { hold: true },
  unhold: { hold: false },
  mute: { muted: true },
  unmute: { muted: false },
  remove: { remove: true },
}

/** Nobody came to one who was left alone: they hear that they will be rung, and the call ends. */
async function farewell(world: Calling, contact: Contact, { body }: OutboxRow): Promise<Tried> {
  // Who was rung by us is in another call than the one they rang in.
  const call = typeof body.call === 'string' ? body.call : (contact.conversation?.call ?? '')
  const url = `${world.publicUrl}/twilio/voice/farewell?lang=${langOf(contact)}&say=${body.do}`
  return changed(await world.guard(() => world.calls.move(call, url)))
}

const langOf = ({ conversation }: Contact) => conversation?.lang ?? 'en'

async function stopRinging(world: Calling, contact: Contact, { body }: OutboxRow): Promise<Tried> {
  const { label } = body as { label: string }
  const leg = contact.handoff?.context.legs.find((one) => one.label === label)
  const call = typeof body.call === 'string' ? body.call : leg?.call
  if (call === undefined) return { done: { skipped: 'it was not rung' } }
  return changed(await world.guard(() => world.calls.end(call)))
}

function changed(answer: 'done' | 'gone' | { refused: string } | Later): Tried {
  if (answer === 'done' || answer === 'gone') return { done: { [answer]: true } }
  return 'refused' in answer ? { refused: { why: answer.refused } } : retried(answer)
}

function triedOf(sent: Sent): Tried {
  if ('sid' in sent) return { done: { sid: sent.sid } }
  return 'retry' in sent ? retried(sent) : { refused: { why: sent.refused } }
}

const retried = ({ after }: Later): Tried => ({
  retry: true,
  ...(after !== undefined && { after }),
})
