import type { Committed, Store } from '../../src/store/contract.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { at, person, row, timer, turn } from '../store/sample.ts'

/** A clock that stands still until it is moved, as in the demo. */
export function stillClock(minute: number) {
  const listeners = new Set<() => void>()
  let now = at(minute)
  return {
    now: () => now,
    onChange(changed: () => void) {
      listeners.add(changed)
      return () => void listeners.delete(changed)
    },
    moveTo(time: string) {
      now = time
      for (const changed of listeners) changed()
    },
    listeners: () => listeners.size,
  }
}

export const memory = (): Store => openSqlite(':memory:')

/** The nth person is owed so many texts, due now. */
export const owed = (store: Store, n: number, texts: number): Promise<Committed> => {
  const who = person(n)
  const outbox = Array.from({ length: texts }, (_, text) => row(who, text + 1))
  return store.commit(turn(who, { outbox }))
}

/** The nth person is given until a minute to answer. */
export const waited = (store: Store, n: number, minutes: readonly number[]): Promise<Committed> => {
  const who = person(n)
  const timers = minutes.map((minute) => timer(who, `silence-${minute}`, minute))
  return store.commit(turn(who, { timers }))
}

/** "person.text" of an outbox id. */
export const short = (id: string) => `${Number(id.slice(24, 36))}.${id.split(':')[2]}`

/** A promise that is kept by hand. */
export function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}
