import { createInterface } from 'node:readline'
import type { Arrived, Reply } from '../channels/inbound.ts'
import type { Place } from '../places/shape.ts'
import { writeText } from '../words/text.ts'
import { misused, optionsIn } from './options.ts'
import { contentNow } from './signatures.ts'
import { openTrial, type TryChannel, withFlow } from './try-door.ts'
import { recordTold } from './try-told.ts'

const HELP = {
  voice:
    'Keys or words answer; Enter is silence; * says it again, 0 asks for a person, "hang up" ends.',
  sms: 'What you write is sent as a text; STOP ends.',
}

/** `flows try`: runs a flow here with its real words, and prints what is recorded and where it goes. */
export async function tryFlow(words: readonly string[]): Promise<number> {
  const { values, rest } = optionsIn(words, ['place', 'channel', 'at'])
  const { place, content } = placeIn(values.place)
  const [flow = 'resident', ...more] = rest
  if (more.length > 0) throw misused([`name one flow, not ${rest.join(' and ')}`])
  const channel = channelOf(values.channel)
  const now = instantOf(values.at)
  const trial = openTrial({ content: withFlow(content, place, flow), place, channel, now })
  const whole = flow === 'resident'
  console.log(`${place.name}, ${flow}, ${channel}, ${now}. Draft, not clinically reviewed.`)
  if (!whole) console.log('This part alone: danger is not asked first.')
  console.log(HELP[channel])
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
  try {
    await converse(trial, channel, lines[Symbol.asyncIterator]())
    const recorded = await trial.recorded()
    console.log('\nRecorded')
    const told = recorded ? recordTold(recorded.contact, recorded.timeline, place) : ['  nothing']
    for (const line of told) console.log(line)
    if (whole && recorded) console.log(`  release                ${recorded.contact.flow.release}`)
    return 0
  } finally {
    lines.close()
    await trial.close()
  }
}

/** Asks and answers until the conversation ends, or nothing more is written: that is a caller who rings off. */
async function converse(
  trial: ReturnType<typeof openTrial>,
  channel: TryChannel,
  lines: AsyncIterator<string>
): Promise<void> {
  let reply = await trial.hear({ kind: 'begin' })
  for (;;) {
    tell(reply, channel)
    if (reply.ended !== null || (!reply.listen && !reply.dial)) return
    const { value, done } = await lines.next()
    if (done) {
      console.log('> (rings off)')
      await trial.hear({ kind: 'gone' })
      return
    }
    if (!process.stdin.isTTY) console.log(`> ${value}`)
    const heard = reply.dial ? rung(value, reply) : answered(value.trim(), reply, channel)
    reply = await trial.hear(heard)
    if (heard.kind === 'gone' || heard.kind === 'joined') return
  }
}

function tell({ parts, choices, dial, lang }: Reply, channel: TryChannel) {
  console.log('')
  if (channel === 'sms') console.log(writeText({ parts, choices }))
  else for (const { words, slow } of parts) console.log(slow ? `(slowly) ${words}` : words)
  if (dial)
    console.log(`[rings ${dial.label}, ${dial.number}: write "answer", or Enter when no one comes]`)
  if (lang !== 'en') console.log(`[${lang}]`)
}

const rung = (line: string, { dial, turn }: Reply): Arrived => {
  const said = line.trim().toLowerCase()
  if (said === 'hang up') return { kind: 'gone' }
  if (said === 'answer') return { kind: 'joined', turn, by: dial?.label ?? 'cover' }
  return { kind: 'unanswered', turn, tried: dial?.tried ?? 1 }
}

function answered(line: string, { turn }: Reply, channel: TryChannel): Arrived {
  if (channel === 'sms') return { kind: 'answer', raw: { kind: 'words', text: line } }
  if (line.toLowerCase() === 'hang up') return { kind: 'gone' }
  if (line === '') return { kind: 'answer', turn, raw: { kind: 'silence' } }
  const keys = /^[0-9*#]+$/.test(line)
  return {
    kind: 'answer',
    turn,
    raw: keys ? { kind: 'keys', digits: line } : { kind: 'words', text: line },
  }
}

function placeIn(wanted: string | undefined): {
  place: Place
  content: ReturnType<typeof contentNow>
} {
  const content = contentNow()
  const loaded = wanted ? content.places.get(wanted) : [...content.places.values()][0]
  if (loaded) return { place: loaded.place, content }
  throw misused([`there is no place ${wanted}; there are ${[...content.places.keys()].join(', ')}`])
}

function channelOf(channel = 'voice'): TryChannel {
  if (channel === 'voice' || channel === 'sms') return channel
  throw misused([`--channel ${channel} cannot be tried here; use voice or sms`])
}

function instantOf(at: string | undefined): string {
  const ms = at === undefined ? Date.now() : Date.parse(at)
  if (Number.isNaN(ms)) throw misused([`--at ${at} is no instant; write 2026-11-24T14:20:00Z`])
  return new Date(ms).toISOString()
}
