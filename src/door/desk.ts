import { randomBytes } from 'node:crypto'
import type { Hono } from 'hono'
import { consoleApp } from '../console/console.ts'
import type { Content } from '../content.ts'
import { endedAt } from '../desk/ended.ts'
import type { OpenDesk } from '../desk/open.ts'
import type { Jobs } from '../jobs/poller.ts'
import type { Store } from '../store/contract.ts'
import type { Meeting } from './neighbours.ts'
import { watchDesks } from './news.ts'

/**
 * The pages of staff, whose styles and scripts are `files`. In the demo anybody may sign in as one of the sample people.
 */
export function consoleBy(
  meeting: Meeting,
  desk: OpenDesk,
  { now, store }: { now: () => string; store: Pick<Store, 'desk'> },
  files: Hono
): { app: Hono; close: () => void } {
  const { config, content, log, url } = meeting
  const demo = config.MODE === 'demo'
  const news = watchDesks(desk.views)
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = config
  const {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_API_KEY: keySid,
    TWILIO_API_SECRET: keySecret,
    TWILIO_REGION: region,
  } = config
  const app = consoleApp({
    content,
    views: desk.views,
    act: desk.act,
    changed: news.changed,
    now,
    sessionKey: config.SESSION_KEY ?? randomBytes(32).toString('hex'),
    publicUrl: url,
    demo,
    phoneAlive: desk.phoneAlive,
    log,
    files,
    ended: endedAt(store.desk),
    ...(issuer && clientId && clientSecret && { oidc: { issuer, clientId, clientSecret } }),
    ...(!demo &&
      accountSid &&
      keySid &&
      keySecret && { softphone: { accountSid, keySid, keySecret, ...(region && { region }) } }),
  })
  return { app: app as unknown as Hono, close: news.close }
}

/** Nothing due is left, and nobody is left to be asked. */
export async function settle(jobs: Jobs | undefined, desk: OpenDesk | undefined): Promise<void> {
  do {
    await jobs?.settled()
    await desk?.dispatch.idle()
  } while ((await jobs?.unsettled()) ?? false)
}

/** Looks at every place's desk now and then: another door may have changed it, and times pass. */
export function lookAgain(
  content: () => Content,
  { dispatch }: OpenDesk,
  everyMs: number
): () => void {
  const look = () => {
    for (const place of content().places.keys()) dispatch.offer(place)
  }
  look()
  const every = setInterval(look, everyMs)
  return () => clearInterval(every)
}
