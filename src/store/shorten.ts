import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** JSON never begins so. */
const PACKED = 'z'.charCodeAt(0)
/** Small, because what is packed here is short: making room for more takes longer than the packing itself. */
const SMALL = { level: 1, windowBits: 12, memLevel: 4, chunkSize: 1024 } as const

/**
 * A JSON text as it is sealed: packed with this dictionary where that is shorter, else as it is. Packing takes as long as
 * all the rest of sealing, so that one shorter than `worth` letters is left alone.
 */
export function shorten(json: string, dictionary: Buffer, worth: number): string | Buffer {
  if (json.length < worth) return json
  const packed = deflateRawSync(json, { ...SMALL, dictionary })
  return packed.length + 1 < json.length ? Buffer.concat([Buffer.of(PACKED), packed]) : json
}

/** The JSON text of what `shorten` made. */
export const lengthen = (bytes: Buffer, dictionary: Buffer): string =>
  bytes[0] === PACKED
    ? inflateRawSync(bytes.subarray(1), { dictionary, chunkSize: SMALL.chunkSize }).toString()
    : bytes.toString()
