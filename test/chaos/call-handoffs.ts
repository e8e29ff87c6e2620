import { staffActShape } from '../../src/handoff/acts.ts'
import { spokenSeconds } from '../../src/words/measure.ts'
import { browser, openConsole } from '../console/opened.ts'
import { wordsIn } from './client.ts'
import type { Rig, Run } from './rig.ts'
import {
  type Caller,
  COVER,
  openStaffed,
  type Seen,
  type Staffed,
  sleep,
  type Who,
} from './staffed.ts'
import { xmlFault } from './well-formed.ts'
import type { Fault } from './world/faults.ts'

const actor = (staff: Who) => ({ place: 'lewisham', staff, surface: 'console' }) as const
const writtenUp = (contact: string) =>
  staffActShape.parse({ do: 'wrap-up', contact, outcome: 'helped' })
const CLEARED = ['2', '2', '2', '0']

/** Rings, is cleared of danger, and waits for somebody. */
async function waiting(house: Staffed): Promise<Caller> {
  const caller = await house.rings()
  for (const key of CLEARED) await caller.keys(key)
  return caller
}

const handoffOf = async (house: Staffed, id: string) =>
  (await house.door.desk.views.queue('lewisham')).find(({ contact }) => contact === id)
const isConnected = (house: Staffed, id: string) =>
  house.until(async () => (await handoffOf(house, id))?.value === 'connected', 3_000)
const offersTo = async (house: Staffed, who: Who) =>
  (await house.door.desk.views.staff('lewisham')).find(({ staff }) => staff === who)?.offers ?? []
const legsTo = ({ world }: Staffed, to: string) =>
  [...world.twilio.lines.calls.values()].filter((call) => call.to === to)

/** Farah takes it, her phone rings, she presses 1, and both are told to be in. */
async function joined(house: Staffed, caller: Caller, who: Who, to: string): Promise<Seen> {
  const seen = await house.contactOf(caller.from)
  await house.until(async () => (await offersTo(house, who)).includes(seen.id))
  const rung = legsTo(house, to).length
  await house.door.desk.act(actor(who), { do: 'accept', contact: seen.id })
  if (!(await house.until(() => legsTo(house, to).length > rung)))
    throw new Error(`${who} was not rung`)
  const leg = legsTo(house, to).at(-1)
  if (!leg) throw new Error('no leg')
  await house.answers(leg)
  await caller.goto(`/twilio/voice/join?h=${seen.id}`)
  await house.tells(seen.id, 'join', `staff:${who}`, leg.sid)
  await house.tells(seen.id, 'join', 'caller', caller.call)
  return seen
}

const REST: readonly (readonly [string, Fault])[] = [
  ['404', { kind: 'status', status: 404, body: '{"code":20404,"message":"not found"}' }],
  ['401', { kind: 'status', status: 401, body: '{"code":20003,"message":"Authenticate"}' }],
  ['429', { kind: 'status', status: 429, after: 2 }],
  ['500', { kind: 'status', status: 500 }],
  ['hang', { kind: 'hang' }],
]
const FARAH = '+442079460271'
const GWEN = '+442079460272'
const ROUTES = [
  'CreateCall',
  'ListCall',
  'UpdateCall',
  'ListConference',
  'ListParticipant',
  'UpdateParticipant',
  'DeleteParticipant',
]

interface Trial {
  house: Staffed
  ill: () => void
  say: (what: string) => void
}

/** What the caller hears is well-formed and never empty. */
const sound = (twiml: string) =>
  xmlFault(twiml) === '' && (wordsIn(twiml) !== '' || /<(Dial|Conference)\b/.test(twiml))

/** Goes on in the wait, six seconds at a time, until the cover is dialled or the call is joined. */
async function goesOn({ house, say }: Trial, caller: Caller, most: number): Promise<boolean> {
  for (let seconds = 0; seconds <= most; seconds += 6) {
    if (/<Number|<Conference/.test(caller.heard())) return true
    house.pass('PT6S')
    await sleep(400)
    if (!sound(await caller.keys(''))) say('a turn of the wait was not sound')
  }
  return /<Number|<Conference/.test(caller.heard())
}

