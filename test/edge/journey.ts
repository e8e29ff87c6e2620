import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openFaults } from '../../src/door/faults.ts'
import { bundle } from '../../src/edge/bundle.ts'
import { freePort, openFront } from '../../src/edge/front.ts'
import { deskOf } from '../../src/edge/homes.ts'
import { simulated } from '../../src/edge/run.ts'
import { foldersIn } from '../../src/edge/write-content.ts'
import { type ServiceClock, serviceClock } from '../../src/jobs/clock.ts'
import type { Views } from '../../src/record/views.ts'
import { simulatorKeys } from '../../src/simulator/simulator.ts'
import type * as Door from '../journeys/door.ts'
import type { Driven } from '../journeys/door.ts'
import { type OpenedWorker, openWorker } from './worker.ts'

const scripts = new Map<string, string>()
/** One bundle for all whose places are the same, in whatever folder. */
function scriptFor(env: Record<string, string>): string {
  const { PLACES_DIR: folder, ...rest } = env
  const files = folder === undefined ? [] : readdirSync(folder).sort()
  const texts = files.map((file) => [file, readFileSync(join(folder ?? '', file), 'utf8')])
  const key = JSON.stringify([rest, texts])
  const script = scripts.get(key) ?? bundle('test/edge/entry.ts', env).script
  scripts.set(key, script)
  return script
}

/**
 * What is driven by `open` of test/journeys/door.ts, with the Worker in workerd behind the simulator: journeys go the same way
 * through both. `env` is what it is built with, `more` settings of its own, `disk` what it
 * keeps beyond its end. The clock of the service is moved; everything
 * else, alarms too, goes by the real one.
 */
export async function openAtEdge(
  env: Record<string, string> = {},
  more: Record<string, string> = {},
  disk?: string
) {
  const keys = simulatorKeys()
  const clock = serviceClock()
  const faults = openFaults(clock)
  const told: { clock?: string } = {}
  clock.onChange(() => {
    told.clock = clock.now()
  })
  let worker: OpenedWorker | undefined
  const settled = async () => void (await worker?.inside('settled', told))
  const controls = { clock: settling(clock, settled), faults, settled }
  const instead = async (path: string) =>
    path.startsWith('/simulator/twilio') ? refused(() => faults.meet('twilio')) : undefined
  const port = await freePort()
  const inside = `http://127.0.0.1:${port}`
  const world = { controls, instead, folders: foldersIn(env) }
  const front = await openFront({ port: 0, staffToken: 'demo', keys, inside, ...world })
  const settings = {
    ...{ STAFF_TOKEN: 'demo', LOG_LEVEL: 'error', WITHOUT: 'translate,sign-in' },
    ...simulated(keys, front.url),
    ...front.prover,
    ...more,
  }
  worker = await openWorker(settings, scriptFor(env), disk, port)
  const opened = worker
  async function close() {
    await front.close()
    await opened.close()
  }
  const door: Driven = { url: front.url, settled, desk: deskIn(opened), close }
  return { ...door, inside: opened.inside }
}

/** The door of the journeys, with what it opens at the edge instead: there changing a place is a deployment. */
export const atEdge = (door: typeof Door): typeof Door => ({
  ...door,
  TAKES_FILES_ANEW: false,
  TEAMS_FALLS_ILL: false,
  open: async (env) => door.driven(await openAtEdge(env)),
})

/** A clock that is moved is moved in the Worker too, before anybody goes on. */
const settling = (clock: ServiceClock, settled: () => Promise<void>) => ({
  ...clock,
  async set(iso: string) {
    clock.set(iso)
    await settled()
  },
  async advance(duration: string) {
    clock.advance(duration)
    await settled()
  },
})

/** Twilio's own word for what it does not do. */
const refused = (meet: () => Promise<void>) =>
  meet().then(
    () => undefined,
    () =>
      Response.json(
        { code: 21205, message: 'as the simulator asked', status: 400 },
        { status: 400 }
      )
  )

/** What staff do and read, asked of the home of their desk. */
function deskIn(worker: OpenedWorker): Driven['desk'] {
  const view =
    (view: keyof Views) =>
    (place: string, ...given: unknown[]) =>
      worker.inside<never>(`view/${deskOf(place)}`, { view, given: [place, ...given] })
  return {
    act: (actor, act) => worker.inside(`act/${deskOf(actor.place)}`, [actor, act]),
    views: {
      ...{ story: view('story'), queue: view('queue'), staff: view('staff') },
      ...{ promises: view('promises'), statuses: view('statuses'), contact: view('contact') },
      changes: view('changes'),
    },
  }
}
