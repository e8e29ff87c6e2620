import { join } from 'node:path'
import { startRedis } from '../store/redis-server.ts'
import { type Audited, audit, repeated, rowsReported, textsArrived } from './audit.ts'
import { type Client, type ClientOptions, openClient } from './client.ts'
import { type ChildDoor, childDoor, type DoorOptions } from './door.ts'
import type { Outcome, Rig } from './rig.ts'
import { openWorld, type World } from './world/world.ts'

/** A world, a door in it, and a client that rings it. All are closed when the run ends. */
export interface House {
  world: World
  door: ChildDoor
  client: Client
}

/**
 * How long a webhook is sent again to a door that is killed time after time: longer than a provider would, because a busy
 * machine takes long to start one.
 */
export const PATIENCE = 120_000

type Options = Partial<Omit<DoorOptions, 'world' | 'folder'>> & {
  client?: Partial<ClientOptions>
}

/** Opens one and starts its door. `name` tells the houses of one run apart. */
export async function openHouse(rig: Rig, name = 'house', options: Options = {}): Promise<House> {
  const { client: asks, ...rest } = options
  const world = await openWorld(rig.random)
  rig.after(world.close)
  const door = await childDoor({ world, folder: join(rig.folder, name), ...rest })
  rig.after(() => door.kill())
  const client = openClient({ targets: [door], random: rig.random, ...asks })
  rig.after(client.close)
  await door.start()
  return { world, door, client }
}

/** Two doors on one Redis, and a client that goes to each in turn. */
export async function openPair(rig: Rig, client: Partial<ClientOptions> = {}): Promise<House> {
  const redis = await startRedis()
  rig.after(redis.stop)
  const shared = { store: redis.url, without: ['teams'] } as const
  const { world, door } = await openHouse(rig, 'one', shared)
  const folder = join(rig.folder, 'two')
  const other = await childDoor({ world, folder, beside: door, ...shared })
  rig.after(() => other.kill())
  await other.start()
  const targets = [door, other]
  const asks = openClient({ targets, random: rig.random, ...client })
  rig.after(asks.close)
  return { world, door, client: asks }
}

/** Killed as by a power cut of the process, and started again on what it kept. */
export async function killAndStart({ door }: Pick<House, 'door'>): Promise<number> {
  await door.kill()
  return door.start()
}

/** What the ledgers say of a house, and how many acknowledged webhooks got other bytes when they were sent again. */
export async function judgeHouse(house: House): Promise<Audited & { other: number }> {
  const { door, client, world } = house
  await textsArrived(client, world.ledger)
  await rowsReported(door, world.ledger)
  const other = await repeated(client, client.turns)
  await world.twilio.quiet()
  const found = await audit({ door, client, ledger: world.ledger })
  return { ...found, other, faults: [...found.faults, ...strangeIn(house)] }
}

const strangeIn = ({ world: { twilio, teams, translate }, door }: House) => [
  ...[...twilio.strange, ...teams.strange, ...translate.strange].slice(0, 3),
  ...faultsOf(door).slice(0, 3),
]

/** Faults that a door did not expect, and people it held back: in these runs nobody sends too much. */
const faultsOf = (door: ChildDoor) =>
  door
    .out()
    .split('\n')
    .filter((line) => /^\s+at |Unhandled|"code":"(unknown|limited|capped)"/.test(line))

/** The houses of a run as one outcome. */
export function outcomeOf(
  runs: number,
  houses: readonly House[],
  found: readonly (Audited & { other: number })[],
  more: Partial<Outcome> = {}
): Outcome {
  const sum = (of: (one: Audited & { other: number }) => number) =>
    found.reduce((total, one) => total + of(one), 0)
  const had = houses.flatMap(({ client }) => client.had)
  const others = sum(({ other }) => other)
  return {
    runs,
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    success: had.length === 0 ? 0 : had.filter(({ complete }) => complete).length / had.length,
    ...more,
    faults: [
      ...found.flatMap(({ faults }) => faults),
      ...(others > 0 ? [`${others} repeated webhooks got other bytes than the first time`] : []),
      ...(more.faults ?? []),
    ],
    figures: {
      conversations: had.length,
      turns: sum(({ turns }) => turns),
      texts: sum(({ texts }) => texts),
      ...more.figures,
    },
  }
}

/** Waits a share of so many milliseconds, so that what follows comes at no moment in particular. */
export const sometime = (random: () => number, most: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, most * random()))
