import { textsArrived } from './audit.ts'
import { type House, judgeHouse, openHouse, outcomeOf, PATIENCE, sometime } from './house.ts'
import { PEOPLE } from './people.ts'
import type { Rig, Run } from './rig.ts'
import type { Fault } from './world/faults.ts'

/** Everyone wants a text about it. */
const FALLERS = PEOPLE.filter(({ wantsText }) => wantsText)
const CALLERS = 12
const HOUSES = 2
/** Half before the text is taken and half after, so that a death finds texts on both sides of it. */
const SLOW: Fault = { kind: 'slow', ms: 60 }

/**
 * Of half of the texts nothing is told, so that the door has to look for them; of some all is told before Twilio's reply to
 * their sending has left.
 */
function tellUnevenly({ world: { twilio } }: House, { random }: Rig) {
  const words = [{ status: 'sent' }, { status: 'delivered' }]
  twilio.telling.of = () => {
    if (random() < 0.5) return {}
    return random() < 0.5 ? { before: words } : { after: words }
  }
}

/** Kills the door, and its outbox with it, each time a few more texts have been taken. */
async function killing(house: House, kills: number, rig: Rig) {
  const { door, client, world } = house
  const { random } = rig
  tellUnevenly(house, rig)
  world.twilio.faults.set('CreateMessage', SLOW)
  let killed = 0
  const talking = client.talks(FALLERS, CALLERS, () => killed >= kills)
  for (; killed < kills; killed++) {
    const enough = world.ledger.of('text').length + 1 + Math.floor(3 * random())
    while (world.ledger.of('text').length < enough && door.running()) await sometime(random, 5)
    await sometime(random, 60)
    await door.kill()
    await door.start()
  }
  await talking
}

const A13: Run = {
  id: 'A13',
  name: 'the outbox is killed while it sends',
  goal: 'each text that was promised is at its handset once',
  leastSuccess: 0.99,
  async run(rig) {
    const kills = rig.of(4, 100, 500)
    const houses = await Promise.all(
      Array.from({ length: HOUSES }, (_, n) =>
        openHouse(rig, `house-${n}`, { without: ['teams'], client: { patience: PATIENCE } })
      )
    )
    await Promise.all(houses.map((house) => killing(house, kills / HOUSES, rig)))
    return outcomeOf(kills, houses, await Promise.all(houses.map(judgeHouse)), {
      figures: looks(houses),
    })
  },
}

/** How often the door looked whether a text had gone before it sent it again. */
const looks = (houses: readonly House[]) => ({
  looks: houses.reduce((sum, { world }) => sum + (world.twilio.asked.get('ListMessage') ?? 0), 0),
})

/** The share of replies that are lost: few enough that the breaker seldom opens, which would keep all texts waiting. */
const LOST = 0.25

/** Twilio takes a text and its reply is lost: cut off, or cut in half. */
const A14: Run = {
  id: 'A14',
  name: 'Twilio takes a text and its reply is lost',
  goal: 'each text that was promised is at its handset once',
  leastSuccess: 0.99,
  small: true,
  async run(rig) {
    const texts = rig.of(16, 150, 1000)
    const house = await openHouse(rig)
    const { client, world } = house
    tellUnevenly(house, rig)
    const ill = (kind: 'reset-after' | 'truncate', conversations: number) => {
      world.twilio.faults.set('CreateMessage', { kind }, { share: LOST })
      return client.talks(FALLERS, CALLERS, () => client.had.length >= conversations)
    }
    await ill('reset-after', texts / 2)
    await ill('truncate', texts)
    await textsArrived(client, world.ledger)
    world.twilio.faults.clear()
    const met = world.twilio.faults.met()
    const faults = met < texts / 8 ? [`only ${met} replies were lost`] : []
    const found = await judgeHouse(house)
    return outcomeOf(world.ledger.of('text').length, [house], [found], {
      faults,
      figures: { 'replies lost': met, ...looks([house]) },
    })
  },
}

export const TEXTS: readonly Run[] = [A13, A14]
