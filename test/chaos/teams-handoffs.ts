import { wordsIn } from './client.ts'
import type { Rig, Run } from './rig.ts'
import { COVER, ENTRA, mobile, openStaffed, ROOM, type Staffed, sleep } from './staffed.ts'
import type { Fault } from './world/faults.ts'

const SECONDS = 1_000
const said = ({ world }: Staffed, chat: string) =>
  world.ledger.of('message').filter(({ to, body = '' }) => to === chat && !body.startsWith('['))

/** A text conversation that somebody writes in, from the stand-in's Teams. */
async function thread(house: Staffed, who: 'farah' | 'gwen', from: string) {
  const member = house.staff(who)
  await member.start()
  await house.writes(from, 'I need help with my mum')
  const offered = () => member.cards().findLast(({ presses }) => presses.accept)
  if (!(await house.until(() => offered() !== undefined))) throw new Error(`${who} was not asked`)
  await member.press(offered() as never, 'accept')
  for (const key of ['2', '2', '2']) await house.writes(from, key)
  const open = () => member.cards().some(({ presses }) => presses['hand-back:close'])
  if (!(await house.until(open))) throw new Error(`${who} has no thread`)
  return member
}

/** What was delivered of these words: how many are missing, how many too many, and whether they came in their order. */
function delivered(got: readonly string[], words: readonly string[]) {
  const mine = got.filter((one) => words.includes(one))
  return {
    lost: words.filter((word) => !mine.includes(word)).length,
    doubled: mine.length - new Set(mine).size,
    inOrder: JSON.stringify([...new Set(mine)]) === JSON.stringify(words),
  }
}

const asked = ({ world }: Staffed) => world.teams.asked.get('say') ?? 0

const D4: Run = {
  id: 'D4',
  name: 'Teams says 429, with Retry-After 1, 30 or without, in the middle of a conversation',
  goal: 'each word delivered, in order; no try before Teams asked for one',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const house = await openStaffed(rig)
    const from = mobile(1)
    const { chat } = await thread(house, 'farah', from)
    const faults: string[] = []
    const all: string[] = []
    const waits = rig.size === 'small' ? [30] : [1, 30, undefined]
    for (const after of waits)
      for (let round = 0; round < rig.of(1, 3, 20); round++) {
        const limit = { kind: 'status', status: 429, ...(after && { after }) } as const
        house.world.teams.faults.set('say', limit, { times: 1 })
        const before = asked(house)
        const words = Array.from({ length: 4 }, (_, n) => `word ${after ?? 0} ${round} ${n}`)
        for (const word of words) await house.writes(from, word)
        all.push(...words)
        await house.until(() => asked(house) > before)
        // As long as it asked for, nobody asks again: what waits behind it waits too.
        await sleep(after === 1 ? 900 : 1_000)
        if (after !== undefined && asked(house) !== before + 1)
          faults.push(`asked ${asked(house) - before} times within Retry-After ${after}`)
        if (after === 30) house.pass('PT40S')
        const end = await house.until(() => said(house, chat).some(({ body }) => body === words[3]))
        if (!end) faults.push(`the last word after ${after} did not come`)
        const tries = asked(house) - before
        if (tries !== words.length + 1) faults.push(`${tries} tries for ${words.length} words`)
      }
    const got = said(house, chat).map(({ body = '' }) => body)
    const { lost, doubled, inOrder } = delivered(got, all)
    if (!inOrder) faults.push('they did not come in their order')
    return { runs: all.length, lost, doubled, success: (all.length - lost) / all.length, faults }
  },
}

const ILL: readonly (readonly [string, Fault])[] = [
  ...[412, 500, 502, 504].map((status) => [`${status}`, { kind: 'status', status }] as const),
  ['reset', { kind: 'reset' }],
  ['hang', { kind: 'hang' }],
]
/** The limit of one sending, with what a busy machine adds. */
const LONGEST_MS = 10 * SECONDS + 2_500

