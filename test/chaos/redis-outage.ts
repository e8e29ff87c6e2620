import { startRedis, type TestRedis, until } from '../store/redis-server.ts'
import { openWire } from '../store/wire.ts'
import { type House, openHouse } from './house.ts'
import {
  auditOutage,
  BETWEEN_MS,
  longestWait,
  MOST_MS,
  type OutageFound,
  readyOf,
  replayed,
  servedAgain,
  triedAgain,
  whileRinging,
} from './outage.ts'
import { PEOPLE } from './people.ts'
import { ms, pause } from './redis-load.ts'
import type { Outcome, Rig, Run } from './rig.ts'

/** How soon after the store is back callers must be served. */
const BACK_MS = 1_000

interface Place {
  redis: TestRedis
  house: House
}

async function openPlace(rig: Rig, url?: string): Promise<Place> {
  const redis = await startRedis()
  rig.after(redis.stop)
  return { redis, house: await openHouse(rig, 'house', { store: url ?? redis.url }) }
}

interface Measured {
  /** Milliseconds from the end of each trouble until somebody was served. */
  back: number[]
  faults?: string[]
  figures?: Record<string, number | string>
}

/** Reads everything back. Every run here must have had people served, and people told the safe words. */
async function judged(house: House, runs: number, { back, faults = [], figures }: Measured) {
  const drained = await replayed(house.door)
  const found: OutageFound = await auditOutage(house)
  const { client } = house
  const longest = longestWait(client)
  const again = triedAgain(client)
  const slowest = Math.max(...back)
  const webhooks = client.turns.length + client.unanswered.length
  const outcome: Outcome = {
    runs,
    lost: found.lost,
    doubled: found.doubled,
    success: (webhooks - again) / webhooks,
    faults: [
      ...found.faults,
      ...faults,
      ...(longest <= MOST_MS ? [] : [`somebody waited ${ms(longest)} ms`]),
      ...(slowest <= BACK_MS ? [] : [`callers were served only ${ms(slowest)} ms after`]),
      ...(found.served >= SERVED && found.told >= TOLD
        ? []
        : ['too few rang, before or during it']),
    ],
    figures: {
      'turns served': found.served,
      'told the safe words': found.told,
      'longest wait ms': ms(longest),
      'served again after ms': ms(slowest),
      'spill in the store after ms': ms(drained),
      ...figures,
    },
  }
  return outcome
}

/** A trouble of a second is met by no more. */
const [SERVED, TOLD] = [20, 5]

const standsStill: Run = {
  id: 'B8',
  name: 'Redis stands still for 1, 5 and 30 s',
  goal: 'each caller answered within 3 s; served again within 1 s; 0 lost, 0 doubled',
  leastSuccess: 1,
  needs: ['redis-server'],
  small: true,
  async run(rig) {
    const { redis, house } = await openPlace(rig)
    const seconds = rig.size === 'small' ? [2] : [1, 5, 30]
    const back: number[] = []
    await whileRinging(house, async () => {
      for (const second of seconds) {
        redis.signal('SIGSTOP')
        await pause(second * 1000)
        const at = Date.now()
        redis.signal('SIGCONT')
        back.push(await servedAgain(house.client, at))
        await pause(BETWEEN_MS)
      }
    })
    return judged(house, seconds.length, { back })
  },
}

const NOTICE_MS = 2_000

const halfOpen: Run = {
  id: 'B10',
  name: 'the network swallows every packet to Redis, and breaks no connection',
  goal: 'noticed within 2 s, though nobody rings; each caller answered within 3 s; 0 lost, 0 doubled',
  leastSuccess: 1,
  needs: ['redis-server'],
  async run(rig) {
    const redis = await startRedis()
    rig.after(redis.stop)
    const wire = await openWire(redis.port)
    rig.after(wire.close)
    const house = await openHouse(rig, 'house', { store: `redis://127.0.0.1:${wire.port}` })
    const times = rig.of(1, 5, 20)
    const [back, noticed]: number[][] = [[], []]
    const ready = async () => (await readyOf(house.door)).store === true
    for (let n = 0; n < times; n += 1) {
      await until(ready)
      // Between two pings of an idle connection, at no moment in particular.
      await pause(rig.random() * 1_000)
      const cut = performance.now()
      wire.swallow(true)
      await until(async () => !(await ready()))
      noticed?.push(performance.now() - cut)
      wire.swallow(false)
    }
    await until(ready)
    await whileRinging(house, async () => {
      for (let n = 0; n < times; n += 1) {
        wire.swallow(true)
        await pause(1_500 + rig.random() * 1_500)
        const at = Date.now()
        wire.swallow(false)
        back?.push(await servedAgain(house.client, at))
        await pause(BETWEEN_MS)
      }
    })
    const longest = Math.max(...(noticed ?? []))
    return judged(house, 2 * times, {
      back: back ?? [],
      faults: longest <= NOTICE_MS ? [] : [`it was noticed after ${ms(longest)} ms`],
      figures: { 'noticed after ms': ms(longest) },
    })
  },
}

