import { createHmac, randomBytes } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { serve } from '@hono/node-server'
import { v7 } from 'uuid'
import { type AppParts, createApp } from './app.ts'
import { textSender } from './channels/twilio-rest.ts'
import { type Config, readConfig } from './config.ts'
import { type Content, type Folders, readContent, readPlaces } from './content.ts'
import { performer, reporter, type World } from './effects.ts'
import { DoorError } from './errors.ts'
import { type ServiceClock, serviceClock } from './jobs/clock.ts'
import { runOutbox } from './jobs/outbox.ts'
import { startJobs } from './jobs/poller.ts'
import { runTimers } from './jobs/timers.ts'
import { type Log, openLog, openMetrics } from './observe.ts'
import { simulator, simulatorKeys } from './simulator/simulator.ts'
import { openSqlite } from './store/sqlite.ts'
import { alert } from './turn/alert.ts'
import { turns } from './turn.ts'

/** A door that stands open: where it listens, and how to close it. */
export interface Door {
  url: string
  config: Config
  clock: ServiceClock
  settled: () => Promise<void>
  close: () => Promise<void>
}

const PARTITIONS = 64
const MAX_TRIES = 8
const LOOK_AGAIN_MS = 1000
const KEEP_REPLIES_MS = 48 * 60 * 60 * 1000

/** Opens the door on this machine: reads settings and content, opens the store, listens. Throws DoorError naming every fault. */
export async function openDoor(
  env: Record<string, string | undefined>,
  log = openLog(env.LOG_LEVEL ?? 'info')
): Promise<Door> {
  const config = readConfig(env)
  const demo = config.MODE === 'demo'
  const folders = {
    flows: config.FLOWS_DIR,
    places: config.PLACES_DIR,
    locales: config.LOCALES_DIR,
  }
  const clock = serviceClock()
  const metrics = openMetrics()
  const watched = watchContent(folders, readContent(folders), log)
  const store = openSqlite(pathOf(config.STORE_URL))
  const keys = demo ? simulatorKeys() : undefined
  let url = config.PUBLIC_URL
  const publicUrl = () => url
  const secret = randomBytes(32)
  const jobs: { kick: () => void; settled: () => Promise<void>; stop: () => Promise<void> } = {
    kick: () => {},
    settled: async () => {},
    stop: async () => {},
  }
  const parts: AppParts = {
    content: watched.content,
    store,
    now: clock.now,
    makes: {
      uuid: v7,
      random: Math.random,
      partition: (place, address) => partitionOf(secret, place, address),
    },
    log,
    metrics,
    committed: () => jobs.kick(),
    get publicUrl() {
      return url
    },
    staffToken: config.STAFF_TOKEN,
    demo,
    twilioTokens: [keys?.twilio.authToken ?? config.TWILIO_AUTH_TOKEN ?? ''].filter(
      (token) => token !== ''
    ),
    ready: async () => ({
      store: await store.nextDue().then(
        () => true,
        () => false
      ),
      content: watched.sound(),
    }),
  }
  if (keys)
    parts.simulator = simulator(keys, {
      origin: publicUrl,
      staffToken: config.STAFF_TOKEN,
      controls: {
        clock: { ...clock, set: clock.set, advance: clock.advance },
        faults: { set: () => {} },
        settled: () => jobs.settled(),
      },
    })
  const taking = turns(parts)
  const app = createApp(parts, taking)
  const server = await listen(app.fetch, config)
  if (config.PORT === 0 && !env.PUBLIC_URL) url = `http://${config.HOST}:${server.port}`
  const world: World = {
    get publicUrl() {
      return url
    },
    sendText: textSender({
      accountSid: keys?.twilio.accountSid ?? config.TWILIO_ACCOUNT_SID ?? '',
      username: keys?.twilio.accountSid ?? config.TWILIO_API_KEY ?? config.TWILIO_ACCOUNT_SID ?? '',
      password: keys?.twilio.authToken ?? config.TWILIO_API_SECRET ?? config.TWILIO_AUTH_TOKEN ?? '',
      apiUrl: keys ? `${url}/simulator/twilio` : config.TWILIO_API_URL,
    }),
  }
  const fault = (error: unknown) => alert(parts, 'jobs', error)
  const perform = performer(world)
  const report = reporter(parts)
  Object.assign(
    jobs,
    startJobs({
      store,
      clock,
      every: LOOK_AGAIN_MS,
      fault,
      runOutbox: (signal) =>
        runOutbox({
          store,
          perform,
          report,
          now: clock.now,
          random: Math.random,
          maxTries: MAX_TRIES,
          fault,
          signal,
        }),
      runTimers: (signal) =>
        runTimers({ store, fire: taking.takeTimer, now: clock.now, fault, signal }),
    })
  )
  const sweep = setInterval(() => {
    store.expireReplies(new Date(Date.now() - KEEP_REPLIES_MS).toISOString()).catch(fault)
  }, 3_600_000)
  return {
    url,
    config,
    clock,
    settled: () => jobs.settled(),
    async close() {
      clearInterval(sweep)
      watched.close()
      await server.close()
      await jobs.stop()
      await store.close()
    },
  }
}

