import { crc32 } from 'node:zlib'

/** 1 January 1980, the first day a zip knows: the same files make the same bytes. */
const DATE = 0x0021
const NEEDS = 20

/** Files as a zip, stored and not compressed (PKWARE APPNOTE, 4.3): for a few small files that are compressed already. */
export function zip(files: Readonly<Record<string, Buffer>>): Buffer {
  const parts: Buffer[] = []
  const listed: Buffer[] = []
  let at = 0
  for (const [name, data] of Object.entries(files)) {
    const fields = describe(name, data)
    const local = Buffer.concat([mark('PK\x03\x04'), fields, Buffer.from(name), data])
    listed.push(central(fields, at), Buffer.from(name))
    parts.push(local)
    at += local.length
  }
  const list = Buffer.concat(listed)
  return Buffer.concat([...parts, list, end(parts.length, list.length, at)])
}

const mark = (letters: string) => Buffer.from(letters, 'latin1')

/** What both the file's own header and the list say of it. */
function describe(name: string, data: Buffer): Buffer {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(NEEDS, 0)
  fields.writeUInt16LE(DATE, 8)
  fields.writeUInt32LE(crc32(data), 10)
  fields.writeUInt32LE(data.length, 14)
  fields.writeUInt32LE(data.length, 18)
  fields.writeUInt16LE(Buffer.byteLength(name), 22)
  return fields
}

function central(fields: Buffer, at: number): Buffer {
  const madeBy = Buffer.alloc(2)
  madeBy.writeUInt16LE(NEEDS, 0)
  // Length of a comment, disk, attributes: none; then where the file begins.
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(at, 10)
  return Buffer.concat([mark('PK\x01\x02'), madeBy, fields, rest])
}

function end(count: number, bytes: number, at: number): Buffer {
  const fields = Buffer.alloc(18)
  fields.writeUInt16LE(count, 4)
  fields.writeUInt16LE(count, 6)
  fields.writeUInt32LE(bytes, 8)
  fields.writeUInt32LE(at, 12)
  return Buffer.concat([mark('PK\x05\x06'), fields])
}
