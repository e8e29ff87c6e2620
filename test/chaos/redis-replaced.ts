import { openRedis } from '../../src/store/redis.ts'
import { type TestRedis, until } from '../store/redis-server.ts'
import { audit, ms, startLoad } from './redis-load.ts'
import {
  about,
  figuresOf,
  masterOf,
  served,
  startThree,
  strict,
  tooLong,
  WORK,
  whole,
} from './redis-masters.ts'
import type { Rig, Run } from './rig.ts'

const RING_OFF_MS = 800
const CALLERS = 6

/** Callers whose door knows this server alone and counts replicas, whichever they are. */
async function startCounting(rig: Rig, master: TestRedis, n: number) {
  const store = await openRedis(`${master.url}?wait=1`, strict)
  rig.after(store.close)
  const load = startLoad(store, {
    from: (n + 1) * 1_000_000,
    patience: RING_OFF_MS,
    callers: CALLERS,
  })
  return { load, close: store.close }
}

/**
 * A sentinel promotes a replica though nothing ails the master. Until it has told the others, the master and the replica
 * that was left go on together. Besides the callers whose door asks the sentinels there are some whose door counts.
 */
export const liveReplaced: Run = {
  id: 'B5b',
  name: 'a master that lives is replaced under Sentinel, again and again',
  goal: '0 lost, 0 doubled; served again within 10 s. Where replicas are only counted some are lost',
  leastSuccess: 0.999,
  needs: ['redis-server'],
  async run(rig) {
    const { servers, sentinels, url } = await startThree(rig)
    const store = await openRedis(url, strict)
    rig.after(store.close)
    const load = startLoad(store, { callers: CALLERS })
    const counted = new Map<number, number>()
    const times = rig.of(1, 5, 20)
    for (let n = 0; n < times; n += 1) {
      await whole(sentinels, servers)
      const old = await masterOf(sentinels, servers)
      const counting = await startCounting(rig, old, n)
      await Promise.all([load.more(WORK), counting.load.more(WORK)])
      await sentinels[n % sentinels.length]!.ask('SENTINEL', 'FAILOVER', 'door')
      await until(async () => (await masterOf(sentinels, servers)) !== old)
      await load.more(WORK)
      await until(async () => /role:slave[\s\S]*master_link_status:up/.test(await about(old)))
      for (const [person, turns] of (await counting.load.stop()).acked) counted.set(person, turns)
      await counting.close()
    }
    await whole(sentinels, servers)
    await load.more(WORK)
    const ledger = await load.stop()
    const found = await audit(store, ledger.acked)
    const { lost } = await audit(store, counted)
    const blind = 'where replicas were only counted nothing was lost: the run cannot see that loss'
    return {
      runs: times,
      ...found,
      success: served(ledger),
      faults: [
        ...ledger.faults.slice(0, 5),
        ...tooLong(ledger.silence),
        ...(lost > 0 ? [] : [blind]),
      ],
      figures: {
        ...figuresOf(ledger),
        'longest outage ms': ms(ledger.silence),
        'lost where replicas are counted': `${lost} of ${[...counted.values()].reduce((all, turns) => all + turns, 0)}`,
      },
    }
  },
}