/** Each step of a handoff that asks Twilio for something, and what must come of it for the caller while Twilio is ill. */
const STEPS: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  async 'the navigator is rung'(trial) {
    const caller = await waiting(trial.house)
    const { id } = await trial.house.contactOf(caller.from)
    await trial.house.until(async () => (await offersTo(trial.house, 'farah')).includes(id))
    trial.ill()
    await trial.house.door.desk.act(actor('farah'), { do: 'accept', contact: id })
    if (!(await goesOn(trial, caller, 120))) trial.say('nobody came, and the cover was not rung')
    await caller.dialled('completed')
    await caller.hangUp()
  },
  async 'the caller is moved'(trial) {
    const { house } = trial
    const caller = await waiting(house)
    const { id } = await house.contactOf(caller.from)
    await house.until(async () => (await offersTo(house, 'farah')).includes(id))
    const before = legsTo(house, FARAH).length
    await house.door.desk.act(actor('farah'), { do: 'accept', contact: id })
    await house.until(() => legsTo(house, FARAH).length > before)
    trial.ill()
    const leg = legsTo(house, FARAH).at(-1)
    if (!leg) return trial.say('she was not rung')
    await house.answers(leg)
    // The answer to their next turn is the way in, whatever REST does.
    if (!(await caller.keys('')).includes('<Conference'))
      trial.say('their next turn did not join them')
    await house.tells(id, 'join', 'staff:farah', leg.sid)
    await house.tells(id, 'join', 'caller', caller.call)
    if (!(await isConnected(house, id))) trial.say('they were not connected')
    await ends(trial, id, caller)
  },
  async 'somebody is held'(trial) {
    const caller = await waiting(trial.house)
    const { id } = await joined(trial.house, caller, 'farah', FARAH)
    trial.ill()
    await trial.house.door.desk.act(actor('farah'), {
      do: 'hold',
      contact: id,
      label: 'caller',
      on: true,
    })
    await sleep(500)
    if (!(await isConnected(trial.house, id))) trial.say('the call was lost by a hold')
    await ends(trial, id, caller)
  },
  async 'a team is brought in'(trial) {
    const caller = await waiting(trial.house)
    const { id } = await joined(trial.house, caller, 'farah', FARAH)
    trial.ill()
    await trial.house.door.desk.act(actor('farah'), { do: 'bring', contact: id, staff: 'gwen' })
    await sleep(500)
    if (!(await isConnected(trial.house, id))) trial.say('the call was lost by a bring')
    await ends(trial, id, caller)
  },
  async 'somebody is taken out'(trial) {
    const { house } = trial
    const caller = await waiting(house)
    const { id } = await joined(house, caller, 'farah', FARAH)
    const before = legsTo(house, GWEN).length
    await house.door.desk.act(actor('farah'), { do: 'bring', contact: id, staff: 'gwen' })
    await house.until(() => legsTo(house, GWEN).length > before)
    const leg = legsTo(house, GWEN).at(-1)
    if (leg) await house.answers(leg)
    if (leg) await house.tells(id, 'join', 'staff:gwen', leg.sid)
    trial.ill()
    await house.door.desk.act(actor('farah'), { do: 'drop', contact: id, label: 'staff:gwen' })
    await sleep(500)
    if (!(await isConnected(house, id))) trial.say('the call was lost by taking one out')
    await ends(trial, id, caller)
  },
}

/** They hang up; it is written down, and nothing of it is left in the queue. */
async function ends({ house, say }: Trial, id: string, caller: Caller) {
  await caller.hangUp()
  house.world.twilio.faults.clear()
  const said = await house.door.desk.act(actor('farah'), writtenUp(id))
  if (!said.ok) say(`it could not be written up: ${said.words}`)
  if (!(await house.until(async () => (await handoffOf(house, id)) === undefined)))
    say('it is still in the queue')
}

