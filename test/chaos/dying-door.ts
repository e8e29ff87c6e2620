import { DatabaseSync, type StatementSync } from 'node:sqlite'

/**
 * The shipped door, run by the tests in a process that dies by its own hand at a named moment. It wraps the database
 * library under the store: nothing in the door knows of it. DIE_AT names the moment, DIE_ON how often it must have come.
 */
const { DIE_AT = '', DIE_ON = '1' } = process.env
let left = Number(DIE_ON)

/** A statement that says what the present transaction is for. */
const MARKS = {
  turn: /INSERT INTO replies/,
  claim: /UPDATE outbox SET state = 'claimed', tries/,
  mark: /UPDATE outbox SET ended/,
}
const MOMENTS: Record<string, { in: keyof typeof MARKS; when: 'before' | 'after' }> = {
  'before commit': { in: 'turn', when: 'before' },
  'after commit, before reply': { in: 'turn', when: 'after' },
  'after reply, before outbox': { in: 'claim', when: 'before' },
  'after send, before mark': { in: 'mark', when: 'before' },
}
const moment = MOMENTS[DIE_AT]
const seen = new Set<string>()

const prepare = DatabaseSync.prototype.prepare
DatabaseSync.prototype.prepare = function prepareWatched(sql, ...more) {
  const statement = prepare.call(this, sql, ...more)
  const mark = Object.entries(MARKS).find(([, pattern]) => pattern.test(sql))?.[0]
  if (mark !== undefined) watch(statement, () => void seen.add(mark))
  if (/^BEGIN/.test(sql)) watch(statement, () => seen.clear())
  if (sql === 'COMMIT')
    watch(
      statement,
      () => die('before'),
      () => die('after')
    )
  return statement
}

/** Does something before and after each time a statement is run. */
function watch(statement: StatementSync, before: () => void, after = () => {}) {
  for (const method of ['run', 'get', 'all'] as const) {
    const work = statement[method].bind(statement) as (...values: unknown[]) => never
    const watched = (...values: unknown[]) => {
      before()
      const answer = work(...values)
      after()
      return answer
    }
    Object.assign(statement, { [method]: watched })
  }
}

function die(when: 'before' | 'after') {
  if (moment === undefined || when !== moment.when || !seen.has(moment.in)) return
  left -= 1
  if (left === 0) process.kill(process.pid, 'SIGKILL')
}

const { openDoor } = await import('../../src/node.ts')
await openDoor(process.env)
