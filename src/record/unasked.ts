import type { LogEntry } from './contact.ts'

const SAYS: ReadonlySet<string> = new Set(['danger', 'danger-asked', 'handed-back'])

/**
 * Whether words of danger stand that nobody has asked about since: no person of ours by the check, nor the questions,
 * which begin with it when they are asked again.
 */
export const isUnasked = (timeline: readonly Pick<LogEntry, 'kind'>[]): boolean =>
  timeline.findLast(({ kind }) => SAYS.has(kind))?.kind === 'danger'