const well = async (house: Staffed) => {
  const ready = async () =>
    ((await (await fetch(`${house.publicUrl}/readyz`)).json()) as { twilio?: boolean }).twilio !==
    false
  house.pass('PT30S')
  await house.until(ready, 20_000)
}

const D10B: Run = {
  id: 'D10b',
  name: "Twilio's REST side answers 401, 404, 429, 500 or nothing at each step of a live handoff",
  goal: 'the caller hears words or is joined, each has a person or the cover; a 401 is told within 60 s',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const faults: string[] = []
    let [runs, lost] = [0, 0]
    const small = rig.size === 'small'
    for (const [how, fault] of small ? REST.slice(1, 2) : REST) {
      const house = await openStaffed(rig)
      await house.staff('farah').start()
      const steps = Object.entries(STEPS)
      for (const [step, go] of small ? steps.slice(1, 2) : steps) {
        runs += 1
        const before = faults.length
        const began = performance.now()
        const ill = () => {
          for (const route of ROUTES) house.world.twilio.faults.set(route, fault)
        }
        await go({ house, ill, say: (what) => void faults.push(`${how}, ${step}: ${what}`) }).catch(
          (error: Error) => faults.push(`${how}, ${step}: ${error.message}`)
        )
        if (faults.length > before) lost += 1
        house.world.twilio.faults.clear()
        if (
          how === '401' &&
          (await house.alerts('calls', 'neighbour-refused')) === 0 &&
          performance.now() - began < 60_000
        )
          faults.push(`${step}: nobody was told of the 401`)
        if (!small) await well(house)
      }
      await house.door.close()
    }
    return { runs, lost, doubled: 0, success: 1 - lost / runs, faults }
  },
}

/** How long a document takes when nobody answers it, and its longest silence, with what was silent before it. */
function heardOf(
  twiml: string,
  before: number
): { seconds: number; silent: number; after: number } {
  let [seconds, silent, still] = [0, before, before]
  for (const [, verb = '', attributes = '', inner = ''] of twiml.matchAll(
    /<(Say|Pause)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/\1>)/g
  )) {
    if (verb === 'Pause') still += Number(/length="(\d+)"/.exec(attributes)?.[1] ?? 1)
    silent = Math.max(silent, still)
    if (verb === 'Pause') seconds += Number(/length="(\d+)"/.exec(attributes)?.[1] ?? 1)
    else {
      seconds += spokenSeconds(inner.replace(/<[^>]+>/g, ''))
      still = 0
    }
  }
  const timeout = Number(/<Gather[^>]* timeout="(\d+)"/.exec(twiml)?.[1] ?? 0)
  return {
    seconds: seconds + timeout,
    silent: Math.max(silent, still + timeout),
    after: still + timeout,
  }
}

/** Seconds from one step for the caller to the next: somebody is asked, or the cover is rung. */
function betweenSteps(timeline: Seen['timeline']): number[] {
  const from = timeline.findIndex(({ kind }) => kind === 'person')
  const steps = timeline
    .slice(from)
    .filter(({ kind }) => ['person', 'offered', 'ringing'].includes(kind))
  return steps.slice(1).map(({ at }, n) => (Date.parse(at) - Date.parse(steps[n]?.at ?? '')) / 1000)
}

