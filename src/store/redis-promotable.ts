import type { Host } from './redis-address.ts'
import type { Reply } from './redis-connection.ts'

/** What one sentinel says: the master, and as `host:port` the replicas it could put in its place. */
export interface View {
  at: Host
  promotable: ReadonlySet<string>
}

/** What the sentinels say together. */
export interface Seen extends View {
  /** More than half of those asked say so: what they leave out, they would not promote. */
  most: boolean
}

/** What most of the sentinels say: one that was cut off may still name the old master. */
export function mostSeen(views: readonly (View | undefined)[]): Seen | undefined {
  const said = views.filter((view) => view !== undefined)
  const votes = Map.groupBy(said, ({ at }) => nameOf(at))
  const [agreeing] = [...votes.values()].sort((a, b) => b.length - a.length)
  const at = agreeing?.[0]?.at
  if (!agreeing || !at) return undefined
  // Whichever of them comes to lead chooses by what it sees itself.
  const promotable = new Set(agreeing.flatMap((view) => [...view.promotable]))
  promotable.delete(nameOf(at))
  return { at, promotable, most: agreeing.length * 2 > views.length }
}

const nameOf = ({ host, port }: Host) => `${host}:${port}`

/**
 * What one sentinel answered to "who is the master", "which are its replicas" and once more "who is the master".
 * Undefined where it knows none, or took another between the questions.
 */
export function viewOf([before, rows, after]: readonly Reply[]): View | undefined {
  const [host, port] = Array.isArray(before) ? before.map(String) : []
  if (host === undefined || String(before) !== String(after)) return undefined
  const replicas = Array.isArray(rows) ? rows.map(fieldsOf) : []
  return { at: { host, port: Number(port) }, promotable: promotable(replicas) }
}

type Fields = ReadonlyMap<string, string>

function fieldsOf(row: Reply): Fields {
  const words = Array.isArray(row) ? row.map(String) : []
  return new Map(words.flatMap((word, n) => (n % 2 === 0 ? [[word, words[n + 1] ?? '']] : [])))
}

const numberIn = (row: Fields, field: string) => Number(row.get(field) ?? 0)

/**
 * The rule by which a sentinel chooses (sentinelSelectSlave of Redis 7): among those it can reach, whose priority is not 0
 * and who have not lost their master for long, the one that is furthest. Every one that follows its master is named. One
 * that does not is named only if it would be chosen now: so nobody waits for a replica that is started again and
 * still fetches everything, nor for a replaced master, which is left as it is for eight seconds.
 */
function promotable(rows: readonly Fields[]): Set<string> {
  const able = rows.filter(
    (row) =>
      !flagsOf(row).some((flag) => AWAY.includes(flag)) &&
      numberIn(row, 'slave-priority') !== 0 &&
      numberIn(row, 'master-link-down-time') <= LOST_TOO_LONG * downAfter(row)
  )
  const named = able.filter(
    (row) => isLinked(row) || !able.some((other) => comesBefore(other, row))
  )
  return new Set(named.map((row) => `${row.get('ip')}:${row.get('port')}`))
}

const AWAY = ['s_down', 'o_down', 'disconnected']
const flagsOf = (row: Fields) => (row.get('flags') ?? '').split(',')

/** A replica that has been without its master for ten times `down-after-milliseconds` is not promoted. */
const LOST_TOO_LONG = 10
const downAfter = (row: Fields) => numberIn(row, 'down-after-milliseconds')
const isLinked = (row: Fields) => row.get('master-link-status') === 'ok'

function comesBefore(one: Fields, other: Fields): boolean {
  const by = (field: string) => numberIn(one, field) - numberIn(other, field)
  return (by('slave-priority') || -by('slave-repl-offset')) < 0
}
