import { inflateRawSync } from 'node:zlib'
import type { Contact, Conversation } from '../record/contact.ts'
import type { Keyring } from '../security/keyring.ts'
import { type Spot, seal, unseal, type Wrapped } from '../security/seal.ts'
import { isResting, teamsOf } from './listed.ts'
import type { Head } from './sealed-chain.ts'
import { blindAddress, blindCall } from './sealed-words.ts'
import { lengthen, shorten } from './shorten.ts'

/** Somebody of staff, and when they did it. */
export interface Deed {
  by: string
  at: string
  why: string
}

/** What stands beside a sealed contact. Without `key` it was erased: what is sealed can be opened by nobody. */
export interface Seal extends Head {
  v: 1
  key?: Wrapped
  /** Everything that is not in clear. */
  body?: string
  held?: Deed
  asked?: Deed
  erased?: { by: readonly string[]; at: string }
}

/** A contact as it is stored. */
export interface Stored extends Contact {
  seal?: Seal
}

const spotOf = (id: string): Spot => ({
  table: 'contact',
  record: id,
  field: 'body',
  keyId: 'data',
})

/** A contact with all that is personal sealed, or dropped where there is no key. */
export function sealContact(
  keyring: Keyring,
  key: Buffer | undefined,
  contact: Contact,
  rest: Seal
): Stored {
  const resting = isResting(contact) || !key
  const { shown, hidden } = resting ? partedResting(contact) : partedTalking(contact)
  const { person, conversation } = contact
  const body = key && { body: bodyOf(key, contact.id, JSON.stringify(hidden), resting) }
  const stored = {
    ...shown,
    consent: null,
    person: { address: key ? blindAddress(keyring, person.address) : '', phone: 'withheld' },
    conversation: key && conversation ? shownOf(keyring, conversation) : null,
    seal: { ...rest, ...body },
  }
  // The clear fields were a contact's a moment ago.
  return stored as unknown as Stored
}

/**
 * In clear: what stores find contacts by, order them with and list them under, of which a team's name is all that they ask
 * of where one goes. Every other field is sealed, a new one too.
 */
function partedTalking(contact: Contact) {
  const { schema, id, ref, place, partition, turn, entries, channel, ...more } = contact
  const { status, codes, level, createdAt, updatedAt, ...hidden } = more
  const routes = teamsOf(contact).map((team) => ({ team }))
  const shown = {
    ...{ schema, id, ref, place, partition, turn, entries, channel },
    ...{ status, codes, level, createdAt, updatedAt, route: null, routes },
  }
  return { shown, hidden }
}

/** Besides, once nobody is talking, what counts them: it outlives their key. */
function partedResting(contact: Contact) {
  const { shown, hidden: more } = partedTalking(contact)
  const { priority, route, routes, clocks, repeat, flow, ...hidden } = more
  return { shown: { ...shown, priority, route, routes, clocks, repeat, flow }, hidden }
}

/** Until something is promised a live contact is shorter, and takes less than two kilobytes as it is. */
const LONG = 1_000

/** The letter says with what it was packed. One that rests is packed whatever its length: it is kept for years. */
const bodyOf = (key: Buffer, id: string, json: string, resting: boolean): string =>
  `d${seal(key, spotOf(id), shorten(json, COMMON, resting ? 0 : LONG))}`

