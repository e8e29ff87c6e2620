import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { ZodError } from 'zod'
import { staffApi } from './channels/api.ts'
import { type LegsPort, legs } from './channels/legs.ts'
import { sms } from './channels/sms.ts'
import { status } from './channels/status.ts'
import type { FormEnv } from './channels/twilio-form.ts'
import { voice } from './channels/voice.ts'
import { deliveries, recordings } from './effects.ts'
import { DoorError } from './errors.ts'
import { readForm } from './security/form.ts'
import type { Limits } from './security/limits.ts'
import { twilioSigned } from './security/twilio-signature.ts'
import { alert } from './turn/alert.ts'
import { type Parts, turns } from './turn.ts'

/** What the doors hand to the app. */
export interface AppParts extends Parts {
  /** The address Twilio signs against. */
  publicUrl: () => string
  staffToken: string
  /** Twilio's token, and the next one while it is being changed; none when Twilio is not connected. */
  twilioTokens: readonly string[]
  teams?: Hono
  /** Pages and phone of staff. */
  console?: Hono
  /** The lines of handoffs; without it nobody is rung but the cover. */
  legs?: LegsPort
  simulator?: Hono
  /** Whether everybody may see who works here, because they are made up. By default where the simulator is. */
  showsStaff?: boolean
  /**
   * Takes a signed webhook to where its turn is run, when that is not here. What cannot be taken there is answered here,
   * with the safe words.
   */
  onward?: (request: Request, form: Record<string, string>) => Promise<Response | undefined>
  /**
   * Resolves for everything that is heard in one turn of the machine's event loop at the same time. Turns that go
   * together take half the processor time: each part of the work is done for all of them while it is warm.
   */
  together?: () => Promise<void>
  /** Network address of whoever sent a request. */
  peer?: (c: Context) => string
  limits?: Limits
  /** Whether each part is well, by its name. */
  ready: () => Promise<Record<string, boolean>>
  /** What waits: spilled contacts, and for how many seconds the oldest due work has. */
  waiting?: () => Promise<{ spilled: number; overdue: number }>
}

const BODY_BYTES = 64 * 1024
const MINUTE_MS = 60_000
/** Without these nobody should be sent here. A neighbour that is ill is named, and calls go on. */
const VITAL = ['store', 'content']

const tooLarge = () => {
  throw new HTTPException(413, { message: 'The body is larger than 64 kB' })
}
const counted = bodyLimit({ maxSize: BODY_BYTES, onError: tooLarge })

/** What announces its length is read to that length and no further; only what does not is counted as it comes. */
const limit: MiddlewareHandler = (c, next) => {
  const length = c.req.header('Content-Length')
  if (length === undefined || c.req.header('Transfer-Encoding') !== undefined)
    return counted(c, next)
  return Number(length) > BODY_BYTES ? tooLarge() : next()
}

