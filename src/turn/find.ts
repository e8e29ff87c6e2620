import type { Inbound } from '../channels/inbound.ts'
import type { Content, Loaded } from '../content.ts'
import type { Contact } from '../record/contact.ts'
import { makeReference } from '../record/reference.ts'
import type { Found, Store } from '../store/contract.ts'
import { mayCarryOn, windowMs } from './facts.ts'
import { phoneKind } from './hear.ts'
import { isKnown, recalled } from './recall.ts'

/** What stands behind the things a turn must make up: ids, chance, and the partition of an address. */
export interface Makes {
  uuid: () => string
  random: () => number
  /** 0 to 63, from a keyed hash: everything of one address lives together. */
  partition: (place: string, address: string) => number
}

/** The contact an inbound belongs to, and how it stands. */
export interface Standing {
  loaded: Loaded
  /** As stored; null when this inbound opens a new one. */
  stored: Contact | null
  contact: Contact
  /** live: a question waits · new: nothing yet · over: it has ended · handed: somebody of ours writes with them. */
  state: 'live' | 'new' | 'over' | 'handed'
  /** Contacts from this address in seven days. */
  contacts: number
  /** Staff id of whoever helped this number before, in the last week. */
  helpedBy?: string
  /** Staff id of whoever speaks or writes with this number in another contact now. */
  beside?: string
  /** A text conversation that ended within the hour: what follows may be thanks. */
  ended?: Contact
}

const SOON_MS = 60 * 60 * 1000

const WEEK_MS = 7 * 24 * 60 * 60 * 1000

/** The place an inbound reached: by the number rung or texted, or by the Teams tenant. */
export function placeReached(content: Content, { channel, to }: Inbound): Loaded | undefined {
  return [...content.places.values()].find(({ place }) =>
    channel === 'teams'
      ? place.teams.tenant === to
      : place.numbers.some(({ number }) => number === to)
  )
}

interface Finding {
  content: Content
  store: Store
  makes: Makes
  now: string
}

/** Asks the store for everything a turn needs to know before it thinks, at once. */
export function look({ content, store, now }: Finding, inbound: Inbound): Promise<Found> {
  const { channel, webhook, conversation, from } = inbound
  const place = placeReached(content, inbound)?.place.place
  return store.find({
    webhook,
    ...(channel !== 'sms' && { call: conversation }),
    place: place ?? '',
    addresses: from === 'withheld' || place === undefined ? [] : [from],
    since: weekBefore(now),
  })
}

const weekBefore = (now: string) => new Date(Date.parse(now) - WEEK_MS).toISOString()

/** Finds the contact: by the live call, else by the number that reached us; else opens one. */
export async function findStanding(
  parts: Finding,
  inbound: Inbound,
  found?: Found
): Promise<Standing | 'unknown-place'> {
  const { content, store, now } = parts
  const { live, recent: ofReached } = found ?? (await look(parts, { ...inbound, webhook: '' }))
  const reached = placeReached(content, inbound)
  const loaded = live ? content.places.get(live.place) : reached
  if (!loaded) return 'unknown-place'
  // A number may have been given to another place since the call began.
  const moved = loaded !== reached && inbound.from !== 'withheld'
  const recent = moved
    ? await store.recent(loaded.place.place, inbound.from, weekBefore(now))
    : ofReached
  const latest = live ?? recent.find((one) => isHanded(one, inbound)) ?? goesOnIn(recent)
  const contacts = recent.length + (live || recent.length === 0 ? 1 : 0)
  const stand = (contact: Contact, state: Standing['state'], stored: Contact | null) => ({
    ...{ loaded, stored, contact, state, contacts },
    ...oursOf(recent, contact),
  })
  const conversation = latest?.conversation
  if (latest && conversation?.call === inbound.conversation) {
    const idle = Date.parse(parts.now) - Date.parse(conversation.lastAt)
    if (isHanded(latest, inbound)) return stand(latest, 'handed', latest)
    const live =
      !conversation.state.done &&
      (inbound.channel === 'voice' || Math.abs(idle) <= windowMs(loaded.place))
    if (live) return stand(latest, 'live', latest)
    if (inbound.channel === 'voice') return stand(latest, 'over', latest)
  }
  const fresh = () => openAfresh(parts, inbound, loaded, recent)
  const ended = latest && inbound.channel !== 'voice' && justEnded(latest, inbound, parts.now)
  if (ended) return { ...stand(await fresh(), 'new', null), ended: latest }
  const carried = latest && carriedOn(latest, inbound, parts.now, windowMs(loaded.place))
  if (carried) return stand(carried, 'new', latest)
  return stand(await fresh(), 'new', null)
}

/** What may go on is the newest; but whoever writes from the number of somebody who has died begins anew. */
const goesOnIn = ([newest]: readonly Contact[]): Contact | null =>
  newest && !newest.died ? newest : null

