import type { LogEntry } from '../record/contact.ts'
import { sha256 } from '../security/seal.ts'

/** What a contact's chain of log lines has come to: how many lines, and the hash over them all, base64url. */
export interface Head {
  n: number
  head: string
}

/** The chain of a contact that has no line yet. It names the contact, so that no chain fits another. */
export const genesis = (contact: string): Head => ({
  n: 0,
  head: sha256(`front-door log|${contact}`),
})

/** One line further: the hash of what came before and of the line as it is stored, which is sealed. */
export const link = ({ n, head }: Head, entry: LogEntry): Head => ({
  n: n + 1,
  head: sha256(`${head}|${canonical(entry)}`),
})

/** The chain over lines, from where it stands. */
export const chained = (from: Head, entries: readonly LogEntry[]): Head =>
  entries.reduce(link, from)

function canonical({ seq, at, kind, channel, step, heard, said, detail }: LogEntry): string {
  return JSON.stringify([
    ...[seq, at, kind, channel ?? null, step ?? null],
    ...[heard ?? null, said ?? null, detail ?? null],
  ])
}