const D12: Run = {
  id: 'D12',
  name: 'nobody answers a handoff: two are on shift, and neither looks',
  goal: 'the next step within 30 s, never more than 5 s without a sound, an owner at the end',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const house = await openStaffed(rig)
    await house.staff('farah').start()
    await house.staff('gwen').start()
    const faults: string[] = []
    let [lost, longest, quietest, whole] = [0, 0, 0, 0]
    const many = rig.of(1, 20, 200)
    for (let n = 0; n < many; n++) {
      const caller = await waiting(house)
      let [waited, still] = [0, 0]
      while (!caller.heard().includes(COVER) && waited < 120) {
        const { seconds, silent, after } = heardOf(caller.heard(), still)
        still = after
        quietest = Math.max(quietest, silent)
        waited += seconds
        // Second by second, so that each wait ends when it should.
        for (let n = 0; n < Math.round(seconds); n++) {
          house.pass('PT1S')
          await house.door.settled()
        }
        await caller.keys('')
      }
      whole = Math.max(whole, waited)
      await caller.dialled('no-answer')
      for (let tries = 0; tries < 3 && /<Number/.test(caller.heard()); tries++)
        await caller.dialled('no-answer')
      await caller.hangUp()
      const { clocks, timeline } = await house.contactOf(caller.from)
      longest = Math.max(longest, ...betweenSteps(timeline))
      if (!clocks.some(({ state, owner }) => state === 'running' && owner !== '')) lost += 1
      house.pass('PT3M')
    }
    if (longest > 30) faults.push(`the next step came after ${longest} s`)
    if (quietest > 5) faults.push(`${quietest} s without a sound`)
    return {
      runs: many,
      lost,
      doubled: 0,
      success: 1 - lost / many,
      faults,
      figures: {
        'longest to the next step s': Number(longest.toFixed(1)),
        'longest silence s': quietest,
        'longest until the cover rings s': Number(whole.toFixed(1)),
      },
    }
  },
}

type Ending = 'closed while asked' | 'crashed while it rings' | 'offline while it rings'
const ENDINGS: readonly Ending[] = [
  'closed while asked',
  'crashed while it rings',
  'offline while it rings',
]

/** Hari has a browser's phone alone; it dies. Seconds of the service until somebody else is asked. */
async function dies(rig: Rig, how: Ending): Promise<number> {
  const house = await openStaffed(rig)
  const { desk, clock } = house.door
  await house.staff('hari').start()
  await desk.phoneAlive('lewisham', 'hari')
  const caller = await waiting(house)
  const { id } = await house.contactOf(caller.from)
  await house.until(async () => (await offersTo(house, 'hari')).includes(id))
  await house.staff('gwen').start()
  await desk.phoneAlive('lewisham', 'hari')
  const lastBeat = Date.parse(clock.now())
  if (how !== 'closed while asked') {
    await desk.act(actor('hari'), { do: 'accept', contact: id })
    await house.until(() => legsTo(house, 'client:hari').length > 0)
  }
  const leg = legsTo(house, 'client:hari')[0]
  // Nobody is registered any more: Twilio soon says so, and the same is tried once more.
  if (how === 'offline while it rings' && leg) await house.world.twilio.tellCall(leg, 'no-answer')
  house.pass('PT7S')
  await house.until(async () => (await offersTo(house, 'gwen')).includes(id), 6_000)
  const asked = (await offersTo(house, 'gwen')).includes(id)
  const offered = (await house.contactOf(caller.from)).timeline.findLast(
    ({ kind }) => kind === 'offered'
  )
  const seconds = (Date.parse(offered?.at ?? '') - lastBeat) / 1000
  await house.door.close()
  return asked ? seconds : Number.POSITIVE_INFINITY
}

const D13: Run = {
  id: 'D13',
  name: 'the page of the softphone is closed, crashes or goes offline while it rings',
  goal: 'asked of another within 10 s of its last sign of life',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const faults: string[] = []
    let [lost, longest] = [0, 0]
    const rounds = ENDINGS.slice(0, rig.of(1, 3, 3)).flatMap((how) =>
      Array.from({ length: rig.of(1, 2, 20) }, () => how)
    )
    for (const how of rounds) {
      const seconds = await dies(rig, how)
      if (seconds > 10) lost += 1
      if (seconds > 10) faults.push(`${how}: after ${seconds} s`)
      longest = Math.max(longest, seconds)
    }
    return {
      runs: rounds.length,
      lost,
      doubled: 0,
      success: 1 - lost / rounds.length,
      faults,
      figures: { 'longest until another was asked s': longest },
    }
  },
}

