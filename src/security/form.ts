import { Buffer } from 'node:buffer'
import { DoorError } from '../errors.ts'

const MOST_BYTES = 64 * 1024
const MOST_PAIRS = 200

/**
 * Splits a form body into its pairs. A name given twice is refused, because a signature cannot say which one was meant.
 */
export function readForm(raw: string): Map<string, string> {
  if (Buffer.byteLength(raw) > MOST_BYTES) throw bad(`larger than ${MOST_BYTES} bytes`)
  const pairs = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(raw)) {
    if (pairs.has(name)) throw bad('a name given twice')
    if (pairs.size === MOST_PAIRS) throw bad(`more than ${MOST_PAIRS} names`)
    pairs.set(name, value)
  }
  return pairs
}

function bad(what: string): DoorError {
  return new DoorError('bad-input', `The form has ${what}.`, false)
}
