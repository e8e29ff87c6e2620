import * as z from 'zod'
import type { Content } from '../content.ts'
import { DoorError } from '../errors.ts'
import { machinesOf } from '../flows/machines.ts'
import { unsigned } from '../signing.ts'

/** Counts changes of the form; another is refused, never guessed at. */
const FORMAT = 1

/** Checked content as JSON, to be built into a Worker. Place files' texts and release sources stay behind. */
export function packContent({ library, places, calendar, words }: Content): string {
  return JSON.stringify({
    format: FORMAT,
    library: [...library],
    places: [...places].map(([name, loaded]) => [
      name,
      { ...loaded, text: '', releases: [...loaded.releases] },
    ]),
    calendar: { ...calendar, holidays: [...calendar.holidays] },
    words: [...words].map(([lang, own]) => [lang, { ...own, steps: [...own.steps] }]),
  })
}

const pairs = z.array(z.tuple([z.string(), z.looseObject({})])).min(1)
const holding = (name: string) =>
  z.array(z.tuple([z.string(), z.looseObject({ [name]: pairs })])).min(1)
/** Whether it is ours and whole; what each thing holds was checked when it was packed. */
const packed = z.object({
  format: z.literal(FORMAT),
  library: pairs,
  places: holding('releases'),
  calendar: z.object({
    holidays: z.array(z.iso.date()).min(1),
    from: z.string(),
    until: z.string(),
  }),
  words: holding('steps'),
})

/**
 * The content that was packed. Throws DoorError 'bad-flow' when it is not whole, or live when something in it is not
 * signed. The cast is the border: it was checked, flow by flow, when it was packed.
 */
export function unpackContent(json: unknown, signedOnly: boolean): Content {
  const read = packed.safeParse(json)
  if (!read.success) throw bad('it is not whole; run npm run edge:content')
  const { library, places, calendar, words } = read.data
  const flows = new Map(library) as unknown as Content['library']
  const content = {
    library: flows,
    releases: machinesOf(flows),
    places: mapped(places, 'releases') as unknown as Content['places'],
    calendar: { ...calendar, holidays: new Set(calendar.holidays) },
    words: mapped(words, 'steps') as unknown as Content['words'],
    sources: { flows: new Map(), words: new Map(), rules: new Map() },
    signedOnly,
  }
  const faults = signedOnly ? unsigned(content.places.values()) : []
  if (!content.words.has('en')) faults.push('there are no words in English')
  for (const { place } of content.places.values())
    if (!flows.has(`resident.v${place.flows.resident}`))
      faults.push(`${place.place}: its resident flow is not there`)
  if (faults.length > 0) throw bad(faults.join('; '))
  return content
}

const mapped = (entries: [string, Record<string, unknown>][], name: string) =>
  new Map(
    entries.map(([key, value]) => [key, { ...value, [name]: new Map(value[name] as []) }] as const)
  )

const bad = (why: string) => new DoorError('bad-flow', `The content built in: ${why}`, false)