/** Who of ours helped this number before, and who is with it in another contact now. */
function oursOf(
  recent: readonly Contact[],
  { id }: Contact
): Pick<Standing, 'helpedBy' | 'beside'> {
  const helpedBy = recent.find((one) => one.helpedBy !== undefined)?.helpedBy
  const other = recent.find((one) => one.id !== id && one.handoff?.value === 'connected')
  const beside = other?.handoff?.context.by?.staff
  return { ...(helpedBy !== undefined && { helpedBy }), ...(beside !== undefined && { beside }) }
}

/** How far back a new contact looks for who looks after the person, and who may speak for them. */
const YEAR_MS = 365 * 24 * 60 * 60 * 1000

/** A new contact with what is known of its number: from contacts of the week, else of the year. */
async function openAfresh(
  parts: Finding,
  inbound: Inbound,
  loaded: Loaded,
  recent: readonly Contact[]
): Promise<Contact> {
  const { store, now } = parts
  const { from } = inbound
  const fresh = open(parts, inbound, loaded)
  if (from === 'withheld' || recent.some(isKnown)) return recalled(fresh, recent)
  const since = new Date(Date.parse(now) - YEAR_MS).toISOString()
  return recalled(fresh, await store.recent(loaded.place.place, from, since))
}

/**
 * Somebody of ours writes with them, or is looked for once the questions are over: what they write is for whoever comes, and
 * begins nothing new that nobody would connect with it.
 */
function isHanded({ handoff, conversation }: Contact, { channel, conversation: call }: Inbound) {
  if (channel === 'voice' || !handoff || conversation?.call !== call) return false
  const { value, context } = handoff
  const comes = WAITS.includes(value) && context.channel === channel
  return value === 'connected' || (comes && conversation.state.done)
}

const WAITS: readonly string[] = ['waiting', 'offered', 'accepted']

/** Ended properly and not by a hang-up, which may be carried on. */
function justEnded({ conversation, dropped, updatedAt }: Contact, inbound: Inbound, now: string) {
  if (!conversation?.state.done || dropped || conversation.call !== inbound.conversation)
    return false
  return Math.abs(Date.parse(now) - Date.parse(updatedAt)) <= SOON_MS
}

/** Longer than any question, ring or ending lasts: a caller we have not heard from since is gone, told of or not. */
const LONGEST_WAIT_MS = 3 * 60 * 1000

/** Two people may ring from one number, as in a care home: a call that is going on is not another caller's to take. */
function onTheLine({ conversation }: Contact, now: string): boolean {
  if (conversation?.channel !== 'voice' || conversation.state.done) return false
  return Math.abs(Date.parse(now) - Date.parse(conversation.lastAt)) <= LONGEST_WAIT_MS
}

/** The contact a dropped conversation is carried on in: same number, within the window, and nothing on it that is unsafe. */
function carriedOn(latest: Contact, inbound: Inbound, now: string, window: number): Contact | null {
  const { conversation } = latest
  const when = latest.dropped?.when ?? conversation?.lastAt
  if (!when || !conversation || inbound.channel === 'teams') return null
  if (onTheLine(latest, now)) return null
  if (Math.abs(Date.parse(now) - Date.parse(when)) > window || !mayCarryOn(latest)) return null
  const at =
    latest.dropped?.at ?? (conversation.state.context.cleared ? conversation.asking : undefined)
  if (!at || conversation.state.context.cleared !== true) return null
  return { ...withoutCall(latest, inbound), dropped: { at, when } }
}

/** Who rings us needs no call of ours: whoever was asked to ring them is asked to take this call instead. */
function withoutCall(contact: Contact, { channel }: Inbound): Contact {
  const { out, ...rest } = contact
  const begun = contact.handoff?.value === 'connected'
  return out?.callBack && channel === 'voice' && !begun ? rest : contact
}

/** A new contact, heard of for the first time now. */
export function open(
  parts: { makes: Makes; now: string },
  inbound: Inbound,
  { place, file, releases }: Loaded
): Contact {
  const { makes, now } = parts
  const partition = makes.partition(
    place.place,
    inbound.from === 'withheld' ? inbound.conversation : inbound.from
  )
  const [flow, version] = ['resident', place.flows.resident ?? 1]
  return {
    schema: 2,
    id: makes.uuid(),
    ref: makeReference(partition, makes.random()),
    place: place.place,
    partition: `${place.place}:${String(partition).padStart(2, '0')}`,
    turn: 0,
    entries: 0,
    channel: inbound.channel,
    status: 'open',
    codes: [],
    level: 'information',
    priority: null,
    route: null,
    routes: [],
    clocks: [],
    consent: null,
    flow: {
      flow,
      version,
      release: releases.get(`${flow}.v${version}`)?.hash ?? '',
      placeFile: file,
    },
    person: { address: inbound.from, phone: phoneKind(inbound.from) },
    conversation: null,
    createdAt: now,
    updatedAt: now,
  }
}
