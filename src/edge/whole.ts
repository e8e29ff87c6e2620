import type { Contact } from '../record/contact.ts'
import type { Commit, Committed, Store } from '../store/contract.ts'
import { homeWith } from './homes.ts'

interface WholeParts {
  /** Its name; one that does not know it has everything. */
  home: string | undefined
  /** The other homes of its place, as one store: none where all homes share one. */
  others: Pick<Store, 'load' | 'byRef' | 'byCall' | 'timeline' | 'list' | 'recent'> | undefined
  /** Saves in the home that has the contact. */
  commitAt: (home: string, commit: Commit) => Promise<Committed>
}

/**
 * A home's store as its desk needs it: what staff do, and what a shift makes of contacts, is of a whole place. Its own
 * contacts are read and saved here, those of other homes there. A contact is saved by its home alone, whose alarm is set
 * before and whose jobs are woken after.
 */
export function wholeStore(own: Store, { home, others, commitAt }: WholeParts): Store {
  const isOwn = (contact: Contact) => home === undefined || homeWith(contact) === home
  return {
    ...own,
    find: (sought) => own.find(sought),
    recent: (...given) => (others ?? own).recent(...given),
    replyTo: (webhook) => own.replyTo(webhook),
    nextDue: () => own.nextDue(),
    claimTimers: (...given) => own.claimTimers(...given),
    settleTimer: (...given) => own.settleTimer(...given),
    claimOutbox: (...given) => own.claimOutbox(...given),
    settleOutbox: (...given) => own.settleOutbox(...given),
    closeOutbox: (claim) => own.closeOutbox(claim),
    load: async (id) => (await own.load(id)) ?? (await others?.load(id)) ?? null,
    byRef: async (ref) => (await own.byRef(ref)) ?? (await others?.byRef(ref)) ?? null,
    byCall: async (call) => (await own.byCall(call)) ?? (await others?.byCall(call)) ?? null,
    async timeline(id) {
      const lines = await own.timeline(id)
      return lines.length > 0 || !others ? lines : others.timeline(id)
    },
    list: (query) => (others ?? own).list(query),
    commit: (commit) =>
      isOwn(commit.contact) ? own.commit(commit) : commitAt(homeWith(commit.contact), commit),
  }
}
