import { readFileSync } from 'node:fs'
import { calendarFrom } from '../../src/places/hours.ts'
import { type Place, parsePlace } from '../../src/places/schema.ts'

/** The text of a shipped place file. */
export const placeText = (name: string): string => readFileSync(`places/${name}.yaml`, 'utf8')

/** A shipped place, checked. */
export function shipped(name: string): Place {
  const { place, problems } = parsePlace(placeText(name), `${name}.yaml`)
  if (!place) throw new Error(problems?.join('\n'))
  return place
}

export const calendar = calendarFrom(JSON.parse(readFileSync('places/bank-holidays.json', 'utf8')))
