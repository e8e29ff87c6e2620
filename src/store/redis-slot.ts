import type { Arg } from './redis-connection.ts'

/** A Cluster parts its keys into so many slots. */
export const SLOTS = 16_384

const OPEN = 0x7b
const CLOSE = 0x7d

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
  return crc
})

/** The slot of a key: CRC-16/XMODEM of what stands between its first braces, or of the whole key. */
export function slotOf(key: Arg): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key
  const open = bytes.indexOf(OPEN)
  const close = open < 0 ? -1 : bytes.indexOf(CLOSE, open + 1)
  const tagged = close > open + 1 ? bytes.subarray(open + 1, close) : bytes
  let crc = 0
  for (const byte of tagged) crc = ((crc << 8) ^ (TABLE[((crc >> 8) ^ byte) & 0xff] ?? 0)) & 0xffff
  return crc % SLOTS
}
