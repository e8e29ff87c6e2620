import { join } from 'node:path'
import { type OnDuty, offers, type Waiting } from '../src/handoff/offers.ts'
import type { Desk, DeskRow } from '../src/store/desk.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { median } from './load.ts'
import { row } from './rows.ts'

const NAVIGATORS = 50
const FEW = 10
const MANY = 10_000
const PLACE = 'lewisham'

/** The queue's work with few and with many waiting: putting one, the head, and who is to be asked. */
export async function queue(folder: string, repeats: number) {
  const [few, many] = await Promise.all(
    [FEW, MANY].map(async (count) => {
      const store = openSqlite(join(folder, `queue-${count}.db`))
      for (let n = 0; n < count; n += 100)
        await Promise.all(
          Array.from({ length: Math.min(100, count - n) }, (_, at) =>
            store.desk.put(queued(n + at))
          )
        )
      return store
    })
  )
  if (!few || !many) return
  for (const [name, work, times] of OPERATIONS) {
    const costs: [number[], number[]] = [[], []]
    for (let repeat = 0; repeat < repeats * 4; repeat++)
      for (const which of repeat % 2 === 0 ? [0, 1] : [1, 0]) {
        const store = which === 0 ? few : many
        const began = process.cpuUsage()
        for (let n = 0; n < times; n++) await work(store.desk, n)
        const { user, system } = process.cpuUsage(began)
        costs[which as 0 | 1].push((user + system) / times)
      }
    const [one, other] = costs.map(median) as [number, number]
    row(`queue of ${FEW}: ${name}`, one, 'µs')
    row(`queue of ${MANY.toLocaleString('en')}: ${name}`, other, 'µs')
    row(`queue of ${MANY.toLocaleString('en')} against ${FEW}: ${name}`, other / one, 'ratio', 1.1)
  }
  await few.close()
  await many.close()
}

const STAFF: readonly OnDuty[] = Array.from({ length: NAVIGATORS }, (_, n) => ({
  ...{
    staff: `n${n}`,
    roles: ['navigator'],
    languages: ['en'],
    disciplines: [],
    offers: [],
    later: {},
  },
  ...{
    shift: 'available' as const,
    since: '2026-11-24T08:00:00.000Z',
    phone: { own: true as const },
  },
}))
const AT = '2026-11-24T14:20:00.000Z'
/** As many of them as there are in the short queue, so that the same work is compared. */
const head = async (desk: Desk) =>
  (await desk.list(PLACE, 'queue', { limit: FEW })).map(({ body, rank }) => ({
    ...(body as unknown as Waiting),
    rank,
  }))

const OPERATIONS: readonly (readonly [
  string,
  (desk: Desk, n: number) => Promise<unknown>,
  number,
])[] = [
  ['one comes and goes', comes, 200],
  ['its head of ten', (desk) => desk.list(PLACE, 'queue', { limit: FEW }), 300],
  [
    'its head of ten, and who is to be asked',
    async (desk) => offers(await head(desk), STAFF, AT),
    200,
  ],
]

async function comes(desk: Desk, n: number) {
  const one = { ...queued(n), id: `new-${n}` }
  await desk.put(one)
  await desk.remove(one)
}

function queued(n: number): DeskRow {
  const contact = `019ab000-0000-7000-8000-${String(n).padStart(12, '0')}`
  const since = new Date(Date.parse(AT) + n * 1000).toISOString()
  const body = {
    ...{
      contact,
      ref: '07113706',
      channel: 'voice',
      value: 'waiting',
      priority: 'P3',
      level: 'soon',
    },
    ...{
      danger: 'cleared',
      wants: true,
      since,
      language: 'en',
      restricted: false,
      asked: [],
      passed: [],
    },
  }
  return {
    place: PLACE,
    kind: 'queue',
    id: contact,
    rank: `01311|${since}`,
    owner: '',
    turn: 1,
    body,
  }
}
