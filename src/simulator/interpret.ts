import { startDial } from './dial.ts'
import { type Exchange, ringApp } from './exchange.ts'
import { ended, type Line, seconds } from './line.ts'
import { SimulatorProblem } from './problem.ts'
import { enterRoom } from './rooms.ts'
import { speak } from './speak.ts'
import { endLine, lineFields } from './status.ts'
import { readTwiml, type Verb } from './twiml.ts'
import { VOICE } from './twiml-grammar.ts'
import { playWait } from './wait-document.ts'

const MOST_HOPS = 30
/** A pause this long is a wait of its own, which someone must sit through; a shorter one is only a breath. */
const LONG_PAUSE = 5

/** An address in a document, and how it is fetched. */
export interface Link {
  url: string
  method: string
}

/** Fetches the next document for a line and runs it. */
export async function goTo(
  exchange: Exchange,
  line: Line,
  link: Link,
  pairs: Record<string, string> = {}
): Promise<void> {
  line.wait = null
  await orEnd(exchange, line, async () => {
    line.todo = await fetchDocument(exchange, line, link, pairs)
    await run(exchange, line)
  })
}

/** Runs a document that came with the order to ring, instead of an address to fetch. */
export async function runDocument(exchange: Exchange, line: Line, xml: string): Promise<void> {
  await orEnd(exchange, line, async () => {
    line.todo = readTwiml(xml, VOICE)
    await run(exchange, line)
  })
}

/** Goes on after a wait with the verbs that are left. */
export async function carryOn(exchange: Exchange, line: Line): Promise<void> {
  line.wait = null
  await orEnd(exchange, line, () => run(exchange, line))
}

/** Goes on after a dial: to its action, else to the next verb. */
export async function afterDial(
  exchange: Exchange,
  line: Line,
  verb: Verb,
  leg: Line | undefined
): Promise<void> {
  const { action } = verb.attributes
  if (action === undefined) return carryOn(exchange, line)
  return goTo(exchange, line, linkOf(verb, action), dialResult(leg))
}

/** Goes on after a conference: to the dial's action, else to the next verb. */
export async function afterConference(exchange: Exchange, line: Line): Promise<void> {
  if (line.wait?.kind !== 'conference') return
  const { verb } = line.wait
  const { action } = verb.attributes
  if (action === undefined) return carryOn(exchange, line)
  return goTo(exchange, line, linkOf(verb, action), { DialCallStatus: 'answered' })
}

async function confer(exchange: Exchange, line: Line, verb: Verb, noun: Verb): Promise<void> {
  if (verb.children.length > 1)
    throw new SimulatorProblem(422, 'A <Dial> to a conference dials nothing else.')
  if (noun.text === '') throw new SimulatorProblem(422, 'A <Conference> has no name.')
  const member = enterRoom(exchange, line, noun)
  if (!member) return afterDial(exchange, line, verb, undefined)
  waitFor(line, { kind: 'conference', verb, member })
  await playWait(exchange, member)
}

/** What became of a dial, in the fields its action receives. */
export function dialResult(leg: Line | undefined): Record<string, string> {
  const status = leg?.joined ? 'completed' : leg?.status === 'busy' ? 'busy' : 'no-answer'
  return {
    DialCallStatus: leg === undefined || leg.status === 'failed' ? 'failed' : status,
    DialBridged: String(leg?.joined ?? false),
    ...(leg && { DialCallSid: leg.sid }),
    ...(leg?.joined && { DialCallDuration: seconds(leg.answeredAt, leg.endedAt) }),
  }
}

/** Where a verb leads, and by which method. */
export function linkOf(verb: Verb, url: string): Link {
  return { url, method: verb.attributes.method?.toUpperCase() ?? 'POST' }
}

/** A fault ends the call, as Twilio's "an application error has occurred" does; the answer says which. */
async function orEnd(exchange: Exchange, line: Line, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof SimulatorProblem)) throw error
    line.problem = error.message
    endLine(exchange, line, line.answeredAt === null ? 'failed' : 'completed')
  }
}

/** Runs verbs until the line waits for someone or ends. */
async function run(exchange: Exchange, line: Line): Promise<void> {
  while (!ended(line) && line.wait === null) {
    const [verb, ...rest] = line.todo
    line.todo = rest
    if (verb) await perform(exchange, line, verb)
    else return outOfWords(exchange, line)
  }
}

async function fetchDocument(
  exchange: Exchange,
  line: Line,
  link: Link,
  pairs: Record<string, string>
): Promise<readonly Verb[]> {
  line.hops += 1
  if (line.hops > MOST_HOPS)
    throw new SimulatorProblem(
      422,
      `The call ran through ${MOST_HOPS} documents without once waiting for the caller. Look for a <Redirect> that leads back to itself.`
    )
  // Callbacks already on their way arrive first; at Twilio the order is open, and a test could not repeat itself.
  await exchange.deliveries.last
  const address = new URL(link.url, line.at).href
  const { body, type } = await ringApp(exchange, address, link.method, {
    ...lineFields(exchange, line),
    ...pairs,
  })
  if (line.status === 'ringing') {
    line.status = 'in-progress'
    line.answeredAt = exchange.controls.clock.now()
  }
  if (!/^(text|application)\/xml\b/.test(type))
    throw new SimulatorProblem(
      422,
      `The app answered a call with "${type}". Twilio needs text/xml.`
    )
  line.at = address
  return readTwiml(body, VOICE)
}

async function perform(exchange: Exchange, line: Line, verb: Verb): Promise<void> {
  switch (verb.name) {
    case 'Say':
    case 'Play':
      return speak(exchange, line, verb)
    case 'Pause': {
      const length = Number(verb.attributes.length ?? 1)
      if (length >= LONG_PAUSE) waitFor(line, { kind: 'pause', seconds: length })
      return
    }
    case 'Gather':
      for (const inner of verb.children) await speak(exchange, line, inner)
      return waitFor(line, { kind: 'gather', verb, keys: '' })
    case 'Dial': {
      const [noun] = verb.children
      if (noun?.name === 'Conference') return confer(exchange, line, verb, noun)
      const legs = startDial(exchange, line, verb)
      if (!legs.some((leg) => leg.status === 'ringing'))
        return afterDial(exchange, line, verb, legs.at(-1))
      return waitFor(line, { kind: 'dial', verb, legs })
    }
    case 'Redirect':
      return goTo(exchange, line, linkOf(verb, verb.text))
    case 'Reject':
      return endLine(exchange, line, verb.attributes.reason === 'busy' ? 'busy' : 'no-answer')
    case 'Hangup':
      return endLine(exchange, line, 'completed')
  }
}

function waitFor(line: Line, wait: NonNullable<Line['wait']>): void {
  line.wait = wait
  line.hops = 0
}

/** A caller with nothing left to hear is cut off; a phone that was rung is joined to the caller who waits for it. */
function outOfWords(exchange: Exchange, line: Line): void {
  if (line.direction === 'outbound-dial') line.joined = true
  else endLine(exchange, line, 'completed')
}
