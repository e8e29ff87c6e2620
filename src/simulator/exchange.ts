import { randomUUID } from 'node:crypto'
import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { signTwilio } from '../security/twilio-signature.ts'
import type { SimulatorKeys } from './keys.ts'
import type { Line } from './line.ts'
import { SimulatorProblem } from './problem.ts'
import type { Room } from './rooms.ts'

/** The one exception to "only signed HTTP": what the door hands over in demo mode. */
export interface Controls {
  clock: {
    now(): string
    set(iso: string): Promise<void> | void
    advance(duration: string): Promise<void> | void
    run(): void
  }
  faults: { set(service: string, fault: string, forDuration: string): void }
  /** Resolves when the app has nothing left to do before a later time. */
  settled(): Promise<void>
}

/** Work done in the order it came: how much is left, and the last of it. */
export interface Queue {
  left: number
  last: Promise<void>
}

/** A text message, whichever way it went. */
export interface Text {
  sid: string
  from: string
  to: string
  body: string
  at: string
  status: string
  /** How it came about, as Twilio calls it. */
  direction: 'inbound' | 'outbound-api' | 'outbound-reply'
  /** Deleted from Twilio's record; the phones still show it. */
  deleted?: true
}

/** The telephone network between the app and every phone: who is on which line, and how the app is rung up. */
export interface Exchange {
  keys: SimulatorKeys
  controls: Controls
  lines: Map<string, Line>
  /** Conferences, by sid. */
  rooms: Map<string, Room>
  texts: Text[]
  /** Phones that are off: texts to them do not arrive. */
  off: Set<string>
  /** Requests to the app that no caller waits for, such as status callbacks. They never wait for a line. */
  deliveries: Queue
  /** What the app asked to be done to a line, which waits for its turn on it. */
  orders: Queue
  /** What the app refused or failed to answer while no one was waiting. */
  troubles: string[]
  origin(): string
}

/** An exchange with no calls and no texts. */
export function openExchange(
  keys: SimulatorKeys,
  origin: () => string,
  controls: Controls
): Exchange {
  const queue = () => ({ left: 0, last: Promise.resolve() })
  const queues = { deliveries: queue(), orders: queue() }
  return {
    keys,
    controls,
    origin,
    ...queues,
    lines: new Map(),
    rooms: new Map(),
    texts: [],
    off: new Set(),
    troubles: [],
  }
}

const MOST_LINES = 2000
const MOST_TEXTS = 5000

/** Puts a line on the exchange. Calls long over are forgotten, so that a long run does not fill the memory. */
export function addLine(exchange: Exchange, line: Line): void {
  const { lines } = exchange
  lines.set(line.sid, line)
  if (lines.size <= MOST_LINES) return
  for (const [sid, each] of lines) {
    if (each.endedAt === null) continue
    lines.delete(sid)
    return
  }
}

/** Puts a text on record, and forgets the oldest when there are many. */
export function addText(exchange: Exchange, text: Text): void {
  exchange.texts.push(text)
  if (exchange.texts.length > MOST_TEXTS) exchange.texts.shift()
}

const PATIENCE = 15_000

/** Calls the app as Twilio would, signed, and gives back the body of its answer. */
export async function ringApp(
  exchange: Exchange,
  address: string,
  method: string,
  pairs: Record<string, string>
): Promise<{ body: string; type: string }> {
  const url = insideApp(exchange, address)
  const answer = await fetch(...signedRequest(exchange, url, method, pairs)).catch((cause) => {
    const message = `The app did not answer ${method} ${url.pathname}. Is it running?`
    throw Object.assign(new SimulatorProblem(422, message), { cause })
  })
  const body = await answer.text()
  if (!answer.ok)
    throw new SimulatorProblem(
      422,
      `The app answered ${answer.status} to ${method} ${url.pathname}. Twilio would end the call or drop the text; see the app's log.`
    )
  return { body, type: answer.headers.get('content-type') ?? '' }
}

/** Makes sure that a recording the app wants played is really there. */
export async function fileExists(exchange: Exchange, url: URL): Promise<void> {
  const answer = await fetch(insideApp(exchange, url.href), { redirect: 'manual' }).catch(
    () => null
  )
  await answer?.body?.cancel()
  if (!answer?.ok)
    throw new SimulatorProblem(
      422,
      `The app has no recording at ${url.pathname}. Add it, or say it.`
    )
}

/** The simulator calls the app and nothing else, whatever a document says. */
function insideApp(exchange: Exchange, address: string): URL {
  const url = new URL(address)
  if (url.origin === new URL(exchange.origin()).origin) return url
  throw new SimulatorProblem(
    422,
    `Twilio would now call ${address}, and the simulator calls only the app at ${exchange.origin()}. Check PUBLIC_URL.`
  )
}

function signedRequest(
  exchange: Exchange,
  url: URL,
  method: string,
  pairs: Record<string, string>
): [string, RequestInit] {
  const { authToken } = exchange.keys.twilio
  const get = method === 'GET'
  if (get) for (const [name, value] of Object.entries(pairs)) url.searchParams.set(name, value)
  const signature = signTwilio(authToken, url.href, new Map(get ? [] : Object.entries(pairs)))
  const init: RequestInit = {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE),
    headers: {
      'X-Twilio-Signature': signature,
      'I-Twilio-Idempotency-Token': randomUUID(),
      'User-Agent': 'TwilioProxy/1.1',
      ...(!get && { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' }),
    },
    ...(!get && { body: new URLSearchParams(pairs).toString() }),
  }
  return [url.href, init]
}

/** Does something no one waits for, in the order it was asked, so that a run repeats exactly; `settle` waits. */
export function inBackground(
  exchange: Exchange,
  work: () => Promise<unknown>,
  queue = exchange.deliveries
): void {
  queue.left += 1
  queue.last = queue.last
    .then(work)
    .catch((error: unknown) => {
      exchange.troubles.push(error instanceof Error ? error.message : String(error))
    })
    .then(() => {
      queue.left -= 1
    })
}

/** Waits until neither the app nor the simulator has anything left to do. */
export async function settle(exchange: Exchange): Promise<void> {
  const { deliveries, orders, controls } = exchange
  do {
    await orders.last
    await deliveries.last
    await controls.settled()
  } while (deliveries.left > 0 || orders.left > 0)
}

/** The fields Twilio sends with every request about a call or text. */
export function parties(exchange: Exchange, from: string, to: string): Record<string, string> {
  const where = (name: string, number: string) => ({
    [`${name}City`]: '',
    [`${name}Country`]: countryOf(number),
    [`${name}State`]: '',
    [`${name}Zip`]: '',
  })
  return {
    AccountSid: exchange.keys.twilio.accountSid,
    ApiVersion: '2010-04-01',
    From: from,
    To: to,
    ...where('From', from),
    ...where('To', to),
  }
}

function countryOf(number: string): string {
  const phone = parsePhoneNumberFromString(number)
  return phone?.country ?? (phone?.countryCallingCode === '44' ? 'GB' : '')
}

/** A number as the network writes it, from whatever was typed. Withheld callers arrive in Twilio's two ways. */
export function phoneNumber(typed: string): string {
  if (typed === 'anonymous') return 'anonymous'
  if (typed === 'withheld') return '+266696687'
  const phone = parsePhoneNumberFromString(typed, 'GB')
  if (!phone?.isPossible())
    throw new SimulatorProblem(
      400,
      `"${typed}" is not a phone number. Write it like +447700900123.`
    )
  return phone.number
}
