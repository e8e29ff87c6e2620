import { parseDocument, type YAMLParseError } from 'yaml'
import type { z } from 'zod'
import { type Draft, type Fault, placeFaults, repeated } from './faults.ts'
import type { Calendar } from './hours.ts'
import { rosterFaults } from './roster-faults.ts'
import { serviceFaults } from './service-faults.ts'
import { areaShape, type Place, placeShape, serviceShape } from './shape.ts'

export type { Place } from './shape.ts'

/** A place file that holds, or everything wrong with it at once, each "file: where: what is wrong; what to do". */
export type Parsed =
  | { place: Place; problems?: never }
  | { place?: never; problems: readonly string[] }

/** Reads the text of a place file. Text in, value out: whoever calls it has read the file. */
export function parsePlace(text: string, file: string): Parsed {
  const document = parseDocument(text)
  const unread = document.errors.map(unreadable)
  // What follows a fault of form is guesswork, save for a name written twice.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY'))
    return { problems: unread.map((fault) => `${file}: ${fault}`) }
  const raw: unknown = document.toJS()
  const shaped = placeShape.safeParse(raw)
  const draft = shaped.success ? shaped.data : draftOf(raw)
  const faults = [
    ...unread,
    ...(shaped.success ? [] : shaped.error.issues.map(faultOf)),
    ...placeFaults(draft),
    ...serviceFaults(draft),
    ...rosterFaults(draft),
  ]
  if (shaped.success && faults.length === 0) return { place: shaped.data }
  return { problems: [...new Set(faults)].map((fault) => `${file}: ${fault}`) }
}

/** What to tell the operator of a file that is due to be checked again, or of bank holidays that run out; nothing when it is fresh. */
export function reviewDue(place: Place, calendar: Calendar, today: string): string[] {
  const { reviewBy } = place.checked
  const due =
    today > reviewBy
      ? [`${place.place}: it was to be checked by ${reviewBy}; check it, and move both dates on`]
      : []
  const ends =
    today.slice(0, 4) >= calendar.until.slice(0, 4)
      ? [`bank holidays are known only to ${calendar.until}; add the next year's`]
      : []
  return [...due, ...ends]
}

/** What is wrong between places: a number or a Teams tenant of two, or a neighbour's number that is not its own. */
export function checkTogether(places: readonly Place[]): string[] {
  const lines = places.flatMap(({ place, numbers }) =>
    numbers.map(({ number }) => ({ place, number }))
  )
  const shared = repeated(lines, ({ number }) => number).map(
    ([number, at]) =>
      `${number} is the front door of ${at.map(({ place }) => place).join(' and ')}; give each its own`
  )
  const tenants = repeated(places, ({ teams }) => teams.tenant).map(
    ([tenant, at]) =>
      `Teams tenant ${tenant} is that of ${at.map(({ place }) => place).join(' and ')}; give each its own`
  )
  const people = places.flatMap(({ place, staff }) => staff.map(({ id }) => ({ place, id })))
  // A softphone is rung by this id alone.
  const twice = repeated(people, ({ id }) => id).map(
    ([id, at]) =>
      `staff ${id} is of ${at.map(({ place }) => place).join(' and ')}; give each person an id of their own`
  )
  const names = repeated(places, ({ place }) => place).map(
    ([name]) => `place ${name} has two files; keep one`
  )
  return [
    ...names,
    ...twice,
    ...shared,
    ...tenants,
    ...places.flatMap((one) => strangers(one, places)),
  ]
}

function strangers({ place, neighbours }: Place, places: readonly Place[]): string[] {
  return Object.entries(neighbours).flatMap(([key, { number }]) => {
    const other = places.find((one) => one.place === key)
    const own = other?.numbers.some((line) => line.use === 'residents' && line.number === number)
    return !other || own
      ? []
      : [
          `${place}: neighbours.${key}: ${number} is not the residents' number of ${key}; copy it from ${key}'s file`,
        ]
  })
}

function unreadable({ code, message, linePos }: YAMLParseError): Fault {
  const where = `line ${linePos?.[0].line ?? 1}`
  if (code === 'DUPLICATE_KEY') return `${where}: this name is written twice; keep one of the two`
  const what = message.split('\n')[0]?.replace(/ at line \d+.*/, '')
  return `${where}: this cannot be read (${what}); compare the spaces, colons and brackets with the lines around it`
}

function faultOf({ path, message, code, ...rest }: z.core.$ZodIssue): Fault {
  const where = path.map((part) => (typeof part === 'number' ? part + 1 : String(part))).join('.')
  return `${where || 'the file'}: ${sayIssue(code, message, rest)}`
}

/** Zod's own sentences, for someone who does not program. */
function sayIssue(code: string, message: string, rest: object): string {
  if (code === 'unrecognized_keys' && 'keys' in rest)
    return `${[rest.keys].flat().join(', ')} is not known here; correct the name or remove the line`
  if (code === 'invalid_key') return 'this name cannot stand here; check its spelling'
  if (/received undefined/.test(message)) return 'this is missing; add it'
  const wanted = /^Invalid input: expected (\w+)/.exec(message)?.[1]
  if (!wanted) return message
  const said: Readonly<Record<string, string>> = {
    string: 'a text',
    record: 'a list of names',
    object: 'a list of names',
    array: 'a list',
    int: 'a whole number',
  }
  return `this must be ${said[wanted] ?? `a ${wanted}`}; correct it`
}

/** The sound parts of an unsound file: whole sections, and the sound fields of each area and service. */
function draftOf(raw: unknown): Draft {
  const draft = soundFields(placeShape.shape, raw)
  const { areas, services } = isMap(raw) ? raw : {}
  return {
    ...draft,
    ...(isMap(areas) && { areas: eachSound(areaShape.shape, areas) }),
    ...(isMap(services) && { services: eachSound(serviceShape.shape, services) }),
  } as Draft
}

const eachSound = (shape: Shape, entries: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(entries).map(([key, entry]) => [key, soundFields(shape, entry)])
  )

type Shape = Readonly<Record<string, z.ZodType>>

function soundFields(shape: Shape, raw: unknown): Record<string, unknown> {
  if (!isMap(raw)) return {}
  return Object.fromEntries(
    Object.entries(shape).flatMap(([key, field]) => {
      const read = field.safeParse(raw[key])
      return read.success && read.data !== undefined ? [[key, read.data]] : []
    })
  )
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
