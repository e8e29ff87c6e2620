import { createHash } from 'node:crypto'
import type { Contact, LogEntry } from '../record/contact.ts'
import type { StoredReply } from './contract.ts'
import { bytesOfShut, shutOf } from './envelope.ts'
import { instant } from './instant.ts'
import { isResting, teamsOf } from './listed.ts'
import { pack, unpack } from './pack.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A contact's id in 16 bytes: its own, or for one that is no UUID its hash. */
export const shortId = (id: string): Buffer =>
  UUID.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : hash(id, 16)

const NONE = Buffer.alloc(8)
/** Eight bytes to see by whether an address or a call is another one now. */
export const mark = (text: string | undefined): Buffer =>
  text === undefined ? NONE : hash(text, 8)

const hash = (text: string, bytes: number): Buffer =>
  createHash('sha256').update(text).digest().subarray(0, bytes)

/** What a contact can be listed under: place, status, codes and teams, each once. */
export const facetsOf = (contact: Contact): string[] => [
  ...new Set([
    `p${contact.place}`,
    `s${contact.status}`,
    ...contact.codes.map((code) => `k${code}`),
    ...teamsOf(contact).map((team) => `t${team}`),
  ]),
]

export const bodyOf = (contact: Contact): Buffer =>
  isResting(contact) ? Buffer.from(pack(contact)) : Buffer.from(JSON.stringify(contact))

/** A contact as it is kept, behind a header that scripts read: where its turn stands, and what it is found by. */
export interface Kept {
  contact: Contact
  /** Microseconds at which it was begun, as the server's clock had it: greater than those of all before it in its partition. */
  born: number
}

const BORN_AT = 13
const FACETS_AT = 53

export function keptOf(bytes: Buffer): Kept {
  const resting = FACETS_AT + 1 + 2 * bytes.readUInt8(FACETS_AT)
  const body = bytes.subarray(resting + 1)
  return {
    contact: unpack(bytes.readUInt8(resting) === 1 ? body : body.toString()),
    born: bytes.readDoubleBE(BORN_AT),
  }
}

export const replyBytes = (reply: StoredReply): string => `r${JSON.stringify(reply)}`
/** The reply of these bytes; null for the mark of a webhook that was answered in another partition. */
export const replyOf = (bytes: Buffer): StoredReply | null =>
  bytes[0] === 0x72 ? (JSON.parse(bytes.subarray(1).toString()) as StoredReply) : null

/** A line of the log as the script writes it: what is its own, and the texts it shares with other lines. */
export interface Line {
  start: Buffer
  texts: { hash: Buffer; text: string }[]
  end: Buffer
}

const TIME_AS_TEXT = 1
/** Texts shared between lines, in the order they are written; `kind` is always there. */
const SHARED = { channel: 2, step: 4, said: 8 } as const
const HEARD = 16
const REST = 32
/** What was heard is sealed, and kept in the bytes it came from: a quarter less. */
const SEALED = 64

/** Times in milliseconds where they say all that the text says, else the text as it was given. */
export function lineOf(entry: LogEntry): Line {
  const { seq, at, kind, channel, step, said, heard, ...rest } = entry
  const shared = { channel, step, said }
  const time = Date.parse(at)
  const short = time >= 0 && new Date(time).toISOString() === at
  const more = Object.values(rest).some((value) => value !== undefined)
  const told = heardOf(heard)
  let flags = (short ? 0 : TIME_AS_TEXT) | told.flag | (more ? REST : 0)
  const texts = [keep(kind)]
  for (const [name, flag] of Object.entries(SHARED)) {
    const text = shared[name as keyof typeof SHARED]
    if (text === undefined) continue
    flags |= flag
    texts.push(keep(text))
  }
  const timeBytes = Buffer.alloc(6)
  if (short) timeBytes.writeUIntBE(time, 0, 6)
  return {
    start: Buffer.concat([varint(seq), Buffer.of(flags), short ? timeBytes : prefixed(at)]),
    texts,
    end: Buffer.concat([told.bytes, more ? Buffer.from(JSON.stringify(rest)) : Buffer.alloc(0)]),
  }
}

function heardOf(heard: string | undefined): { flag: number; bytes: Buffer } {
  if (heard === undefined) return { flag: 0, bytes: Buffer.alloc(0) }
  const shut = bytesOfShut(heard)
  if (shut) return { flag: SEALED, bytes: prefixed(shut) }
  return { flag: HEARD, bytes: prefixed(JSON.stringify(heard)) }
}

/** The same question is said to everyone: its hash is worth remembering. */
const hashes = new Map<string, Line['texts'][number]>()
const REMEMBERED = 10_000

/** As JSON, so that a lone surrogate comes back as it went in. */
function keep(text: string): Line['texts'][number] {
  const known = hashes.get(text)
  if (known) return known
  const json = JSON.stringify(text)
  const kept = { hash: hash(json, 16), text: json }
  if (hashes.size >= REMEMBERED) hashes.clear()
  hashes.set(text, kept)
  return kept
}

function varint(n: number): Buffer {
  const bytes: number[] = []
  let rest = n
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.of(...bytes, rest)
}

function prefixed(text: string | Buffer): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  return Buffer.concat([varint(bytes.length), bytes])
}

/** The lines of a log, in the order of their numbers, with the numbers of the texts they share. */
export function linesOf(log: Buffer): { entry: LogEntry; texts: [string, number][] }[] {
  const read = reader(log)
  const lines: ReturnType<typeof linesOf> = []
  while (read.more()) lines.push(readLine(reader(read.bytes(read.varint()))))
  return lines.sort((a, b) => a.entry.seq - b.entry.seq)
}

function readLine(read: ReturnType<typeof reader>): ReturnType<typeof linesOf>[number] {
  const seq = read.varint()
  const flags = read.varint()
  const at =
    flags & TIME_AS_TEXT
      ? read.bytes(read.varint()).toString()
      : new Date(read.bytes(6).readUIntBE(0, 6)).toISOString()
  const texts: [string, number][] = [['kind', read.varint()]]
  for (const [name, flag] of Object.entries(SHARED))
    if (flags & flag) texts.push([name, read.varint()])
  const heard =
    flags & HEARD
      ? { heard: JSON.parse(read.bytes(read.varint()).toString()) as string }
      : flags & SEALED
        ? { heard: shutOf(read.bytes(read.varint())) }
        : {}
  const rest = flags & REST ? (JSON.parse(read.rest().toString()) as object) : {}
  return { entry: { seq, at, kind: '', ...heard, ...rest }, texts }
}

function reader(from: Buffer) {
  let at = 0
  return {
    more: () => at < from.length,
    varint() {
      let [n, unit] = [0, 1]
      for (;;) {
        const byte = from[at++] ?? 0
        n += (byte % 128) * unit
        if (byte < 128) return n
        unit *= 128
      }
    },
    bytes(length: number) {
      at += length
      return from.subarray(at - length, at)
    },
    rest: () => from.subarray(at),
  }
}

/** Milliseconds as a script takes them. */
export const ms = (iso: string): string => String(instant(iso))