const pathOf = (url: string) => {
  if (!url.startsWith('sqlite:'))
    throw new DoorError('bad-config', 'STORE_URL: only sqlite: is built so far', false)
  return url.slice('sqlite:'.length)
}

/** 0 to 63 from a keyed hash, so that a partition says nothing of the number it holds. */
function partitionOf(secret: Buffer, place: string, address: string): number {
  return (
    createHmac('sha256', secret).update(`${place}:${address}`).digest().readUInt16BE(0) % PARTITIONS
  )
}

/** Listens; closing waits for the requests under way. */
async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { HOST, PORT }: Config
) {
  const server = serve({
    fetch,
    hostname: HOST,
    port: PORT,
    serverOptions: { requestTimeout: 10_000, headersTimeout: 5_000 },
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new DoorError(
          'bad-config',
          cause.code === 'EADDRINUSE'
            ? `PORT ${PORT} is taken by another program. Set PORT to a free one`
            : `cannot listen on ${HOST}:${PORT}: ${cause.code}`,
          false
        )
      )
    )
    server.once('listening', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : PORT)
    })
  })
  return {
    port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        if ('closeIdleConnections' in server) server.closeIdleConnections()
      }),
  }
}

/** Holds the content, and takes places anew when their files change. A bad file keeps the old one and says why. */
function watchContent(folders: Folders, first: Content, log: Log) {
  let content = first
  let sound = true
  const reload = () => {
    try {
      const { places, problems } = readPlaces(folders.places)
      sound = problems.length === 0
      if (!sound)
        return log.error(
          { part: 'places', code: 'bad-flow', fault: problems.join('; ') },
          'A place file is bad: the old one stays'
        )
      content = { ...content, places }
      log.info({ part: 'places', count: places.size }, 'Places taken anew')
    } catch (error) {
      sound = false
      log.error(
        { part: 'places', fault: error instanceof DoorError ? error.message : 'unreadable' },
        'Places could not be read: the old ones stay'
      )
    }
  }
  let soon: NodeJS.Timeout | undefined
  const watcher: FSWatcher = watch(folders.places, () => {
    clearTimeout(soon)
    soon = setTimeout(reload, 100)
  })
  return {
    content: () => content,
    sound: () => sound,
    close() {
      clearTimeout(soon)
      watcher.close()
    },
  }
}

async function main() {
  try {
    const door = await openDoor(process.env)
    const lines = [
      'The front door is open.',
      `  Ring it:   ${door.url}/simulator`,
      `  Contacts:  ${door.url}/api/contacts   (Authorization: Bearer ${door.config.MODE === 'demo' ? 'demo' : '…'})`,
    ]
    if (door.config.MODE === 'demo')
      lines.push('  Demo: no real calls are made. Draft content, not clinically reviewed.')
    process.stdout.write(`${lines.join('\n')}\n`)
    let closing = false
    const stop = () => {
      if (closing) return
      closing = true
      door.close().then(() => process.exit(0))
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  } catch (error) {
    process.stderr.write(
      `${error instanceof DoorError ? error.message : error instanceof Error ? error.stack : 'unknown fault'}\n`
    )
    process.exit(1)
  }
}

if (import.meta.main) await main()