const D5: Run = {
  id: 'D5',
  name: 'Teams answers 412, 500, 502, 504, resets or hangs in the middle of a conversation',
  goal: 'one try ends within 10 s and comes again; each word once, in order; texts are answered meanwhile',
  leastSuccess: 1,
  async run(rig) {
    const faults: string[] = []
    const sum = { runs: 0, lost: 0, doubled: 0 }
    let slowest = 0
    for (const [how, fault] of ILL)
      for (let n = 0; n < rig.of(1, 1, 10); n++) {
        const house = await openStaffed(rig)
        const from = mobile(2)
        const { chat } = await thread(house, 'farah', from)
        house.world.teams.faults.set('say', fault)
        const words = Array.from({ length: 3 }, (_, n) => `word ${how} ${n}`)
        const began = performance.now()
        for (const word of words) {
          const { status } = await house.writes(from, word)
          if (status !== 200) faults.push(`${how}: a text was answered ${status}`)
        }
        const answered = performance.now() - began
        if (answered > 3 * SECONDS) faults.push(`${how}: texts took ${Math.round(answered)} ms`)
        // The row waits by the clock of the service, which runs: it is asked again after its try is over.
        await house.until(() => asked(house) > 0)
        const first = performance.now()
        const tries = how === 'hang' ? 1 : 4
        const before = asked(house)
        await house.until(() => asked(house) >= before + tries, 60 * SECONDS)
        const ms = performance.now() - first
        slowest = Math.max(slowest, ms)
        if (ms > LONGEST_MS + 3 * SECONDS)
          faults.push(`${how}: tried again after ${Math.round(ms)} ms`)
        house.world.teams.faults.clear()
        const last = () => said(house, chat).some(({ body }) => body === words[2])
        if (!(await house.until(last, 30 * SECONDS)))
          faults.push(`${how}: it was not delivered after`)
        const found = delivered(
          said(house, chat).map(({ body = '' }) => body),
          words
        )
        sum.runs += words.length
        sum.lost += found.lost
        sum.doubled += found.doubled
        if (!found.inOrder) faults.push(`${how}: not in order`)
        await house.door.close()
      }
    return {
      ...sum,
      success: (sum.runs - sum.lost) / sum.runs,
      faults,
      figures: { 'slowest try and its wait ms': Math.round(slowest) },
    }
  },
}

const GONE = [
  { status: 403, code: 'MessageWritesBlocked' },
  { status: 404, code: 'ConversationNotFound' },
  { status: 410, code: 'Gone' },
]

/** Rings, is cleared of danger, and asks for a person. */
async function waits(house: Staffed, from?: string) {
  const caller = await house.rings(from)
  for (const key of ['2', '2', '2', '0']) await caller.keys(key)
  return caller
}
type Waiting = Awaited<ReturnType<typeof waits>>

/** Goes on in the wait until the cover's number is dialled; milliseconds of the real clock. */
async function untilCover(house: Staffed, caller: Waiting, ms: number): Promise<number> {
  const began = performance.now()
  const dials = async () =>
    caller.heard().includes(COVER) || (await caller.keys('')).includes(COVER)
  await house.until(async () => {
    await sleep(200)
    return dials()
  }, ms)
  return caller.heard().includes(COVER) ? performance.now() - began : Number.POSITIVE_INFINITY
}

const offerIn = ({ world: { ledger } }: Staffed, chat: string) =>
  ledger.of('message').filter(({ to, body = '' }) => to === chat && body.includes('Can you take'))

