import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ServiceClock, serviceClock } from '../../src/jobs/clock.ts'
import { runOutbox } from '../../src/jobs/outbox.ts'
import { type JobClock, startJobs } from '../../src/jobs/poller.ts'
import { runTimers } from '../../src/jobs/timers.ts'
import type { Commit, Store, TimerRow } from '../../src/store/contract.ts'
import { openRedis } from '../../src/store/redis.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { calling, nextOf, type OpenedApp, openApp, texting } from '../app/opened.ts'
import { startRedis } from '../store/redis-server.ts'
import { person, turn } from '../store/sample.ts'
import type { Outcome, Rig, Run } from './rig.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const MOST_FAULTS = 6
const iso = (ms: number) => new Date(ms).toISOString()

/** What fired, by a ledger that is not the store's. */
interface Fired {
  id: string
  due: string
  /** On the service's clock. */
  at: string
  /** Milliseconds of the machine's own running time. */
  ms: number
}

/** A poller as the door has one, writing down what it fires. */
function poller(
  store: Store,
  clock: JobClock,
  fired: Fired[],
  fire?: (timer: TimerRow) => Promise<void>
) {
  const faults: unknown[] = []
  const jobs = startJobs({
    store,
    clock,
    every: 1000,
    fault: (error) => void faults.push(error),
    // What a wait sends is taken at once, so that nothing is left to be due.
    runOutbox: (signal) =>
      runOutbox({
        store,
        now: clock.now,
        signal,
        random: Math.random,
        maxTries: 3,
        perform: async () => ({ done: {} }),
        report: async () => undefined,
      }),
    runTimers: (signal) =>
      runTimers({
        store,
        now: clock.now,
        signal,
        fault: (error) => void faults.push(error),
        async fire(timer) {
          fired.push({ id: timer.id, due: timer.due, at: clock.now(), ms: performance.now() })
          await fire?.(timer)
        },
      }),
  })
  return { ...jobs, faults }
}

/** So many contacts, each with waits of its own; `due` of the nth. */
async function wait(store: Store, contacts: number, each: number, due: (n: number) => number) {
  const rows: TimerRow[] = []
  const save = async (who: number) => {
    const contact = person(who)
    const timers = Array.from(
      { length: each },
      (_, n): TimerRow => ({
        id: `${contact.id}:wait-${n}`,
        contact: contact.id,
        due: iso(due(who * each + n)),
        turn: 1,
        event: { type: 'silence' },
      })
    )
    rows.push(...timers)
    await store.commit(turn(contact, { timers }))
  }
  for (let from = 0; from < contacts; from += 200)
    await Promise.all(
      Array.from({ length: Math.min(200, contacts - from) }, (_, n) => save(from + n))
    )
  return rows
}

/** What a ledger says of waits: each once, none before its time. */
function judged(rows: readonly TimerRow[], fired: readonly Fired[]) {
  const counts = Map.groupBy(fired, ({ id }) => id)
  const lost = rows.filter(({ id }) => !counts.has(id))
  const doubled = [...counts.values()].filter(({ length }) => length > 1)
  const early = fired.filter(({ due, at }) => at < due)
  return {
    lost: lost.length,
    doubled: doubled.length,
    success: (rows.length - lost.length) / rows.length,
    faults: early.slice(0, 3).map(({ id, due, at }) => `${id}, due ${due}, fired at ${at}`),
  }
}

/** F3: the machine's clock is set on and back while people are waited for. */
async function jumps(rig: Rig): Promise<Outcome> {
  const store = openSqlite(':memory:')
  rig.after(() => store.close())
  const clock = serviceClock()
  const start = Date.parse('2026-11-24T14:20:00Z')
  clock.set(iso(start))
  const contacts = rig.of(60, 2_000, 10_000)
  const rows = await wait(store, contacts, 5, () => start + Math.floor(rig.random() * 6 * HOUR))
  const fired: Fired[] = []
  const jobs = poller(store, clock, fired)
  rig.after(() => jobs.stop())
  const JUMPS = [HOUR, -HOUR, 5 * MINUTE, -5 * MINUTE, -1000, 3 * MINUTE, 7 * MINUTE, 1000]
  const faults: string[] = []
  let [at, most, steps] = [start, start, 0]
  while (most < start + 6 * HOUR) {
    at += JUMPS[Math.floor(rig.random() * JUMPS.length)] ?? 0
    most = Math.max(most, at)
    steps += 1
    clock.set(iso(at))
    await jobs.settled()
    // Nothing that fell due before a jump back may be waited for twice, nor forgotten by it.
    const owed = rows.filter(({ due }) => due <= iso(most)).length
    if (fired.length !== owed && faults.length < MOST_FAULTS)
      faults.push(
        `at ${iso(at)}, after ${iso(most)}: ${fired.length} fired of ${owed} that were due`
      )
  }
  const seen = await repliesAcross(rig)
  const told = judged(rows, fired)
  return {
    runs: rows.length,
    ...told,
    faults: [...told.faults, ...faults, ...seen],
    figures: { jumps: steps },
  }
}