const MINUTE = 60_000
/** The page makes its token anew so long before its end (console/browser/twilio.ts). */
const BEFORE_END_MS = 5 * MINUTE

const D14: Run = {
  id: 'D14',
  name: 'the softphone’s token ends again and again in a shift of eleven hours and a half',
  goal: 'a call in any minute reaches it: 0 missed',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const softphone = { accountSid: 'AC1', keySid: 'SK1', keySecret: 'a-secret-of-the-tests-00000' }
    const one = openConsole({ softphone })
    const page = browser(one)
    await page.signIn('farah')
    const endOf = (token: string) =>
      (
        JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
          exp: number
        }
      ).exp * 1000
    const renew = async () => {
      const answer = await page.json('/console/phone/token', {})
      return answer.status === 200 ? endOf(((await answer.json()) as { token: string }).token) : 0
    }
    let end = await renew()
    let [missed, renewed] = [0, 0]
    const minutes = 11.5 * 60
    for (let minute = 0; minute < minutes; minute++) {
      one.clock.now += MINUTE
      if (end - one.clock.now <= BEFORE_END_MS) {
        // Once in each shift the first try comes to nothing; it is made again a minute later.
        if (renewed % 4 === 3 && rig.random() < 0.5) renewed += 1
        else {
          end = await renew()
          renewed += 1
        }
      }
      if (end <= one.clock.now) missed += 1
    }
    return {
      runs: minutes,
      lost: missed,
      doubled: 0,
      success: 1 - missed / minutes,
      figures: { 'tokens made anew': renewed },
    }
  },
}

const K7: Run = {
  id: 'K7',
  name: 'the desktop of a navigator crashes each time they are joined, and comes back',
  goal: '0 calls dropped: each is asked of another, or has a promise with an owner',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const house = await openStaffed(rig)
    const { desk } = house.door
    await house.staff('hari').start()
    const faults: string[] = []
    const many = rig.of(1, 10, 100)
    let lost = 0
    for (let n = 0; n < many; n++) {
      house.pass('PT5M')
      await desk.phoneAlive('lewisham', 'hari')
      const caller = await waiting(house)
      const seen = await joined(house, caller, 'hari', 'client:hari')
      if (n === 0) await house.staff('gwen').start()
      const leg = legsTo(house, 'client:hari').at(-1)
      await house.tells(seen.id, 'leave', 'staff:hari', leg?.sid ?? '')
      const again = await house.until(async () => {
        const now = await house.contactOf(caller.from)
        const after = now.timeline.slice(now.timeline.findLastIndex(({ kind }) => kind === 'alone'))
        return after.some(
          ({ kind, detail }) => kind === 'offered' && JSON.stringify(detail).includes('gwen')
        )
      }, 8_000)
      if (!again) {
        lost += 1
        faults.push(`call ${n} was not asked of another`)
      }
      const before = legsTo(house, GWEN).length
      await desk.act(actor('gwen'), { do: 'accept', contact: seen.id })
      await house.until(() => legsTo(house, GWEN).length > before)
      const second = legsTo(house, GWEN).at(-1)
      if (second) await house.answers(second)
      await house.tells(seen.id, 'join', 'staff:gwen', second?.sid ?? '')
      if (!(await isConnected(house, seen.id))) {
        lost += 1
        faults.push(`call ${n} was not joined again`)
      }
      await caller.hangUp()
      await desk.act(actor('gwen'), writtenUp(seen.id))
      await house.door.settled()
    }
    return { runs: many, lost, doubled: 0, success: 1 - lost / many, faults }
  },
}

/** Handoffs of calls, while what they need dies or stays away. */
export const CALL_HANDOFFS: readonly Run[] = [D10B, D12, D13, D14, K7]
