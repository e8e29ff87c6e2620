import { areaOfPractice } from './directory.ts'
import { areaOfPostcode } from './postcode.ts'
import type { Place } from './shape.ts'

/** What routing may know of a person. Anything left out was not asked, or was not known. */
export interface RoutedPerson {
  practice?: string | undefined
  postcode?: string | undefined
  adult?: 'yes' | 'no' | undefined
  /** Whether the person is in this place now, as they told us. */
  here?: 'yes' | 'no' | undefined
}

/** The area a person belongs to, and the rule that chose it, in words for the card. */
export interface AreaChoice {
  area: string
  rule: string
}

/** By practice: practice, then address, then the place's default. By home: address first, since care goes where the person is. */
export function chooseArea(
  place: Place,
  person: RoutedPerson,
  by: 'practice' | 'home' = 'practice'
): AreaChoice {
  const practice = byPractice(place, person)
  const home = byHome(place, person)
  const chosen = by === 'home' ? (home ?? practice) : (practice ?? home)
  return chosen ?? { area: place.default, rule: `place default → ${nameOf(place, place.default)}` }
}

/** Whether a person is known to live elsewhere and to be registered elsewhere. Not knowing counts as here. */
export function isElsewhere(place: Place, person: RoutedPerson): boolean {
  if (person.here === 'yes' || byPractice(place, person)) return false
  if (person.here === 'no') return true
  const home = person.postcode ? areaOfPostcode(place, person.postcode).where : 'unknown'
  return home === 'elsewhere' || (home === 'unknown' && person.practice !== undefined)
}

/** Whether anything was learned of where a person lives or is registered. */
export const areaKnown = (place: Place, person: RoutedPerson): boolean =>
  person.here !== undefined ||
  person.practice !== undefined ||
  (person.postcode !== undefined && areaOfPostcode(place, person.postcode).where !== 'unknown')

/** The other place a person's address lies in. */
export function neighbourOf(place: Place, person: RoutedPerson) {
  const key = person.postcode ? areaOfPostcode(place, person.postcode).neighbour : undefined
  const neighbour = key ? place.neighbours[key] : undefined
  if (!key || !neighbour) return undefined
  const name = neighbour.name ?? key.charAt(0).toUpperCase() + key.slice(1)
  return { key, name, number: neighbour.number }
}

function byPractice(place: Place, { practice }: RoutedPerson): AreaChoice | undefined {
  const area = practice ? areaOfPractice(place, practice) : undefined
  return area ? { area, rule: `practice ${practice} → ${nameOf(place, area)}` } : undefined
}

function byHome(place: Place, { postcode }: RoutedPerson): AreaChoice | undefined {
  const { area, prefix } = postcode ? areaOfPostcode(place, postcode) : {}
  return area ? { area, rule: `postcode ${prefix} → ${nameOf(place, area)}` } : undefined
}

const nameOf = (place: Place, area: string): string => place.areas[area]?.name ?? area
