import type { Content } from '../../../src/content.ts'
import { openLog, openMetrics } from '../../../src/observe.ts'
import type { Commit } from '../../../src/store/contract.ts'
import { randomBy } from '../judge.ts'
import { openCallers } from './callers.ts'
import { findingsIn } from './findings.ts'
import { openHandsets } from './handset.ts'
import type { Illness } from './ill-store.ts'
import { openMemory } from './memory-store.ts'
import { openMoments } from './moments.ts'
import { openProcess, type Process } from './process.ts'

/** What became of one world. */
export interface Simulated {
  findings: string[]
  turns: number
  /** Webhooks as often as they were sent, and how often they were acknowledged. */
  tries: number
  answered: number
  crashes: number
  texts: number
  moments: number
}

const log = openLog('silent')
const metrics = openMetrics()

/** Morning, evening, night, and the two nights on which the clocks change. */
const BEGINNINGS = [
  '2026-11-24T09:20:00Z',
  '2026-11-24T19:50:00Z',
  '2026-12-25T03:10:00Z',
  '2027-03-28T00:55:00Z',
  '2026-10-25T00:50:00Z',
]
/** Worlds that are well, a little ill and very ill. */
const ILLNESSES = [0, 0.02, 0.08]
const HORIZON_DAYS = 60

/** Plays one world from its seed: people, two processes of the door, a store and a Twilio that fail. The same seed is the same world. */
export async function simulate(seed: number, content: Content): Promise<Simulated> {
  const random = randomBy(seed)
  const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const moments = openMoments(random, any(BEGINNINGS))
  const { store, memory, giveBack } = openMemory()
  const share = any(ILLNESSES)
  const illness: Illness = { before: share, after: share, overtaken: share }
  const timerOf = new WeakMap<Commit, string>()
  let made = 0
  let crashes = 0
  const { textsOf, got } = openHandsets({
    moments,
    random,
    // Twilio never gets well: texts are sent for as long as waits come to their end.
    ill: () => share * 3,
    tell: (outbox, sid, status) => aside(told(outbox, sid, status)),
  })
  const uuid = () => `01990000-0000-7000-8000-${String(++made).padStart(12, '0')}`
  const ground = { store, moments, random, content, log, metrics, textsOf, illness, uuid, timerOf }
  const processes: Process[] = [openProcess(ground), openProcess(ground)]
  const callers = openCallers({ moments, random, process: () => any(processes) })
  const aside = (work: Promise<unknown>) => {
    const kept = work.finally(() => callers.background.delete(kept))
    callers.background.add(kept)
  }
  /** Twilio tells it until it is heard. */
  async function told(outbox: string, sid: string, status: string) {
    for (let heard = false; !heard; ) {
      await moments.moment()
      heard = await any(processes)
        .delivered({ outbox, sid, status })
        .then(
          () => true,
          () => false
        )
    }
  }
  function crash() {
    const at = Math.floor(random() * processes.length)
    const [dead] = processes.splice(at, 1, openProcess(ground))
    dead?.die()
    giveBack(dead?.life.claims ?? new Set())
    crashes += 1
  }
  /** Jobs look at what is due now and then, and processes die, until the people are done. */
  async function meanwhile(people: Promise<unknown>) {
    let over = false
    people.finally(() => {
      over = true
    })
    while (!over) {
      await moments.moment()
      if (random() < 0.1)
        aside(
          any(processes)
            .look()
            .catch(() => undefined)
        )
      if (random() < share / 8) crash()
    }
  }
  async function play() {
    const many = random() < 0.35 ? 2 : 1
    const people = Promise.all(
      Array.from({ length: many }, (_, n) => callers.talk(random() < 0.8 ? n : 0))
    )
    await Promise.all([people, meanwhile(people)])
    while (callers.background.size > 0) await Promise.all(callers.background)
    Object.assign(illness, { before: 0, after: 0, overtaken: 0 })
    await comeToRest()
  }
  async function crashMeanwhile() {
    for (let left = Math.floor(random() * 12); left > 0; left--) await moments.moment()
    crash()
  }
  /** The store is well again, and every wait comes to its end. */
  async function comeToRest() {
    const end = Date.parse(moments.now()) + HORIZON_DAYS * 86_400_000
    for (;;) {
      const next = await store.nextDue()
      if (next === null || Date.parse(next) > end) break
      moments.goTo(next)
      const looking = any(processes)
        .look()
        .catch(() => undefined)
      if (random() < share) await crashMeanwhile()
      await looking
      while (callers.background.size > 0) await Promise.all(callers.background)
    }
    moments.goTo(new Date(end).toISOString())
  }
  await moments.run(play())
  const now = moments.now()
  return {
    findings: findingsIn({ memory, callers, got, timerOf, now }),
    turns: memory.saved.length,
    tries: callers.tries.all,
    answered: callers.tries.answered,
    crashes,
    texts: got.length,
    moments: moments.count(),
  }
}