/** A webhook that is sent again after a jump gets the bytes it got, and no turn of its own. */
async function repliesAcross(rig: Rig): Promise<string[]> {
  const app = openApp()
  rig.after(() => app.close())
  const start = Date.parse(app.clock.now)
  const faults: string[] = []
  for (const jump of [HOUR, -HOUR, 5 * MINUTE, -5 * MINUTE, -1000]) {
    app.clock.now = iso(start)
    const form = texting('my mum fell')
    const first = await app.post('/twilio/sms', form)
    app.clock.now = iso(start + jump)
    const again = await app.post('/twilio/sms', form)
    const { timeline } = await app.contactOf(form.From ?? '')
    if (again.body !== first.body || timeline.length !== 1)
      faults.push(`a text sent again after ${jump / 1000} s was taken as another`)
    const next = await app.post('/twilio/sms', texting('2', { From: form.From ?? '' }))
    if (next.status !== 200 || next.body === first.body)
      faults.push(`after ${jump / 1000} s nobody went on`)
  }
  return faults
}

/** One thing someone does, from which the same conversation can be had again. */
type Doing = { channel: 'voice' | 'sms'; says: string }
interface Timed {
  key: string
  path: readonly Doing[]
}

/** A store that tells of each commit. */
const telling = (store: Store, told: (commit: Commit) => void): Store => ({
  ...store,
  async commit(commit) {
    const done = await store.commit(commit)
    if (done.result === 'saved') told(commit)
    return done
  },
})

const keyOf = ({ conversation, channel }: Commit['contact'], { event }: TimerRow) =>
  event.type === 'silence'
    ? `${channel} silence at ${conversation?.state.value}`
    : [channel, event.type, event.name, event.code].filter(Boolean).join(' ')

