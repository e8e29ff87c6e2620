import { Temporal } from 'temporal-polyfill'
import type { Contact } from './contact.ts'

/** Kinds of records that are kept for different times. */
export const KINDS = ['child', 'information', 'contact'] as const
export type Kind = (typeof KINDS)[number]

/** How long each kind is kept after it was last touched, ISO 8601. */
export type Periods = Readonly<Record<Kind, string>>

/** Adults 8 years, children 25 from the last contact since no birthday is known, and what decided nothing 2. */
export const PERIODS: Periods = { child: 'P25Y', information: 'P2Y', contact: 'P8Y' }

/** Reads `contact:P8Y,child:P25Y`; what is not named keeps its default. Answers faults in words. */
export function readPeriods(text: string): { periods: Periods; faults: string[] } {
  const faults: string[] = []
  const given: Partial<Record<Kind, string>> = {}
  for (const pair of text.split(',').filter(Boolean)) {
    const [kind = '', period = ''] = pair.trim().split(':')
    const known = KINDS.find((one) => one === kind)
    if (!known) faults.push(`names ${kind}; it may name ${KINDS.join(', ')}`)
    else if (!/^P(?=\d)(\d+Y)?(\d+M)?(\d+D)?$/.test(period))
      faults.push(`gives ${kind} no period like P8Y`)
    else given[known] = period
  }
  return { periods: { ...PERIODS, ...given }, faults }
}

/** Which period a record falls under: the longest that may be meant. */
export function kindOf({ person, level, codes }: Contact): Kind {
  if (person.adult === 'no') return 'child'
  return level === 'information' && codes.length === 0 ? 'information' : 'contact'
}

/** The instant from which a record need not be kept: years and months by the calendar, in UTC. */
export const keptUntil = (contact: Contact, periods: Periods): string =>
  Temporal.Instant.from(contact.updatedAt)
    .toZonedDateTimeISO('UTC')
    .add(periods[kindOf(contact)])
    .toInstant()
    .toString()

/** One line of the report: of a place and a kind, how many there are, may be erased now, and are held though they may. */
export interface RetentionLine {
  place: string
  kind: Kind
  kept: number
  due: number
  held: number
}

/** Counts records. Nothing is erased by it; a hold wins over any age. */
export function retentionReport(
  records: Iterable<{ contact: Contact; held: boolean }>,
  periods: Periods,
  now: string
): RetentionLine[] {
  const lines = new Map<string, RetentionLine>()
  for (const { contact, held } of records) {
    const kind = kindOf(contact)
    const key = `${contact.place} ${kind}`
    const line = lines.get(key) ?? { place: contact.place, kind, kept: 0, due: 0, held: 0 }
    lines.set(key, line)
    line.kept += 1
    if (Date.parse(keptUntil(contact, periods)) > Date.parse(now)) continue
    if (held) line.held += 1
    else line.due += 1
  }
  return [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)
}
