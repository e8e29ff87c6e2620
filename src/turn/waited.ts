import type { Contact } from '../record/contact.ts'
import type { Parts } from '../turn.ts'
import { mayWaitOn } from './times.ts'

/** A wait on the line that this turn ended is counted, so that others can be told how long it usually takes. */
export function countWait(
  { waits }: Pick<Parts, 'waits'>,
  before: Contact | null,
  after: Contact
): void {
  const since = before?.conversation?.waiting
  if (!waits || !before || since === undefined || !mayWaitOn(before)) return
  if (after.conversation?.waiting !== undefined) return
  const ms = Date.parse(after.updatedAt) - Date.parse(since)
  waits.add(after.place, { at: after.updatedAt, ms, came: after.handoff?.value === 'connected' })
}