/** Does what a path says; the last form that was sent is given back. */
async function follow(app: OpenedApp, path: readonly Doing[], from: string) {
  const call = calling({ From: from })
  let at = '/twilio/voice'
  for (const { channel, says } of path) {
    if (channel === 'sms') {
      await app.post('/twilio/sms', texting(says, { From: from }))
      continue
    }
    if (says === 'gone') {
      await app.post('/twilio/status', { ...call, CallStatus: 'completed' })
      return
    }
    const answer = await app.post(at, at === '/twilio/voice' ? call : { ...call, ...pressed(says) })
    at = answer.body.includes('action=') ? nextOf(answer) : at
  }
}
const pressed = (says: string): Record<string, string> =>
  /^[\d*#]+$/.test(says) ? { Digits: says } : { SpeechResult: says, Confidence: '0.9' }

const ANSWERS = [
  '1',
  '2',
  '3',
  '0',
  'yes',
  'no',
  'not sure',
  'SE6 1AT',
  '07700 900123',
  'Ann Smith',
  '4',
  'gone',
]

/** Every state that waits for something, each with the shortest way there that was met by chance. */
async function timedStates(rig: Rig, talks: number): Promise<Timed[]> {
  const found = new Map<string, Timed>()
  for (let n = 0; n < talks; n++) {
    const path: Doing[] = []
    const store = openSqlite(':memory:')
    const note = ({ contact, timers }: Commit) => {
      for (const row of timers) {
        const key = keyOf(contact, row)
        const known = found.get(key)
        if (!known || known.path.length > path.length) found.set(key, { key, path: [...path] })
      }
    }
    const app = openApp(undefined, { store: telling(store, note) })
    const channel = n % 2 === 0 ? 'sms' : 'voice'
    const call = calling()
    let at = '/twilio/voice'
    for (let turns = 0; turns < 22; turns++) {
      const said = ANSWERS[Math.floor(rig.random() * (turns < 4 ? 3 : ANSWERS.length))] ?? '2'
      const often = turns < 4 && rig.random() < 0.7 ? '2' : said
      const first = turns === 0 && channel === 'sms'
      const says = first ? 'my mum fell' : channel === 'sms' && often === 'gone' ? '2' : often
      path.push({ channel, says })
      if (channel === 'sms') {
        const { body } = await app.post('/twilio/sms', texting(says, { From: call.From! }))
        if (!body.includes('<Message')) break
        continue
      }
      if (says === 'gone') {
        await app.post('/twilio/status', { ...call, CallStatus: 'completed' })
        break
      }
      const reply = await app.post(
        at,
        at === '/twilio/voice' ? call : { ...call, ...pressed(says) }
      )
      if (!reply.body.includes('<Gather')) break
      at = nextOf(reply)
    }
    await app.close()
  }
  return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** A reminder, a second one and the end each set anew what is to follow the last word. */
const MOST_RESETS = 6
const MOMENTS = ['before it is due', 'as it is claimed', 'after it was due'] as const

/** F4: every state that waits, and a restart before, at and after its time; cleanly, and by a death in the middle of it. */
async function restarts(rig: Rig): Promise<Outcome> {
  const states = await timedStates(rig, rig.of(16, 400, 5_000))
  const tried = rig.size === 'small' ? states.filter((_, n) => n % 6 === 0) : states
  const faults: string[] = []
  let [runs, fine, doubled, lost] = [0, 0, 0, 0]
  for (const { key, path } of tried)
    for (const [n, when] of MOMENTS.entries()) {
      const file = join(rig.folder, `${runs}.db`)
      const { fires, effects, late, why } = await acrossRestart(file, key, path, n)
      runs += 1
      if (fires === 0) lost += 1
      if (fires > 1 || effects > 1) doubled += 1
      if (fires === 1 && effects <= 1 && late <= 1000 && why === '') fine += 1
      else if (faults.length < MOST_FAULTS)
        faults.push(
          `${key}, restarted ${when}: fired ${fires} times, ${effects} turns, ${late} ms late${why}`
        )
    }
  const real = await inRealTime(rig)
  const figures = { 'states that wait': states.length, 'latest by the real clock, ms': real.latest }
  const success = fine / runs
  return {
    runs: runs + real.runs,
    lost: lost + real.lost,
    doubled: doubled + real.doubled,
    success,
    faults: [...faults, ...real.faults],
    figures,
  }
}

async function acrossRestart(file: string, key: string, path: readonly Doing[], moment: number) {
  const first = openSqlite(file)
  let mine: TimerRow | undefined
  const app = openApp(undefined, {
    store: telling(first, ({ contact, timers }) => {
      mine = timers.find((row) => keyOf(contact, row) === key) ?? mine
    }),
  })
  await follow(app, path, '+447700900123')
  if (!mine) {
    await app.close()
    return { fires: 0, effects: 0, late: 0, why: ', it never waited' }
  }
  const due = Date.parse(mine.due)
  // A death: what was claimed is neither done nor given back, and the file is as it was left.
  if (moment === 1) await first.claimTimers(iso(due), 1000)
  await app.close()

  const clock = serviceClock()
  clock.set(iso(moment === 0 ? due - 1000 : moment === 1 ? due : due + 30 * MINUTE))
  const start = clock.now()
  const fired: Fired[] = []
  let effects = 0
  let waiting = mine
  const again = openApp(undefined, {
    store: telling(openSqlite(file), ({ contact, timers }) => {
      if (contact.id === waiting.contact) effects += 1
      // What fell due before it may have set it anew, as each text does to the deletion of copies.
      waiting = timers.find(({ id }) => id === waiting.id && its().length === 0) ?? waiting
    }),
  })
  const its = () => fired.filter(({ id, due }) => id === waiting.id && due === waiting.due)
  let counted = 0
  const jobs = poller(again.store, clock, fired, async (timer) => {
    again.clock.now = clock.now()
    const before = effects
    await again.fire(timer)
    if (timer.id === waiting.id && timer.due === waiting.due) counted += effects - before
  })
  await jobs.settled()
  const early = moment === 0 && its().length > 0 ? ', before its time' : ''
  const dueNow = () => Math.max(Date.parse(waiting.due), Date.parse(start))
  for (let times = 0; times < MOST_RESETS && its().length === 0; times++) {
    clock.set(iso(dueNow()))
    await jobs.settled()
  }
  // What it asked for meanwhile has waits of its own; it itself must not come again.
  clock.set(iso(Date.parse(clock.now()) + MINUTE))
  await jobs.settled()
  await jobs.stop()
  await again.close()
  const [one] = its()
  const late = one ? Date.parse(one.at) - dueNow() : 0
  const why = early + (jobs.faults.length > 0 ? `, a fault: ${jobs.faults[0]}` : '')
  return { fires: its().length, effects: counted, late, why }
}

/** Waits of a second or two, and a restart among them, by a clock that runs. */
async function inRealTime(rig: Rig) {
  const file = join(rig.folder, 'real.db')
  const many = rig.of(40, 200, 1_000)
  let store = openSqlite(file)
  const from = Date.now()
  const rows = await wait(store, many, 1, () => from + 800 + Math.floor(rig.random() * 2_500))
  const fired: Fired[] = []
  let jobs = poller(store, serviceClock(), fired)
  await new Promise((resolve) => setTimeout(resolve, 1_700))
  await jobs.stop()
  await store.close()
  store = openSqlite(file)
  jobs = poller(store, serviceClock(), fired)
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  await jobs.stop()
  await store.close()
  const latest = Math.max(...fired.map(({ at, due }) => Date.parse(at) - Date.parse(due)))
  const { lost, doubled, faults } = judged(rows, fired)
  return {
    runs: many,
    lost,
    doubled,
    latest,
    faults: latest > 1000 ? [...faults, `one fired ${latest} ms late`] : faults,
  }
}

/** F5: two pollers and one queue; two processes' worth of them where there is a Redis. */
async function twoPollers(rig: Rig): Promise<Outcome> {
  const many = rig.of(400, 10_000, 100_000)
  const stores: [name: string, one: Store, other: Store][] = []
  const file = openSqlite(join(rig.folder, 'two.db'))
  rig.after(() => file.close())
  stores.push(['embedded', file, file])
  if (existsSync('/usr/bin/redis-server')) {
    const redis = await startRedis()
    const open = () => openRedis(redis.url, { strict: false, warn: () => undefined })
    const [one, other] = await Promise.all([open(), open()])
    rig.after(() => redis.stop())
    rig.after(() => Promise.all([one.close(), other.close()]))
    stores.push(['redis', one, other])
  }
  const all: Outcome[] = []
  for (const [name, one, other] of stores) {
    const clock: ServiceClock = serviceClock()
    const start = Date.parse('2026-11-24T14:20:00Z')
    clock.set(iso(start))
    const rows = await wait(one, many / 5, 5, (n) => start + MINUTE + (n % 50))
    const [mine, theirs]: [Fired[], Fired[]] = [[], []]
    const pollers = [poller(one, clock, mine), poller(other, clock, theirs)]
    clock.set(iso(start + HOUR))
    for (let n = 0; n < 3; n++) await Promise.all(pollers.map((jobs) => jobs.settled()))
    await Promise.all(pollers.map((jobs) => jobs.stop()))
    const told = judged(rows, [...mine, ...theirs])
    // One that does everything proves nothing of two.
    const shared = Math.min(mine.length, theirs.length)
    const faults = [...told.faults, ...(shared === 0 ? [`${name}: one poller did it all`] : [])]
    const fault = pollers.flatMap((jobs) => jobs.faults).at(0)
    if (fault !== undefined) faults.push(`${name}: ${fault}`)
    all.push({
      runs: rows.length,
      ...told,
      faults,
      figures: { [`fires, ${name}`]: mine.length + theirs.length },
    })
  }
  return {
    runs: all.reduce((sum, { runs }) => sum + runs, 0),
    lost: all.reduce((sum, { lost }) => sum + lost, 0),
    doubled: all.reduce((sum, { doubled }) => sum + doubled, 0),
    success: Math.min(...all.map(({ success }) => success)),
    faults: all.flatMap(({ faults = [] }) => faults),
    figures: Object.assign({}, ...all.map(({ figures }) => figures)),
  }
}

export const TIMERS: readonly Run[] = [
  {
    id: 'F3',
    name: 'A clock that jumps an hour and five minutes on and back, and a second back',
    goal: 'no wait fires twice, none is missed, none is early; a webhook sent again stays one',
    leastSuccess: 1,
    small: true,
    run: jumps,
  },
  {
    id: 'F4',
    name: 'Every state that waits, with a restart before, at and after its time',
    goal: 'fires once, at most a second late',
    leastSuccess: 1,
    small: true,
    run: restarts,
  },
  {
    id: 'F5',
    name: 'Two pollers and 10,000 waits',
    goal: '10,000 fires',
    leastSuccess: 1,
    small: true,
    run: twoPollers,
  },
]