async function oneGone(rig: Rig, { status, code }: (typeof GONE)[number], faults: string[]) {
  const house = await openStaffed(rig)
  const farah = house.staff('farah')
  const { teams } = house.world
  await farah.start()
  for (const name of [farah.chat, ENTRA.farah]) teams.gone.set(name, { status, code })
  let lost = 0
  const within = (what: string, ms: number) => {
    if (ms > 10 * SECONDS) lost += 1
    if (ms > 10 * SECONDS) faults.push(`${status}: ${what} after ${Math.round(ms)} ms`)
  }
  const began = performance.now()
  const first = await waits(house)
  await house.until(() => offerIn(house, ROOM).length > 0)
  within(
    'the room',
    offerIn(house, ROOM).length > 0 ? performance.now() - began : Number.POSITIVE_INFINITY
  )
  if ((await house.alerts('teams', 'not-found')) === 0) faults.push(`${status}: no alert`)
  // She takes it in the room; what is hers alone is not shown there.
  const card = house.staff('farah').cards().at(-1)
  const offer = offerIn(house, ROOM)[0]
  const data = JSON.stringify(offer?.body).match(/"contact\\":\\"([^"\\]+)/)?.[1]
  if (!card || !data) faults.push(`${status}: no card to take`)
  const press = {
    sid: offer?.sid ?? '',
    text: '',
    presses: { accept: { act: { do: 'accept', contact: data }, card: `${data}:1` } },
  }
  await farah.press(press, 'accept')
  const rung = () =>
    [...house.world.twilio.lines.calls.values()].some(({ to }) => to === '+442079460271')
  if (!(await house.until(rung))) faults.push(`${status}: her phone did not ring`)
  const changed = () =>
    house.world.ledger
      .of('message-changed')
      .some(({ sid, body = '' }) => sid === offer?.sid && body.includes('taken by'))
  if (!(await house.until(changed))) faults.push(`${status}: the room still offers it`)
  await first.hangUp()
  await house.door.desk.act(
    { place: 'lewisham', staff: 'farah', surface: 'teams' },
    {
      do: 'wrap-up',
      contact: data ?? '',
      outcome: 'no-answer',
      nextStep: '',
      matters: '',
      carer: 'not-asked',
      livesAlone: 'not-asked',
      needs: [],
      admissionAvoided: 'not-known',
      nearMiss: '',
    }
  )
  // The room is gone too: the phone.
  teams.gone.set(ROOM, { status, code })
  const second = await waits(house)
  within('the phone', await untilCover(house, second, 12 * SECONDS))
  // Her page is open: she is asked there, and keeps it until her time is over.
  await house.door.desk.phoneAlive('lewisham', 'farah')
  const third = await waits(house)
  const onPage = async () =>
    (await house.door.desk.views.staff('lewisham')).some(
      ({ staff, offers }) => staff === 'farah' && offers.length > 0
    )
  const asked = performance.now()
  const shown = await house.until(onPage)
  within('the page', shown ? performance.now() - asked : Number.POSITIVE_INFINITY)
  await sleep(1_000)
  if (!(await onPage())) faults.push(`${status}: it was taken from her page`)
  await third.hangUp()
  await house.door.close()
  return lost
}

const D6: Run = {
  id: 'D6',
  name: 'the chat of somebody who is asked is blocked, or gone',
  goal: 'marked gone, told to operators, and asked another way within 10 s: the room, the page, the phone',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const faults: string[] = []
    let lost = 0
    const ways = rig.size === 'small' ? GONE.slice(0, 1) : GONE
    const rounds = ways.flatMap((way) => Array.from({ length: rig.of(1, 1, 10) }, () => way))
    for (const way of rounds) lost += await oneGone(rig, way, faults)
    return {
      runs: rounds.length * 3,
      lost,
      doubled: 0,
      success: 1 - lost / (rounds.length * 3),
      faults,
    }
  },
}

