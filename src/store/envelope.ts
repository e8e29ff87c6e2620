/** As sealed-log.ts writes it: the mark of the chain, and an envelope in base64url. */
const SHUT = /^~([A-Za-z0-9_-]{11})\.([A-Za-z0-9_-]*)$/
const MARK = 11

/** What was heard, where it is sealed, in the bytes it came from: a quarter less. Null for anything else. */
export function bytesOfShut(heard: string): Buffer | null {
  const [, mark = '', envelope = ''] = SHUT.exec(heard) ?? []
  const bytes = Buffer.concat([Buffer.from(mark), Buffer.from(envelope, 'base64url')])
  // Only what comes back letter for letter: the chain is taken over the text.
  return shutOf(bytes) === heard ? bytes : null
}

/** The text of the bytes. */
export const shutOf = (bytes: Buffer): string =>
  `~${bytes.subarray(0, MARK)}.${bytes.subarray(MARK).toString('base64url')}`
