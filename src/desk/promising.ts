import type { Commit, OutboxRow, Store } from '../store/contract.ts'
import type { CallingBack } from '../turn/call-back.ts'
import { callingBack } from '../turn/calling-back.ts'
import { settling } from './alerts.ts'

/** Lines of a log after which the promises of a contact may not be what they were. */
const CHANGES: ReadonlySet<string> = new Set([
  ...['outcome', 'promise', 'clock-missed', 'check', 'not-sent', 'danger-asked'],
  ...['wrapped-up', 'owner', 'promise-closed', 'slot-moved', 'not-these', 'feedback'],
  ...['died', 'not-died'],
])
/** Beside the rows of the conversation, and before those of a handoff. */
const ROW = 10

/**
 * Parts whose store shows every promise on the desk, under its owner, rings back who is owed a call, and takes the buttons
 * off what is settled: the work is saved with the turn that it follows from, so that no act can forget it.
 */
export const promising = <P extends CallingBack & { store: Store }>(parts: P): P => {
  const { store } = parts
  const shown = { ...store, commit: (commit: Commit) => store.commit(settling(shows(commit))) }
  return { ...parts, store: callingBack(shown, parts) }
}

function shows(commit: Commit): Commit {
  const { contact, log, outbox } = commit
  if (!log.some(({ kind }) => CHANGES.has(kind))) return commit
  const row: OutboxRow = {
    ...{ id: `${contact.id}:${contact.turn}:${ROW}`, contact: contact.id, kind: 'promises' },
    ...{ recipient: `desk:${contact.id}`, body: {}, due: contact.updatedAt, tries: 0 },
    state: 'waiting',
  }
  return { ...commit, outbox: [...outbox, row] }
}
