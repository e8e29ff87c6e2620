import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Context } from '../conversation/types.ts'
import type { Contact, Conversation } from '../record/contact.ts'
import type { Keyring } from '../security/keyring.ts'
import { type Spot, seal, unseal, type Wrapped } from '../security/seal.ts'
import type { Head } from './sealed-chain.ts'
import { blindAddress, blindCall } from './sealed-words.ts'

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

/** What stores find contacts by and order them with, and what counts them. Every other field is sealed. */
const CLEAR: readonly (keyof Contact)[] = [
  ...(['schema', 'id', 'ref', 'place', 'partition', 'turn', 'entries', 'channel'] as const),
  ...(['status', 'codes', 'level', 'priority', 'route', 'routes', 'clocks', 'repeat'] as const),
  ...(['flow', 'createdAt', 'updatedAt'] as const),
]

const isClear = (name: string) => CLEAR.some((clear) => clear === name)

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
  const { person, conversation } = contact
  const hidden = Object.entries(contact).filter(([name]) => !isClear(name))
  const clear = Object.entries(contact).filter(([name]) => isClear(name))
  const json = JSON.stringify(Object.fromEntries(hidden))
  const resting = conversation === null || conversation.state.done
  const shown = {
    ...Object.fromEntries(clear),
    consent: null,
    person: {
      address: key ? blindAddress(keyring, person.address) : '',
      phone: 'withheld' as const,
    },
    conversation: key && conversation ? shownOf(keyring, conversation) : null,
  }
  const body = key && { body: bodyOf(key, contact.id, json, resting) }
  // The clear fields were a contact's a moment ago.
  return { ...(shown as Contact), seal: { ...rest, ...body } }
}

/** Packed once nobody is talking, when it is written for the last time; a live turn should not wait for it. */
const bodyOf = (key: Buffer, id: string, json: string, resting: boolean): string =>
  resting
    ? `z${seal(key, spotOf(id), deflateRawSync(json, { dictionary: COMMON }))}`
    : `p${seal(key, spotOf(id), json)}`

/** Frozen: what was packed with it cannot be read with another. */
const COMMON = Buffer.from(
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
const shownOf = (keyring: Keyring, { channel, state, call }: Conversation): Conversation => ({
  id: '',
  channel,
  lang: '',
  // No store looks into it; what it held is sealed.
  state: { machine: '', version: 0, value: '', context: {} as Context, done: state.done },
  turn: 0,
  ...(call === undefined ? {} : { call: blindCall(keyring, call) }),
  startedAt: '',
  lastAt: '',
})

/** A stored contact as it was given. One that was never sealed is as it is; one that was erased has nothing personal. */
export function openContact(key: Buffer | undefined, stored: Stored): Contact {
  const { seal: s, ...clear } = stored
  if (!s || !key || s.body === undefined) return clear
  const opened = unseal(key, spotOf(stored.id), s.body.slice(1))
  const json = s.body.startsWith('z') ? inflateRawSync(opened, { dictionary: COMMON }) : opened
  // A field of the clear part that the contact did not have, such as `consent`, is in the sealed one.
  return { ...clear, ...(JSON.parse(json.toString()) as Partial<Contact>) }
}

/** What can be shown of a contact that cannot be opened, so that it does not hide the others of a list. */
export function shut({ seal: _, ...clear }: Stored): Contact {
  return { ...clear, conversation: null, person: { address: 'unreadable', phone: 'withheld' } }
}
