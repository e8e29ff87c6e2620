import type { Keyring } from '../security/keyring.ts'
import { blind, type Spot, seal, unseal } from '../security/seal.ts'
import type { OutboxRow, StoredReply } from './contract.ts'
import type { Keys } from './sealed-keys.ts'

type Fields = Record<string, unknown>

const rowSpot = (id: string, field: 'body' | 'result'): Spot => ({
  table: 'outbox',
  record: id,
  field,
  keyId: 'data',
})

/** The one field of a sealed body. */
const SEALED = 'sealed'

const sealFields = (key: Buffer | undefined, spot: Spot, fields: Fields): Fields => ({
  [SEALED]: key ? seal(key, spot, JSON.stringify(fields)) : '',
})

/** An outbox row with whom it goes to and what it says sealed. Rows to one recipient still know each other. */
export const sealRow = (keyring: Keyring, key: Buffer | undefined, row: OutboxRow): OutboxRow => ({
  ...row,
  recipient: `~${blind(keyring, 'recipient', row.recipient)}`,
  body: sealFields(key, rowSpot(row.id, 'body'), { recipient: row.recipient, body: row.body }),
})

/** How a row ended: a neighbour's refusal may quote the number. */
export const sealResult = (key: Buffer | undefined, id: string, result: Fields): Fields =>
  key ? sealFields(key, rowSpot(id, 'result'), result) : result

/** A claimed row as it was saved. One whose contact was erased is given as parked: there is nobody to send it to. */
export function openRow(key: Buffer | undefined, row: OutboxRow): OutboxRow {
  const { result, ...rest } = row
  const ended = result && { result: opened(key, rowSpot(row.id, 'result'), result) ?? {} }
  const open = opened(key, rowSpot(row.id, 'body'), row.body)
  if (open === null)
    return { ...rest, body: {}, state: 'parked', result: { why: 'the contact was erased' } }
  if (open === row.body) return { ...rest, ...ended }
  const { recipient, body } = open as { recipient: string; body: Fields }
  return { ...rest, recipient, body, ...ended }
}

/** Null where the key is gone; the fields themselves where they were never sealed. */
function opened(key: Buffer | undefined, spot: Spot, fields: Fields): Fields | null {
  const text = fields[SEALED]
  if (typeof text !== 'string' || Object.keys(fields).length !== 1) return fields
  return key ? (JSON.parse(unseal(key, spot, text).toString()) as Fields) : null
}

const replySpot = (contact: string): Spot => ({
  table: 'reply',
  record: contact,
  field: 'body',
  keyId: 'data',
})

/** A stored reply holds the words said, and the number that is rung: sealed with its contact's key, which it names. */
export const sealReply = (
  key: Buffer | undefined,
  contact: string,
  reply: StoredReply
): StoredReply => ({
  ...reply,
  body: `~${contact}~${key ? seal(key, replySpot(contact), reply.body) : ''}`,
})

/** A stored reply as it was given; empty once its contact is erased. */
export async function openReply(keys: Keys, reply: StoredReply): Promise<StoredReply> {
  const [, contact, text = ''] = /^~([^~]*)~(.*)$/.exec(reply.body) ?? []
  if (contact === undefined) return reply
  const key = text === '' ? undefined : await keys.keyOfId(contact)
  return {
    ...reply,
    body: key ? unseal(key, replySpot(contact), text).toString() : '',
  }
}