const KEPT = /^evicted_keys:(\d+)/m

const full: Run = {
  id: 'B12',
  name: "Redis' memory is full",
  goal: 'callers hear the safe words, the log says store-down, nothing is evicted; all served and kept once there is room',
  leastSuccess: 1,
  needs: ['redis-server'],
  async run(rig) {
    const { redis, house } = await openPlace(rig)
    const back: number[] = []
    await whileRinging(house, async () => {
      const info = String(await redis.ask('INFO', 'memory'))
      const used = Number(/^used_memory:(\d+)/m.exec(info)?.[1])
      await redis.ask('CONFIG', 'SET', 'maxmemory', String(used + rig.of(50_000, 500_000, 5e6)))
      await until(async () => house.door.out().includes('store-down'), 60_000)
      await pause(2_000)
      const at = Date.now()
      await redis.ask('CONFIG', 'SET', 'maxmemory', '0')
      back.push(await servedAgain(house.client, at))
    })
    const evicted = Number(KEPT.exec(String(await redis.ask('INFO', 'stats')))?.[1])
    const alerts = house.door
      .out()
      .split('\n')
      .filter((line) => line.includes('"store-down"'))
    return judged(house, 1, {
      back,
      faults: [
        ...(evicted === 0 ? [] : [`${evicted} keys were evicted`]),
        ...(alerts.some((line) => /OOM/.test(line)) ? [] : ['no alert says that it is full']),
      ],
      figures: { evicted, alerts: alerts.length },
    })
  },
}

const EVERY_MS = 200

/** Five new callers a second, each with a number of their own, whether the ones before are done or not. */
async function fiveEachSecond({ client }: House, seconds: number): Promise<void> {
  const all: Promise<unknown>[] = []
  const end = performance.now() + seconds * 1000
  for (let n = 0; performance.now() < end; n += 1) {
    all.push(client.talk(PEOPLE[n % PEOPLE.length]!))
    await pause(EVERY_MS)
  }
  await Promise.all(all)
}

/** Redis is gone for a minute; at the end of a second outage the door itself is killed as well. */
const gone: Run = {
  id: 'B18',
  name: 'Redis is gone for a minute, under five contacts a second; then once more, and the door dies too',
  goal: 'every contact is there once, from the spill; each caller answered within 3 s; served again within 1 s',
  leastSuccess: 0.99,
  needs: ['redis-server'],
  async run(rig) {
    const { redis, house } = await openPlace(rig)
    const back: number[] = []
    await fiveEachSecond(house, rig.of(1, 4, 10))
    await redis.kill()
    await fiveEachSecond(house, rig.of(3, 60, 600))
    const before = house.client.had.length
    await redis.start()
    const at = Date.now()
    const [served] = await Promise.all([
      servedAgain(house.client, at),
      fiveEachSecond(house, rig.of(2, 4, 10)),
    ])
    back.push(served)
    await replayed(house.door)
    await redis.kill()
    await fiveEachSecond(house, rig.of(2, 8, 60))
    await house.door.kill()
    await redis.start()
    const opened = await house.door.start()
    await fiveEachSecond(house, rig.of(1, 2, 10))
    return judged(house, 2, {
      back,
      figures: {
        'contacts until Redis was back': before,
        'contacts in all': house.client.had.length,
        'door open again ms': ms(opened),
      },
    })
  },
}

export const OUTAGES: readonly Run[] = [standsStill, halfOpen, full, gone]
