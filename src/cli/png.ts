import { crc32, deflateSync } from 'node:zlib'

/** Red, green, blue and how solid, each 0 to 255. */
export type Colour = readonly [number, number, number, number]

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** 8 bits each of red, green, blue and alpha; deflate; no filter type but 0; not interlaced (PNG, section 11.2.2). */
const HEADER_REST = [8, 6, 0, 0, 0]
/** Points looked at along each side of a pixel, so that edges are smooth. */
const POINTS = 4

/** A square picture as a PNG. `paint` says the colour at a point; x and y run from 0 to 1. */
export function png(size: number, paint: (x: number, y: number) => Colour): Buffer {
  const rows = Buffer.alloc(size * (1 + size * 4))
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      rows.set(pixel(size, x, y, paint), y * (1 + size * 4) + 1 + x * 4)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set(HEADER_REST, 8)
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The colours of a pixel's points, mixed by how solid each is. */
function pixel(size: number, x: number, y: number, paint: (x: number, y: number) => Colour) {
  const sum = [0, 0, 0, 0]
  for (let i = 0; i < POINTS * POINTS; i++) {
    const at = (whole: number, part: number) => (whole + (part + 0.5) / POINTS) / size
    const [red, green, blue, solid] = paint(at(x, i % POINTS), at(y, Math.floor(i / POINTS)))
    for (const [n, part] of [red, green, blue].entries()) sum[n] = (sum[n] ?? 0) + part * solid
    sum[3] = (sum[3] ?? 0) + solid
  }
  const solid = sum[3] ?? 0
  const mixed = sum.slice(0, 3).map((part) => (solid === 0 ? 255 : Math.round(part / solid)))
  return [...mixed, Math.round(solid / (POINTS * POINTS))]
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const made = Buffer.alloc(named.length + 8)
  made.writeUInt32BE(data.length, 0)
  made.set(named, 4)
  made.writeUInt32BE(crc32(named), named.length + 4)
  return made
}
