import { randomInt, randomUUID } from 'node:crypto'
import type { Arrived, Inbound, Reply } from '../channels/inbound.ts'
import type { Content } from '../content.ts'
import type { Runnable } from '../conversation/step.ts'
import { compile } from '../flows/compile.ts'
import { flowKey } from '../flows/flatten.ts'
import type { Flow } from '../flows/schema.ts'
import { openLog, openMetrics } from '../observe.ts'
import type { Place } from '../places/shape.ts'
import type { Contact, LogEntry } from '../record/contact.ts'
import { openSqlite } from '../store/sqlite.ts'
import { turns } from '../turn.ts'
import { misused } from './options.ts'

export type TryChannel = 'voice' | 'sms'

/** What a trial is of. `now` is the instant that stands still while it runs, ISO 8601. */
export interface Trial {
  content: Content
  place: Place
  channel: TryChannel
  now: string
}

/** A mobile of the range kept for drama: nobody has it. */
const CALLER = '+447700900123'
const PARTITIONS = 64

/** A door with a store in memory and no world outside: its turns are those of the real one. */
export function openTrial({ content, place, channel, now }: Trial) {
  const store = openSqlite(':memory:')
  const log: string[] = []
  const { takeTurn } = turns({
    content: () => content,
    store,
    now: () => now,
    makes: { uuid: randomUUID, random: Math.random, partition: () => randomInt(PARTITIONS) },
    log: openLog('error', { write: (line: string) => void log.push(line) }),
    metrics: openMetrics(),
    committed: () => undefined,
  })
  const to = place.numbers.find(
    ({ use, channels }) => use === 'residents' && channels.includes(channel)
  )?.number
  if (!to) throw misused([`${place.place} has no number for ${channel}`])
  const call = randomUUID()
  let count = 0
  return {
    /** Hears one thing; what is said to it, before any channel renders it. */
    async hear(heard: Arrived): Promise<Reply> {
      const webhook = `${call}:${count++}`
      const inbound: Inbound = { channel, webhook, to, from: CALLER, conversation: call, heard }
      let said: Reply | undefined
      await takeTurn(inbound, (reply) => {
        said = reply
        return { status: 200, type: 'text/plain', body: '' }
      })
      if (!said || log.length > 0) throw misused(log.length > 0 ? log : ['nothing was said'])
      return said
    },
    async recorded(): Promise<{ contact: Contact; timeline: LogEntry[] } | undefined> {
      const [contact] = await store.recent(place.place, CALLER, '1970-01-01T00:00:00Z')
      return contact && { contact, timeline: await store.timeline(contact.id) }
    },
    close: () => store.close(),
  }
}

/**
 * The content with a sub-flow as the whole conversation, so that it can be tried alone. The flow that a place begins with
 * lends it its exits, its name and its last words.
 */
export function withFlow(content: Content, place: Place, wanted: string): Content {
  const key = flowKey('resident', place.flows.resident ?? 1)
  const whole = content.library.get(key)
  const flow = newest(content, wanted)
  if (!whole || flow.flow === whole.flow) return content
  const alone: Flow = {
    ...whole,
    start: 'alone',
    steps: {
      alone: { kind: 'run', flow: flow.flow, version: flow.version, then: 'told' },
      told: { kind: 'end' },
    },
  }
  const library = new Map([...content.library, [key, alone]])
  const { machine, flat } = compile(alone, library)
  const runnable = { machine, name: whole.flow, version: whole.version } as Runnable
  const releases = new Map([...content.releases, [key, { machine, flat, runnable }]])
  return { ...content, library, releases }
}

function newest({ library }: Content, wanted: string): Flow {
  const named = [...library.values()].filter(
    ({ flow, version }) => flow === wanted || flowKey(flow, version) === wanted
  )
  const [flow] = named.sort((a, b) => b.version - a.version)
  const all = [...new Set([...library.values()].map(({ flow }) => flow))].filter(
    (name) => name !== 'exits'
  )
  if (!flow || flow.flow === 'exits')
    throw misused([`there is no flow ${wanted}; there are ${all.join(', ')}`])
  return flow
}
