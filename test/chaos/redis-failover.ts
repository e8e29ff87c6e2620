import { openRedis } from '../../src/store/redis.ts'
import { startRedis, until } from '../store/redis-server.ts'
import { openWire } from '../store/wire.ts'
import { openHouse } from './house.ts'
import {
  auditOutage,
  longestWait,
  MOST_MS,
  replayed,
  servedAgain,
  triedAgain,
  whileRinging,
} from './outage.ts'
import { audit, type Ledger, ms, pause, startLoad } from './redis-load.ts'
import {
  about,
  emptied,
  FAST,
  figuresOf,
  hasReplicas,
  masterOf,
  replicaOf,
  served,
  startThree,
  strict,
  type Three,
  tooLong,
  WORK,
  whole,
} from './redis-masters.ts'
import { liveReplaced } from './redis-replaced.ts'
import type { Outcome, Rig, Run } from './rig.ts'

const masterKilled: Run = {
  id: 'B5',
  name: 'the master dies under Sentinel, and comes back as a replica',
  goal: '0 lost, 0 doubled; callers all answered, and served again within 10 s',
  leastSuccess: 0.999,
  needs: ['redis-server'],
  async run(rig) {
    const three = await startThree(rig)
    const { servers, sentinels, url } = three
    const store = await openRedis(url, strict)
    rig.after(store.close)
    const load = startLoad(store)
    const times = rig.of(1, 5, 20)
    for (let n = 0; n < times; n += 1) {
      await load.more(WORK)
      await pause(rig.random() * 300)
      const old = await masterOf(sentinels, servers)
      await old.kill()
      await until(async () => (await masterOf(sentinels, servers)) !== old)
      await old.start(replicaOf(await masterOf(sentinels, servers)))
      await whole(sentinels, servers)
    }
    await load.more(WORK)
    const ledger = await load.stop()
    const found = await audit(store, ledger.acked)
    await store.close()
    const rung = await whileTheMasterDies(rig, three)
    const longest = Math.max(ledger.silence, rung.back)
    return {
      runs: times + 1,
      lost: found.lost + rung.lost,
      doubled: found.doubled + rung.doubled,
      success: served(ledger),
      faults: [...ledger.faults.slice(0, 5), ...rung.faults, ...tooLong(longest)],
      figures: {
        ...figuresOf(ledger),
        'longest outage ms': ms(longest),
        'told the safe words': rung.told,
        'longest wait of a caller ms': ms(rung.waited),
      },
    }
  },
}

/** The same with a door before it: its callers are all answered. */
async function whileTheMasterDies(rig: Rig, { servers, sentinels, url }: Three) {
  await emptied(sentinels, servers)
  const house = await openHouse(rig, 'house', { store: url })
  let back = 0
  await whileRinging(house, async () => {
    const master = await masterOf(sentinels, servers)
    const at = Date.now()
    await master.kill()
    // Whoever was being answered as it died does not count.
    await pause(100)
    back = 100 + (await servedAgain(house.client, at + 100))
  })
  await replayed(house.door)
  const found = await auditOutage(house)
  const [waited, again] = [longestWait(house.client), triedAgain(house.client)]
  return {
    ...found,
    ...{ back, waited },
    faults: [
      ...found.faults,
      ...(waited <= MOST_MS ? [] : [`somebody waited ${ms(waited)} ms`]),
      ...(again === 0 ? [] : [`${again} webhooks were not answered at once`]),
    ],
  }
}

/** The wire to the replica is cut for a while, and then the master dies and the replica takes over. */
async function cutThenDies(rig: Rig, wait: '' | '?wait=0'): Promise<Ledger & Outcome> {
  const master = await startRedis(FAST)
  const toReplica = await openWire(master.port)
  const replica = await startRedis([...FAST, ...replicaOf(toReplica)])
  const front = await openWire(master.port)
  for (const one of [master, replica]) rig.after(one.stop)
  for (const wire of [toReplica, front]) rig.after(wire.close)
  await hasReplicas(master, 1)
  const store = await openRedis(`redis://127.0.0.1:${front.port}${wait}`, strict)
  rig.after(store.close)
  const load = startLoad(store)
  await load.more(5 * WORK)
  toReplica.swallow(true)
  await pause(rig.of(1_500, 4_000, 4_000))
  await master.kill()
  await replica.ask('REPLICAOF', 'NO', 'ONE')
  await master.start(replicaOf(replica))
  await hasReplicas(replica, 1)
  front.to(replica.port)
  await load.more(WORK)
  const ledger = await load.stop()
  return { ...ledger, runs: 1, ...(await audit(store, ledger.acked)), success: served(ledger) }
}

