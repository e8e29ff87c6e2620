/** The acts of staff live with the handoff, where cards and channels may read them too. */
export * from '../handoff/acts.ts'
