import type { Contact, LogEntry } from '../record/contact.ts'
import { type Spot, seal, unseal } from '../security/seal.ts'
import { chained, type Head } from './sealed-chain.ts'
import { isPrompt, secretsOf } from './sealed-words.ts'
import { lengthen, shorten } from './shorten.ts'

/** What of a line is sealed. */
type Hidden = Pick<LogEntry, 'heard' | 'said' | 'detail'>

/** The lines of one turn as they are stored, and the chain after them. */
export interface SealedLog {
  entries: LogEntry[]
  after: Head
}

/** Frozen: what was packed with it cannot be read with another. */
const COMMON = Buffer.from(
  '{"detail":{"label":"caller","why":"","by":"","to":"","staff":"","via":"softphone","reason":"","tried":"","at":""}}' +
    'Please hang up, and ring 9 9 9 now. Say what is wrong, and where you are. Please ring 1 1 1 now. It is free, day' +
    ' and night. Please ring us by , and say They are closed now. If it can not wait until then, ring 1 1 1, day or' +
    ' night. tomorrow morning this evening on Tuesday Wednesday Thursday Friday Saturday Sunday Monday the ' +
    'A nurse from the I heard Is that right? Yes, press 1. No, 2. We will ring the number ending ' +
    'Right, press 1. Another, 2. It is about my mum. I do not know. no none of those thank you. yes that is right' +
    '[{"heard":"","said":"Someone from the  service team will ring you by half past quarter to  o\'clock this afternoon' +
    ' too. If no one rings by then, ring us. Your number is 0 . If it gets worse, ring 9 9 9. To hear this again, press' +
    ' star. For a person, press 0. Shall we text this? Say yes only if no one else reads your phone. Yes, press 1. No,' +
    ' or not sure, 2."}][{"detail":{"release":"","placeFile":""}}]["1",{"detail":{"code":"CSD","team":"Neighbourhood "' +
    ',"service":"cluster","owner":"duty-lead","rule":"practice  → ; place default → ","number":"+4420","clocks":[' +
    '{"name":"ringBack","code":"FALL","owner":"","due":"2026-","state":"running"},{"name":"standard","code":"","owner":' +
    '"","due":"2026-11-30T17:00:00.000Z","state":"running"}]}}]'
)

/** What is heard in most turns is shorter, and would hardly get any smaller. */
const LONG = 64

/** What staff did to the record itself stays readable after the contact's key is gone. */
const OF_STAFF: readonly string[] = ['held', 'released', 'erasure-asked', 'erased']

/**
 * Seals the lines of one turn together, in its first line, which also carries the mark of the chain before it: one
 * envelope a turn keeps a contact small, and so does packing a long one. Without a key what a person said is dropped.
 */
export function sealLog(
  key: Buffer | undefined,
  contact: Contact,
  log: readonly LogEntry[],
  before: Head
): SealedLog {
  const lines = [...log].sort((a, b) => a.seq - b.seq)
  const [first, ...rest] = lines
  if (!first) return { entries: [], after: before }
  const secrets = secretsOf(contact, log)
  const parted = [first, ...rest].map((entry) => part(entry, contact, secrets))
  const hidden = parted.map((one) => one.hidden)
  const short = shortly(hidden)
  const spot = spotOf(contact.id, first.seq, lines.length)
  const envelope =
    key && short.length > 0 ? seal(key, spot, shorten(JSON.stringify(short), COMMON, LONG)) : ''
  const entries = parted.map(({ shown }, i) =>
    i === 0 ? { ...shown, heard: `~${mark(before)}.${envelope}` } : shown
  )
  return { entries, after: chained(before, entries) }
}

/** Most lines hold what was heard and no more; every byte here is kept for years. */
type Short = string | 0 | Hidden

function shortly(hidden: readonly Hidden[]): Short[] {
  const short = hidden.map((one): Short => {
    const [name, more] = Object.keys(one)
    if (name === undefined) return 0
    return name === 'heard' && more === undefined && one.heard !== undefined ? one.heard : one
  })
  while (short.at(-1) === 0) short.pop()
  return short
}

const whole = (short: Short): Hidden =>
  typeof short === 'string' ? { heard: short } : short === 0 ? {} : short

/** The beginning of the chain's hash: it tells where a chain was broken. That it was, the whole hash of its head tells. */
export const mark = ({ head }: Head): string => head.slice(0, 11)

function part(entry: LogEntry, contact: Contact, secrets: readonly string[]) {
  const { heard, said, detail, ...bare } = entry
  const clearWords = said !== undefined && isPrompt(entry, contact, secrets)
  const clearDetail = detail !== undefined && OF_STAFF.includes(entry.kind)
  const shown: LogEntry = { ...bare, ...(clearWords && { said }), ...(clearDetail && { detail }) }
  const hidden: Hidden = {
    ...(heard !== undefined && { heard }),
    ...(said !== undefined && !clearWords && { said }),
    ...(detail !== undefined && !clearDetail && { detail }),
  }
  return { shown, hidden }
}

/** How many lines an envelope is for is bound to it: a line put in or taken out is noticed. */
const spotOf = (contact: string, first: number, lines: number): Spot => ({
  table: 'log',
  record: `${contact}:${first}:${lines}`,
  field: 'words',
  keyId: 'data',
})

const FIRST = /^~([A-Za-z0-9_-]{11})\.([A-Za-z0-9_-]*)$/

/** The mark of the chain that the first line of a sealed turn says came before it; null for a line that says nothing. */
export const saidBefore = ({ heard }: LogEntry): string | null =>
  FIRST.exec(heard ?? '')?.[1] ?? null

/** Opens the lines of a contact. What was never sealed is given as it is; what cannot be opened is marked. */
export function openLog(
  key: Buffer | undefined,
  contact: string,
  stored: readonly LogEntry[]
): LogEntry[] {
  const firsts = stored.flatMap((entry, i) => (saidBefore(entry) === null ? [] : [i]))
  const [start = stored.length] = firsts
  const turns = firsts.map((from, i) => stored.slice(from, firsts[i + 1] ?? stored.length))
  return [...stored.slice(0, start), ...turns.flatMap((turn) => openTurn(key, contact, turn))]
}

function openTurn(key: Buffer | undefined, contact: string, turn: readonly LogEntry[]): LogEntry[] {
  const [first] = turn
  const envelope = FIRST.exec(first?.heard ?? '')?.[2] ?? ''
  const hidden = hiddenOf(key, contact, first?.seq ?? 0, turn.length, envelope)
  return turn.map((entry, i) => {
    const { heard, ...bare } = entry
    return { ...(i === 0 ? bare : entry), ...hidden[i] }
  })
}

function hiddenOf(
  key: Buffer | undefined,
  contact: string,
  seq: number,
  lines: number,
  envelope: string
): Hidden[] {
  if (envelope === '' || key === undefined) return []
  try {
    const opened = unseal(key, spotOf(contact, seq, lines), envelope)
    return (JSON.parse(lengthen(opened, COMMON)) as Short[]).map(whole)
  } catch {
    // The rest of the record must still be read: `log verify` says what happened to this part.
    return Array.from({ length: lines }, () => ({ detail: { unreadable: true } }))
  }
}