/** Every URL in one list. */
export function createApp(parts: AppParts, { takeTurn } = turns(parts)) {
  const app = new Hono()
  const twilio = new Hono<FormEnv>()
    .use(limit, signedByTwilio(parts), goesOnward(parts))
    .route('/voice', voice(takeTurn))
    .route(
      '/sms',
      sms(takeTurn, () => reused(parts))
    )
    .route(
      '/status',
      status(takeTurn, { delivered: deliveries(parts), recorded: recordings(parts) })
    )
  if (parts.legs) twilio.route('/', legs(parts.legs))
  app.route('/twilio', twilio)
  if (parts.console) app.route('/console', parts.console)
  if (parts.teams) app.route('/api/messages', parts.teams)
  app.route('/api', staffApi({ showsStaff: parts.simulator !== undefined, ...parts }))
  app.get('/livez', (c) => c.text('ok'))
  app.get('/readyz', async (c) => {
    const state = await parts.ready()
    return c.json(state, VITAL.every((part) => state[part] !== false) ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    const { registry, up, spillWaiting, overdue } = parts.metrics
    const waits = await parts.waiting?.()
    if (waits) spillWaiting.set({}, waits.spilled)
    if (waits) overdue.set({}, waits.overdue)
    for (const [part, well] of Object.entries(await parts.ready())) up.set({ part }, well ? 1 : 0)
    return c.text(await registry.metrics(), 200, { 'Content-Type': registry.contentType })
  })
  if (parts.simulator) {
    app.route('/simulator', parts.simulator)
    app.get('/', (c) => c.redirect('/simulator'))
  }
  app.notFound((c) => c.json({ error: 'There is nothing at this address' }, 404))
  app.onError((error, c) => refused(parts, error, c))
  return app
}

/** What someone is told whose request came to nothing; a fault of ours is told to staff. */
function refused(parts: AppParts, error: Error, c: Context) {
  const { status, message } = refusal(error)
  if (status >= 500) alert(parts, 'http', error)
  else parts.metrics.refused.inc({ why: String(status) })
  // What is left of a body that is too large is not read either.
  if (status === 413) c.header('Connection', 'close')
  if (status === 429) c.header('Retry-After', '60')
  return c.json({ error: message }, status)
}

/** Twilio never gives one id to two texts: something between us does. */
function reused({ log, metrics }: AppParts) {
  metrics.refused.inc({ why: 'id-reused' })
  log.warn({ part: 'sms', code: 'id-reused', status: 409 }, 'One id came with two texts')
}

function goesOnward({ onward }: AppParts) {
  return async function goesOnward(
    c: import('hono').Context<FormEnv>,
    next: () => Promise<void>
  ): Promise<Response | undefined> {
    if (onward) {
      const { url, method, raw } = c.req
      const whole = { method, headers: raw.headers, body: await c.req.text() }
      const answer = await onward(new Request(url, whole), c.get('form'))
      if (answer) return answer
    }
    await next()
    return undefined
  }
}

/** The sender's fault, in words; a fault of ours says nothing of itself. */
function refusal(error: Error): {
  status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 500 | 503
  message: string
} {
  if (error instanceof HTTPException) return { status: error.status as 403, message: error.message }
  if (error instanceof ZodError)
    return {
      status: 400,
      message: error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    }
  if (error instanceof DoorError && error.code === 'bad-input')
    return { status: 400, message: error.message }
  if (error instanceof DoorError && error.code === 'not-found')
    return { status: 404, message: error.message }
  if (error instanceof DoorError && (error.code === 'store-down' || error.code === 'overtaken'))
    return { status: 503, message: 'Try again shortly' }
  return { status: 500, message: 'Something is wrong here. It has been noted' }
}

/** What was called, by the address we know ourselves by. Reading it spells an apostrophe out; Twilio signs it as it is. */
function spellings(publicUrl: string, url: string): string[] {
  const { pathname, search } = new URL(url)
  const called = publicUrl + pathname + search
  return called.includes('%27') ? [called, called.replaceAll('%27', "'")] : [called]
}

/**
 * Refuses whatever Twilio did not sign, before a store or a neighbour is asked. The body is read once, split into
 * pairs, and verified over those; only then is it parsed. https://www.twilio.com/docs/usage/security
 */
function signedByTwilio({ publicUrl, twilioTokens, together, log }: AppParts) {
  let quietUntil = 0
  // Where our token or address is wrong, nobody gets through to us: a line, but no flood of lines.
  const tell = () => {
    if (Date.now() < quietUntil) return
    quietUntil = Date.now() + MINUTE_MS
    log.error({ part: 'http', code: 'not-allowed', status: 403 }, 'Signed, and not by our Twilio')
  }
  return async function signedByTwilio(
    c: import('hono').Context<FormEnv>,
    next: () => Promise<void>
  ) {
    if (c.req.method !== 'POST')
      throw new HTTPException(405, { message: 'Only POST is answered here' })
    if (c.req.header('Content-Encoding'))
      throw new HTTPException(415, { message: 'A compressed body is not read' })
    if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(c.req.header('Content-Type') ?? ''))
      throw new HTTPException(415, { message: 'Send application/x-www-form-urlencoded' })
    const body = await c.req.text()
    await together?.()
    const pairs = readForm(body)
    const given = c.req.header('X-Twilio-Signature') ?? ''
    const called = spellings(publicUrl(), c.req.url)
    if (!called.some((url) => twilioSigned(twilioTokens, url, pairs, given))) {
      if (given !== '') tell()
      throw new HTTPException(403, { message: 'not signed by Twilio' })
    }
    c.set('form', Object.fromEntries(pairs))
    await next()
  }
}
