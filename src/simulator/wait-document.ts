import { type Exchange, ringApp } from './exchange.ts'
import type { Line } from './line.ts'
import { SimulatorProblem } from './problem.ts'
import { A_WHILE, hearsMusic, type Member, memberFields } from './rooms.ts'
import { speak } from './speak.ts'
import { lineFields } from './status.ts'
import { readTwiml, type Verb } from './twiml.ts'
import { WAIT } from './twiml-grammar.ts'

/** As with any call: a pause this long is a wait that someone must sit through. */
const LONG_PAUSE = 5
const MOST_HOPS = 30

/** Plays what somebody hears who waits in a conference, up to its next long pause. */
export async function playWait(exchange: Exchange, member: Member): Promise<void> {
  const { line } = member
  if (!hearsMusic(member)) return
  const link = member.held ? member.held.music : member.wait
  if (!link) {
    if (link === undefined || member.held) hear(exchange, line, '[music]')
    member.playing = { at: line.at, todo: [], seconds: A_WHILE }
    return
  }
  const todo = await fetchWait(exchange, member, link)
  await play(exchange, member, { at: link.url, todo })
}

/** Goes on with it. When it runs out there is silence, as at Twilio: a document that should go on says so by <Redirect>. */
export async function playOn(exchange: Exchange, member: Member): Promise<void> {
  if (member.playing) await play(exchange, member, member.playing)
}

async function play(
  exchange: Exchange,
  member: Member,
  from: { at: string; todo: readonly Verb[] }
): Promise<void> {
  let { at, todo } = from
  for (let hops = 0; hops < MOST_HOPS; ) {
    const [verb, ...rest] = todo
    todo = rest
    if (!verb) {
      member.playing = { at, todo: [], seconds: A_WHILE }
      return
    }
    const length = Number(verb.attributes.length ?? 1)
    if (verb.name === 'Pause' && length >= LONG_PAUSE) {
      member.playing = { at, todo, seconds: length }
      return
    }
    if (verb.name === 'Redirect') {
      hops += 1
      at = new URL(verb.text, at).href
      const method = verb.attributes.method?.toUpperCase() ?? 'POST'
      todo = await fetchWait(exchange, member, { url: at, method })
    } else await speak(exchange, member.line, verb)
  }
  throw new SimulatorProblem(
    422,
    `The wait of the conference ran through ${MOST_HOPS} documents without a pause of ${LONG_PAUSE} seconds.`
  )
}

async function fetchWait(
  exchange: Exchange,
  member: Member,
  { url, method }: { url: string; method: string }
): Promise<readonly Verb[]> {
  const { room, line } = member
  const { body, type } = await ringApp(exchange, url, method, {
    ...lineFields(exchange, line),
    ...memberFields(member),
    ConferenceSid: room.sid,
    FriendlyName: room.name,
  })
  if (/^(text|application)\/xml\b/.test(type)) return readTwiml(body, WAIT)
  throw new SimulatorProblem(422, `The app answered a waiting line with "${type}", not text/xml.`)
}

function hear(exchange: Exchange, line: Line, text: string): void {
  line.unread.push(text)
  line.transcript.push({ who: 'door', text, at: exchange.controls.clock.now() })
}
