import type { Reply } from './client.ts'
import { judgeHouse, openPair, outcomeOf } from './house.ts'
import { PEOPLE } from './people.ts'
import type { Run } from './rig.ts'

const CALLERS = 16
/** The share of webhooks that both doors get at once. */
const BOTH = 0.05

const A12: Run = {
  id: 'A12',
  name: 'two doors on one Redis, each webhook to either, some to both at once',
  goal: 'nothing lost or doubled; both give the same bytes; each text once',
  leastSuccess: 0.99,
  needs: ['redis-server'],
  async run(rig) {
    const turns = rig.of(150, 20_000, 100_000)
    const both = { sent: 0, differ: 0 }
    const house = await openPair(rig, {
      async send(_, once) {
        if (rig.random() >= BOTH) return once()
        const [first, second] = await Promise.all([once(), once()])
        both.sent += 1
        if (first?.body !== second?.body) both.differ += 1
        return first as Reply
      },
    })
    const { client } = house
    const started = performance.now()
    await client.talks(PEOPLE, CALLERS, () => client.turns.length >= turns)
    const seconds = (performance.now() - started) / 1000
    const found = await judgeHouse(house)
    const faults = both.differ > 0 ? [`${both.differ} webhooks got other bytes from each door`] : []
    return outcomeOf(client.turns.length, [house], [found], {
      faults,
      figures: {
        'to both at once': both.sent,
        'turns/s': Math.round(client.turns.length / seconds),
      },
    })
  },
}

export const TWO_DOORS: readonly Run[] = [A12]
