import { DoorError } from '../errors.ts'

/** Milliseconds of an ISO 8601 instant, which compare as text does not: "09:00:00Z" sorts after "09:00:00.500Z". */
export function instant(iso: string): number {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) throw new DoorError('bad-input', `not an ISO 8601 instant: ${iso}`, false)
  return at
}

/** The hour an instant lies in: precise enough to find a contact by, and it seldom changes between two turns. */
export const hourOf = (at: number) => Math.floor(at / 3_600_000)