/** Frozen: what was packed with it cannot be read with another. */
const COMMON = Buffer.from(
  '"ending":[{"step":"","words":""}],"dropped":{"at":"","when":"2026-"},"codeWord":"","unsafe":true,"overheard":true,' +
    '"inTheirWords":"","ringOn":"+44","consentReason":"","postcode":"","reach":{"waiting":"2026-","with":"","ringing":[{' +
    '"number":"+44","label":""}],"texts":[{"sid":"SM","is":"","at":"2026-"}],"cards":{"":{"message":"","conversation":""}}' +
    ',"callback":{"out":{"number":"","who":"","helpedBy":"","feedback":{"asked":"","score":' +
    '"handoff":{"machine":"handoff","version":1,"value":"waiting","context":{"channel":"voice","priority":"P2","level":' +
    '"urgent","danger":"cleared","wants":true,"told":false,"ended":false,"since":"2026-","language":"en","restricted":false,' +
    '"asked":[],"passed":[],"by":{"staff":"","via":"softphone"},"by":null,"legs":[{"label":"caller","kind":"staff","who":"",' +
    '"is":"in","muted":false,"call":"CA"}],"failed":0,"joined":false,"was":null,"waits":{"offer":"2026-"}},"done":false}' +
    '"priority":"P3","route":null,"routes":[],"clocks":[],"priority":null,"route":{"code":"CSD","team":"Neighbourhood ",' +
    '"service":"cluster","owner":"duty-lead","rule":"place default → ; practice ","number":"+4420"},"routes":[{"code":"' +
    'FALL","team":" service","service":"","owner":"-lead","rule":" service, for all of ","number":"+4420"}],"clocks":[{' +
    '"name":"ringBack","code":"CSD","owner":"","due":"2026-","state":"running"},{"name":"standard","code":"","owner":"' +
    '","due":"2026-11-30T17:00:00.000Z","state":"running"}],"flow":{"flow":"resident","version":1,"release":"","placeFile"' +
    ':""},"consent":"yes","person":{"address":"+447700900","phone":"mobile","who":"self","adult":"yes","need":"fall",' +
    '"practice":"","name":"","textMe":true},"conversation":{"id":"01a2","channel":"voice","lang":"en","state":{"machine":' +
    '"resident","version":1,"value":"closing/offer-text","context":{"form":"self","adult":"yes","area":"unknown","attempt"' +
    ':1,"unclear":0,"abuse":0,"cleared":true,"codes":["CSD","FALL"],"options":[],"optionArea":"unasked","overheard":false,' +
    '"kept":{"who":"self","need":"fall","postcode":"none","practice":"none","consent":"yes","phone":"right","name":"given"' +
    ',"text-me":"yes"}},"done":false},"turn":14,"call":"CA","startedAt":"2026-","lastAt":"2026-","asking":""}}'
)

/** The one before it: what was packed with it is still read. */
const FIRST = Buffer.from(
  '"codeWord":"","unsafe":true,"overheard":true,"need":"","ringOn":"+44","consentReason":"","with":"","reach":{' +
    '"dropped":{"at":"","when":"2026-"},"ending":[{"step":"","words":""}],"ringing":[{"number":"+44","label":""}],' +
    '{"consent":"yes","person":{"address":"+447","phone":"mobile","name":"","practice":"","postcode":"",' +
    '"inTheirWords":"","who":"other","adult":"yes","here":"yes","textMe":true},"conversation":{"id":"019",' +
    '"channel":"voice","lang":"en","state":{"machine":"resident.v1","version":1,"value":"","context":{"form":"self",' +
    '"adult":"yes","area":"here","attempt":1,"unclear":0,"abuse":0,"cleared":true,"codes":["CSD"],"options":[],' +
    '"optionArea":"unasked","overheard":false,"kept":{"who":"self","practice":"known","consent":"yes",' +
    '"phone":"yes"}},"done":true},"turn":15,"call":"CA","startedAt":"2026-","lastAt":"2026-","asking":""}}'
)

/** What a store asks of a conversation: whether it is over, and by which call it is found. */
const shownOf = (keyring: Keyring, { state, call }: Conversation): Conversation => {
  const shown = {
    state: { done: state.done },
    ...(call === undefined ? {} : { call: blindCall(keyring, call) }),
  }
  // No store looks for more; all that it held is sealed.
  return shown as Conversation
}

/** A stored contact as it was given. One that was never sealed is as it is; one that was erased has nothing personal. */
export function openContact(key: Buffer | undefined, stored: Stored): Contact {
  const { seal: s, ...clear } = stored
  if (!s || !key || s.body === undefined) return clear
  const json = jsonOf(s.body[0], unseal(key, spotOf(stored.id), s.body.slice(1)))
  // A field of the clear part that the contact did not have, such as `consent`, is in the sealed one.
  return { ...clear, ...(JSON.parse(json) as Partial<Contact>) }
}

function jsonOf(how: string | undefined, opened: Buffer): string {
  if (how === 'd') return lengthen(opened, COMMON)
  return how === 'z' ? inflateRawSync(opened, { dictionary: FIRST }).toString() : opened.toString()
}

/** What of a contact that is talked with nobody can tell without its key. */
const UNTOLD: Pick<Contact, 'priority' | 'route' | 'routes' | 'clocks' | 'flow'> = {
  ...{ priority: null, route: null, routes: [], clocks: [] },
  flow: { flow: '', version: 0, release: '', placeFile: '' },
}

/** What can be shown of a contact that cannot be opened, so that it does not hide the others of a list. */
export function shut({ seal: _, ...clear }: Stored): Contact {
  const person = { address: 'unreadable', phone: 'withheld' } as const
  return { ...clear, ...('clocks' in clear ? {} : UNTOLD), conversation: null, person }
}
