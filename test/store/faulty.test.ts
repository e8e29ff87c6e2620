import { expect, it } from 'vitest'
import { faultyStore, openFaults } from '../../src/door/faults.ts'
import { serviceClock } from '../../src/jobs/clock.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { PLACE, waiting } from './desk-rows.ts'
import { person, turn } from './sample.ts'

it('a store that the simulator makes ill is ill at the desk too, until it is well again', async () => {
  const clock = serviceClock()
  clock.set('2026-11-24T14:20:00Z')
  const faults = openFaults(clock)
  const store = faultyStore(openSqlite(':memory:'), faults)
  const { desk } = store
  await desk.put(waiting(1))
  faults.set('redis', 'gone', 'PT30S')
  for (const work of [
    () => store.commit(turn(person(1))),
    () => desk.get(PLACE, 'queue', waiting(1).id),
    () => desk.list(PLACE, 'queue'),
    () => desk.count(PLACE, 'queue'),
    () => desk.changes(PLACE),
    () => desk.put(waiting(1, { turn: 2 })),
    () => desk.remove(waiting(1)),
  ])
    await expect(work()).rejects.toMatchObject({ code: 'store-down', retry: true })
  clock.advance('PT31S')
  expect(await desk.list(PLACE, 'queue')).toEqual([waiting(1)])
  await store.close()
})
