import type { DeskWorld } from '../desk/effects.ts'
import type { OpenDesk } from '../desk/open.ts'
import { deskWorld } from '../door/desk-world.ts'
import { noting } from '../door/health.ts'
import {
  type Meeting,
  type teamsBy,
  textsBy,
  translateBy,
  wordsToTeams,
} from '../door/neighbours.ts'
import type { DoorSpill } from '../door/spill.ts'
import { outboundOf, performer, reporter, type World } from '../effects.ts'
import { runOutbox } from '../jobs/outbox.ts'
import { type Jobs, startJobs } from '../jobs/poller.ts'
import { runTimers } from '../jobs/timers.ts'
import type { Parts, turns } from '../turn.ts'
import type { Alarm, Armed } from './alarm.ts'
import type { HomeAnchors } from './anchors.ts'
import { chattingAt } from './desks.ts'
import type { Watch } from './home-desk.ts'
import { inTime } from './keeping.ts'
import type { Bindings } from './runtime.ts'
import { DRAIN_AGAIN_MS } from './spilled.ts'
import { sweeper } from './sweep.ts'

const MAX_TRIES = 8
/** While a home is awake it looks again this often, though nothing was announced to it. */
const LOOK_AGAIN_MS = 5_000
/** How long an alarm waits for what it set going: longer than any neighbour is waited for. */
const ALARM_MS = 30_000

type Channel = ReturnType<typeof teamsBy>

/** What a home reaches of the world. Staff are written to by the home of their desk alone. */
export function worldOf(
  meeting: Meeting,
  channel: Channel,
  { env, desk, isDesk }: { env: Bindings; desk: OpenDesk; isDesk: boolean }
): { world: World; chatting: DeskWorld['chatting'] } {
  const sendTeams = wordsToTeams(channel)
  const { calling, chatting: own } = deskWorld(meeting, channel)
  const chatting = own && (isDesk ? own : chattingAt(env, own.link))
  const world = {
    publicUrl: meeting.url(),
    texts: textsBy(meeting),
    guardTexts: meeting.neighbours.guard('twilio'),
    outbound: outboundOf(meeting.config),
    ...translateBy(meeting),
    ...(sendTeams && { sendTeams }),
    desk: desk.work({ ...(calling && { calling }), ...(chatting && { chatting }) }),
  }
  return { world, chatting }
}

interface JobsParts {
  parts: Parts
  world: World
  fire: ReturnType<typeof turns>['takeTimer']
  fault: (error: unknown) => void
  /** Looks how the desk stands, which timers are turned with. */
  look: () => Promise<void>
}

/** What is due is done while a home is awake, as on any machine; its alarm wakes it. */
export function jobsOf({ parts, world, fire, fault, look }: JobsParts): Jobs {
  const { now, metrics } = parts
  const store = noting(parts.store, metrics, now)
  const work = { perform: performer(world, parts), report: reporter(parts, world.desk) }
  const outbox = { ...work, store, now, random: Math.random, maxTries: MAX_TRIES, fault }
  const timers = {
    ...{ store, now, fault },
    fire: (timer: Parameters<typeof fire>[0]) => look().then(() => fire(timer)),
  }
  return startJobs({
    ...{ store, every: LOOK_AGAIN_MS, fault, clock: { now, onChange: () => () => undefined } },
    runOutbox: (signal) => runOutbox({ ...outbox, signal }),
    runTimers: (signal) => runTimers({ ...timers, signal }),
  })
}

interface Ringing {
  kept: Armed & { alarm: Alarm; anchors: HomeAnchors; spill: Pick<DoorSpill, 'waiting'> }
  jobs: Jobs
  watch: Watch
  drain: () => Promise<void>
  fault: (error: unknown) => void
}

/** What a home does when its alarm has rung, and what it sets it for. */
export function ringing({ kept, jobs, watch, drain, fault }: Ringing): () => Promise<void> {
  const sweep = sweeper(kept.store)
  return async function rung() {
    await kept.rung()
    if (kept.spill.waiting() > 0) await kept.alarm.by(Date.now() + DRAIN_AGAIN_MS)
    await kept.anchors.write().catch(fault)
    jobs.kick()
    const work = [jobs.settled(), drain(), sweep(), watch.rung()]
    await inTime(ALARM_MS, Promise.all(work)).catch(fault)
    await kept.arm().catch(fault)
  }
}