const D7: Run = {
  id: 'D7',
  name: 'Teams is down for an hour while people ring and write for a person',
  goal: '0 lost: the phone’s way is used within 30 s, who wrote has a promise with an owner; offers come again after',
  leastSuccess: 1,
  async run(rig) {
    const house = await openStaffed(rig, {
      LIMITS: 'staff:1000000/60,calls:1000000/60,texts:1000000/60,place:1000000/60',
    })
    const farah = house.staff('farah')
    await farah.start()
    await house.staff('gwen').start()
    await house.world.teams.down()
    const many = rig.of(6, 200, 200)
    const faults: string[] = []
    const people: string[] = []
    let [silent, longest] = [0, 0]
    for (let n = 0; n < many; n++) {
      house.pass(`PT${Math.round(3_600 / many)}S`)
      const from = n % 4 === 3 ? mobile(n) : `+44163296${String(1_000 + n).padStart(4, '0')}`
      people.push(from)
      if (n % 4 === 3) {
        await house.writes(from, 'hello')
        for (const key of ['2', '2', '2', '0']) await house.writes(from, key)
        continue
      }
      const caller = await waits(house, from)
      const began = Date.parse(house.door.clock.now())
      for (let turn = 0; turn < 6 && !caller.heard().includes(COVER); turn++) {
        if (wordsIn(caller.heard()) === '') silent += 1
        // Until Teams is shut its tries take real time, and none is moved on by hand.
        if (n < 2) await sleep(4_000)
        else house.pass('PT6S')
        await house.door.settled()
        await caller.keys('')
      }
      const seconds = (Date.parse(house.door.clock.now()) - began) / 1000
      longest = Math.max(longest, seconds)
      if (!caller.heard().includes(COVER)) faults.push(`${from} was not put through`)
      await caller.dialled('completed')
      await caller.hangUp()
    }
    if (longest > 31) faults.push(`the phone’s way took ${longest} s`)
    if (silent > 0) faults.push(`${silent} turns without a word`)
    await house.world.teams.up()
    house.pass('PT15M')
    await house.door.settled()
    let lost = 0
    for (const from of people) {
      const { clocks, status } = await house.contactOf(from)
      const owned = clocks.filter(({ state }) => state === 'running' || state === 'missed')
      const safe = status === 'handed-over' || owned.some(({ owner }) => owner !== '')
      if (!safe) lost += 1
    }
    // Well again: the next one is asked of her in Teams.
    const before = farah.cards().length
    await sleep(5_500)
    const caller = await waits(house)
    const back = await house.until(async () => {
      await caller.keys('')
      return farah.cards().length > before
    }, 15 * SECONDS)
    if (!back) faults.push('nobody was asked in Teams after it came back')
    return {
      runs: many,
      lost,
      doubled: 0,
      success: 1 - lost / many,
      faults,
      figures: { 'longest wait for the phone s': longest },
    }
  },
}

const D8: Run = {
  id: 'D8',
  name: 'the address of Teams changes in mid-conversation',
  goal: 'the newest is used, for new messages and for cards that stand',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const house = await openStaffed(rig)
    const { teams, ledger } = house.world
    const from = mobile(3)
    const farah = await thread(house, 'farah', from)
    const faults: string[] = []
    const rounds = rig.of(2, 10, 100)
    let stale = 0
    for (let n = 2; n < 2 + rounds; n++) {
      const serviceUrl = `${teams.origin}/service-${n}/`
      await house.door.settled()
      const mark = ledger.effects.length
      const status = await farah.say(`I look, ${n}`, serviceUrl)
      if (status !== 200) faults.push(`service ${n} was refused: ${status}`)
      await house.writes(from, `answer ${n}`)
      await house.until(() => said(house, farah.chat).some(({ body }) => body === `answer ${n}`))
      const after = ledger.effects.slice(mark).filter(({ neighbour }) => neighbour === 'teams')
      if (after.length === 0) faults.push(`nothing was sent after service ${n}`)
      stale += after.filter((one) => one.from !== `service-${n}`).length
    }
    const card = farah.cards().findLast(({ presses }) => presses['hand-back:close'])
    if (card) await farah.press(card, 'hand-back:close')
    const newest = `service-${1 + rounds}`
    const changed = () => ledger.of('message-changed').some((one) => one.from === newest)
    if (!(await house.until(changed)))
      faults.push('a standing card was not changed at the new address')
    return { runs: rounds, lost: stale, doubled: 0, success: 1 - stale / rounds, faults }
  },
}

/** Handoffs while Teams is ill. */
export const TEAMS_HANDOFFS: readonly Run[] = [D4, D5, D6, D7, D8]
