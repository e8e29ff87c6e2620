import { startRedis } from '../store/redis-server.ts'
import { type House, judgeHouse, openHouse, outcomeOf, PATIENCE, sometime } from './house.ts'
import { has } from './judge.ts'
import { PEOPLE } from './people.ts'
import type { Rig, Run } from './rig.ts'

/** Callers at once in each house. */
const CALLERS = 12
/** Acknowledged webhooks between two kills, at most. */
const BETWEEN = 60

/** Kills the door at no moment in particular while people ring it; now and then while it is starting. */
async function killing(house: House, kills: number, { random }: Rig): Promise<number[]> {
  const { door, client } = house
  const starts: number[] = []
  let killed = 0
  const talking = client.talks(PEOPLE, CALLERS, () => killed >= kills)
  for (; killed < kills; killed++) {
    const enough = client.turns.length + Math.ceil(BETWEEN * random())
    while (client.turns.length < enough && door.running()) await sometime(random, 10)
    await door.kill()
    if (random() < 0.05) {
      const opening = door.start().catch(() => 0)
      await sometime(random, 1000)
      await door.kill()
      await opening
    }
    starts.push(await door.start())
  }
  await talking
  return starts
}

/** A file, and a Redis where there is one: two doors, since a start is one core's work. */
async function storesOf({ size, after }: Rig): Promise<{ store?: string }[]> {
  if (size === 'small') return [{}]
  if (!has('redis-server')) return [{}, {}]
  const redis = await startRedis()
  after(redis.stop)
  return [{}, { store: redis.url }]
}

const A1: Run = {
  id: 'A1',
  name: 'the door is killed under load and started again',
  goal: 'nothing acknowledged lost, nothing doubled; at least 99 % of conversations come to their end',
  leastSuccess: 0.99,
  small: true,
  async run(rig) {
    const kills = rig.of(2, 100, 200)
    const stores = await storesOf(rig)
    const houses = await Promise.all(
      stores.map((store, n) =>
        openHouse(rig, `house-${n}`, {
          ...store,
          without: ['teams'],
          client: { patience: PATIENCE },
        })
      )
    )
    const count = stores.length
    const starts = await Promise.all(houses.map((house) => killing(house, kills / count, rig)))
    const found = await Promise.all(houses.map(judgeHouse))
    const slowest = Math.round(Math.max(...starts.flat()))
    const retried = houses.flatMap(({ client }) => client.turns.filter(({ tries }) => tries > 1))
    return outcomeOf(kills, houses, found, {
      figures: {
        stores: stores.map(({ store }) => (store ? 'Redis' : 'SQLite')).join(' and '),
        'webhooks sent again': retried.length,
        'slowest start ms': slowest,
      },
    })
  },
}

/** Where it dies. In the last the text is at the handset, and Twilio's reply is on its way. */
const STEPS = [
  'before commit',
  'after commit, before reply',
  'after reply, before outbox',
  'after send, before mark',
  'while it is being sent',
] as const

const FALLERS = PEOPLE.filter(({ wantsText }) => wantsText)
/** A moment that does not come in this time never will. */
const MOMENT_MS = 20_000

/** Dies once at a step, while people who want a text ring; gives whether it died there. */
async function dieAt(
  house: House,
  step: (typeof STEPS)[number],
  { random }: Rig
): Promise<boolean> {
  const { door, world } = house
  const dies = { DIE_AT: step, DIE_ON: String(1 + Math.floor(4 * random())) }
  // It may die of the first webhook it answers, before it was seen to have opened.
  await door.start(step === 'while it is being sent' ? {} : dies).catch(() => 0)
  if (step === 'while it is being sent') {
    const usual = world.twilio.telling.of
    world.twilio.telling.of = (message) => {
      world.twilio.telling.of = usual
      void door.kill()
      return usual(message)
    }
  }
  const late = setTimeout(() => void door.kill('SIGTERM'), MOMENT_MS)
  const how = await door.gone()
  clearTimeout(late)
  return how === 'SIGKILL'
}

const A2: Run = {
  id: 'A2',
  name: 'the door dies at each named step of a turn',
  goal: 'no effect lost, none doubled, at each of five steps',
  leastSuccess: 0.99,
  small: true,
  async run(rig) {
    const each = rig.of(1, 10, 500)
    const house = await openHouse(rig, 'house', {
      entry: 'test/chaos/dying-door.ts',
      without: ['teams'],
      client: { patience: PATIENCE },
    })
    await house.door.kill()
    let going = true
    const talking = house.client.talks(FALLERS, 6, () => !going)
    const missed: string[] = []
    for (let n = 0; n < each; n++)
      for (const step of STEPS) if (!(await dieAt(house, step, rig))) missed.push(step)
    going = false
    await house.door.start()
    await talking
    const faults = missed.map((step) => `it did not die ${step}`)
    return outcomeOf(each * STEPS.length, [house], [await judgeHouse(house)], { faults })
  },
}

export const CRASHES: readonly Run[] = [A1, A2]
