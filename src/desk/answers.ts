import type { ActResult } from '../handoff/acts.ts'

export const ok = (words: string): ActResult => ({ ok: true, words })
export const no = (words: string): ActResult => ({ ok: false, words })
