import { isPossiblePhoneNumber } from 'libphonenumber-js/min'
import { Temporal } from 'temporal-polyfill'
import { coverGaps } from './cover.ts'
import type { AreaTeam, Place, Service } from './shape.ts'

/** As much of a place file as could be read: each entry holds only its sound fields. */
export type Draft = {
  [Section in keyof Place]?: Section extends 'areas'
    ? Record<string, Partial<AreaTeam>>
    : Section extends 'services'
      ? Record<string, Partial<Service>>
      : Place[Section]
}

/** What is wrong, where in the file, and what to do: "where: what; do". */
export type Fault = string

/** Faults of people and places: practices, areas, postcodes, numbers, cover, dates. */
export function placeFaults(draft: Draft): Fault[] {
  return [
    ...practiceFaults(draft),
    ...areaFaults(draft),
    ...postcodeFaults(draft),
    ...numberFaults(draft),
    ...coverFaults(draft),
    ...dateFaults(draft),
    ...languageFaults(draft),
  ]
}

function practiceFaults({ areas, practices }: Draft): Fault[] {
  if (!areas || !practices) return []
  const listed = Object.entries(areas).flatMap(([key, area]) =>
    (area.practices ?? []).map((code) => ({ code, key }))
  )
  const twice = repeated(listed, ({ code }) => code).map(([code, at]) => {
    const where = [...new Set(at.map(({ key }) => key))].join(' and ')
    return `areas: practice ${code} is listed more than once, in ${where}; keep it in one area`
  })
  const unnamed = listed
    .filter(({ code }) => !practices[code])
    .map(
      ({ code, key }) =>
        `areas.${key}.practices: ${code} has no name and postcode; add it under practices, or correct the code`
    )
  const codes = new Set(listed.map(({ code }) => code))
  const homeless = Object.entries(practices)
    .filter(([code]) => !codes.has(code))
    .map(([code, { name }]) => `practices.${code}: ${name} is in no area; add it to one`)
  return [...twice, ...unnamed, ...homeless]
}

function areaFaults({ areas, default: fallback, letters }: Draft): Fault[] {
  if (!areas) return []
  const faults: Fault[] = []
  const names = Object.keys(areas).join(', ')
  if (fallback !== undefined && !areas[fallback])
    faults.push(`default: there is no area ${fallback}; name one of ${names}`)
  const used = Object.values(areas).flatMap(({ postcodes }) => postcodes ?? [])
  const missing = new Set(used.map((prefix) => prefix.replace(/\d.*/, '')))
  for (const letter of letters ?? []) missing.delete(letter)
  if (letters && missing.size > 0)
    faults.push(`letters: areas use ${[...missing].join(', ')} too; add them`)
  return faults
}

function postcodeFaults({ areas = {}, neighbours = {} }: Draft): Fault[] {
  const claims = (section: string, owners: Record<string, { postcodes?: string[] }>): Fault[] => {
    const all = Object.entries(owners).flatMap(([key, { postcodes = [] }]) =>
      postcodes.map((prefix) => ({ key, prefix }))
    )
    return repeated(all, ({ prefix }) => prefix).map(([prefix, at]) => {
      const who = [...new Set(at.map(({ key }) => key))].join(' and ')
      return `${section}: postcode ${prefix} is claimed more than once, by ${who}; leave it in one`
    })
  }
  return [...claims('areas', areas), ...claims('neighbours', neighbours)]
}

interface Line {
  number: string
  where: string
  use: string
}

function numberFaults(draft: Draft): Fault[] {
  const lines = linesOf(draft)
  const impossible = lines
    .filter(({ number }) => !isPossiblePhoneNumber(number))
    .map(
      ({ number, where }) => `${where}: ${number} cannot be a telephone number; check its digits`
    )
  const twice = repeated(lines, ({ use, number }) => `${use} ${number}`).map(([, at]) => {
    const [first, ...others] = at
    const where = others.map((line) => line.where).join(', ')
    return `${first?.where}: ${first?.number} is used again for ${where}; give each its own number`
  })
  const doors = new Set(draft.numbers?.map(({ number }) => number))
  const circles = lines
    .filter(({ use, number }) => use !== 'numbers' && doors.has(number))
    .map(
      ({ number, where }) =>
        `${where}: ${number} is this front door itself, which would ring itself; name the team's own number`
    )
  const residents = draft.numbers?.some(({ use }) => use === 'residents') ?? true
  const none = residents
    ? []
    : ['numbers: no number is for residents; mark one with use: residents']
  return [...impossible, ...twice, ...circles, ...none]
}

/** Every number of a place, with where it stands and what it is for. Cover may share a team's number. */
function linesOf({ numbers, areas, services, cover, neighbours }: Draft): Line[] {
  const lines: Line[] = []
  const add = (use: string, where: string, number: string | undefined) => {
    if (number) lines.push({ use, where, number })
  }
  numbers?.forEach(({ number }, at) => {
    add('numbers', `numbers.${at + 1}`, number)
  })
  for (const [key, { number }] of Object.entries(areas ?? {})) add('areas', `areas.${key}`, number)
  for (const [key, { number, perArea }] of Object.entries(services ?? {})) {
    add('services', `services.${key}`, number)
    for (const [area, own] of Object.entries(perArea ?? {}))
      add('services', `services.${key}.perArea.${area}`, own.number)
  }
  for (const [key, { number }] of Object.entries(neighbours ?? {}))
    add('neighbours', `neighbours.${key}`, number)
  cover?.forEach((line, at) => {
    if (line.none) return
    add(`cover ${at}`, `cover.${at + 1}.number`, line.number)
    add(`cover ${at}`, `cover.${at + 1}.second`, line.second)
  })
  return lines
}

function coverFaults({ cover }: Draft): Fault[] {
  if (!cover) return []
  return coverGaps(cover).map(
    (gap) =>
      `cover: nobody is named for ${gap}; add a line for those hours, or \`none: true\` with a reason and a signature`
  )
}

function dateFaults({ checked, cover, services, timeZone }: Draft): Fault[] {
  const faults: Fault[] = []
  if (checked && checked.on >= checked.reviewBy)
    faults.push(
      `checked: reviewBy ${checked.reviewBy} is not after ${checked.on}, when it was checked; check the file and move reviewBy on`
    )
  cover?.forEach((line, at) => {
    const on = line.none ? line.signed.on : line.tested
    if (checked && on > checked.on)
      faults.push(
        `cover.${at + 1}: ${on} is later than ${checked.on}, when the file was checked; correct one of the two dates`
      )
  })
  for (const [key, { provider }] of Object.entries(services ?? {}))
    if (provider?.until && checked && provider.until < checked.on)
      faults.push(
        `services.${key}.provider: ${provider.name} ended on ${provider.until}; name who provides it now`
      )
  if (timeZone !== undefined && !isZone(timeZone))
    faults.push(`timeZone: ${timeZone} is not a time zone; write Europe/London`)
  return faults
}

function languageFaults({ languages, numbers }: Draft): Fault[] {
  if (!languages || !numbers) return []
  return numbers.flatMap(({ language }, at) =>
    language && !languages.includes(language)
      ? [
          `numbers.${at + 1}.language: ${language} is not offered here; add it to languages, or change it`,
        ]
      : []
  )
}

function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return true
  } catch {
    return false
  }
}

/** The groups of more than one that share a name. */
export function repeated<T>(all: readonly T[], nameOf: (one: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(nameOf(one), [...(groups.get(nameOf(one)) ?? []), one])
  return [...groups].filter(([, group]) => group.length > 1)
}