const linkCut: Run = {
  id: 'B6',
  name: 'the link to the replica is cut 4 s, then the master dies',
  goal: '0 lost where a turn waits for the replica; without waiting some are lost',
  leastSuccess: 0.999,
  needs: ['redis-server'],
  small: true,
  async run(rig) {
    const rounds: (Ledger & Outcome)[] = []
    for (let n = 0; n < rig.of(1, 3, 10); n += 1) rounds.push(await cutThenDies(rig, ''))
    const mutant = await cutThenDies(rig, '?wait=0')
    const sum = (of: (round: Ledger & Outcome) => number) =>
      rounds.reduce((all, round) => all + of(round), 0)
    const blind = 'without waiting nothing was lost: the run cannot see the loss it looks for'
    return {
      runs: rounds.length,
      lost: sum(({ lost }) => lost),
      doubled: sum(({ doubled }) => doubled),
      success: sum(({ done }) => done) / sum(({ begun }) => begun),
      faults: [
        ...rounds.flatMap(({ faults = [] }) => faults).slice(0, 5),
        ...(mutant.lost > 0 ? [] : [blind]),
      ],
      figures: {
        'turns acknowledged': sum(({ done }) => done),
        'tries refused': sum(({ refused }) => refused),
        'slowest try ms': ms(Math.max(...rounds.map(({ slowest }) => slowest))),
        'lost without waiting': `${mutant.lost} of ${mutant.done}`,
      },
    }
  },
}

const RING_OFF_MS = 800

/**
 * The master stands still until another takes its place, and then goes on, still thinking itself the master. Besides the
 * callers whose door asks the sentinels there are some whose door knows the old master alone.
 */
const oldMaster: Run = {
  id: 'B7',
  name: 'an old master comes back, and callers still reach it',
  goal: '0 lost: what it took alone was never acknowledged; it is demoted. Without waiting some are lost',
  leastSuccess: 0.999,
  needs: ['redis-server'],
  async run(rig) {
    const { servers, sentinels, url } = await startThree(rig)
    const old = await masterOf(sentinels, servers)
    const open = async (at: string, from: number, patience = 20_000) => {
      const store = await openRedis(at, strict)
      rig.after(store.close)
      return { store, load: startLoad(store, { from, patience, callers: 6 }) }
    }
    const knowing = await open(url, 1)
    const pinned = await open(`${old.url}?wait=1`, 1_000_000, RING_OFF_MS)
    const mutant = await open(`${old.url}?wait=0`, 2_000_000, RING_OFF_MS)
    const all = [knowing, pinned, mutant]
    await Promise.all(all.map(({ load }) => load.more(WORK)))
    old.signal('SIGSTOP')
    await until(async () => (await masterOf(sentinels, servers)) !== old)
    await knowing.load.more(WORK)
    const before = mutant.load.ledger.done
    old.signal('SIGCONT')
    await until(async () => /role:slave[\s\S]*master_link_status:up/.test(await about(old)))
    const alone = mutant.load.ledger.done - before
    await knowing.load.more(WORK)
    const [known, told, careless] = await Promise.all(all.map(({ load }) => load.stop()))
    const { store } = knowing
    const found = await audit(store, new Map([...known!.acked, ...told!.acked]))
    const { lost } = await audit(store, careless!.acked)
    const blind = `the old master took ${alone} turns alone and ${lost} were lost: the run cannot see the loss it looks for`
    return {
      runs: 1,
      ...found,
      success: served(known!),
      faults: [...known!.faults.slice(0, 5), ...(alone > 0 && lost > 0 ? [] : [blind])],
      figures: {
        ...figuresOf(known!),
        'acknowledged by the old master': told!.done,
        'lost without waiting': `${lost} of ${careless!.done}`,
      },
    }
  },
}

export const FAILOVER: readonly Run[] = [masterKilled, liveReplaced, linkCut, oldMaster]
