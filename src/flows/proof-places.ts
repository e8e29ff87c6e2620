import { type Failure, faults, type Proven, pathOf, turnsOf } from './proof.ts'
import { codesOf } from './proof-turns.ts'

/** What a place does with one code at one moment: what routing gives, and whether that service is open then. */
export interface Taken {
  at: string
  code: string
  who: string
  team: string
  owner: string
  /** Whether it is taken now, not from the next opening. */
  takesNow: boolean
  /** Whether the service that takes it is open at that moment. */
  open: boolean
  /** When it is due at the latest; none where nothing says. */
  due?: string
  /** What stands in for it when it is closed. */
  fallback?: string
}

/** A place as the proofs need it. */
export interface PlaceGiven {
  place: string
  /** The distinct sets of open codes and cover that occur in a year. */
  openings: readonly { open: readonly string[]; cover: 'yes' | 'no'; example: string }[]
  /** Hours of the week for which nobody is named. */
  uncovered: readonly string[]
  /** What becomes of these codes, at every moment of the year that matters. */
  take: (codes: readonly string[]) => Iterable<Taken>
}

/** Every code that some turn of these flows may record. */
export function codesRecorded(flows: readonly Proven[]): string[] {
  const codes = new Set<string>()
  for (const { graph } of flows)
    for (const edge of turnsOf(graph)) for (const code of codesOf(edge)) codes.add(code)
  return [...codes].sort()
}

/** 6. No outcome goes to a closed service, at any minute of the year; a two-hour promise only through its open gate. */
export function nothingGoesToAClosedService(
  taken: readonly Taken[],
  flows: readonly Proven[],
  place: string
): Failure[] {
  const found = faults(place)
  for (const { code, who, at, team, open, takesNow } of taken)
    if (takesNow && !open)
      found.add(
        code,
        [at, who],
        `${code} goes to ${team}, which is closed`,
        `give the service of ${code} a fallback in places/${place}.yaml`
      )
  for (const proven of flows)
    for (const edge of turnsOf(proven.graph)) {
      if (!codesOf(edge).includes('UCR2')) continue
      const gate = edge.hops.some((hop) => hop.by === 'go')
      const open = edge.choices.some(([field, value]) => field === 'open.UCR2' && value === 'yes')
      if (!gate || !open)
        found.add(
          edge.from?.value ?? '',
          pathOf(edge),
          'the two-hour response is promised past its gate',
          'lead to it through a `ucr-gate`'
        )
    }
  return found.list()
}

/** 7. Every outcome has an owner, a clock and a fallback; every hour has cover named; a ring is promised only with cover. */
export function everyOutcomeHasAnOwner(taken: readonly Taken[], given: PlaceGiven): Failure[] {
  const found = faults(given.place)
  const mend = `mend places/${given.place}.yaml`
  for (const { code, at, who, owner, due, fallback } of taken) {
    if (!owner) found.add(code, [at, who], `${code} has no owner`, mend)
    if (!due) found.add(code, [at, who], `${code} has no clock`, mend)
    if (!fallback) found.add(code, [at, who], `${code} has no fallback`, mend)
  }
  for (const gap of given.uncovered)
    found.add(
      'cover',
      [],
      `nobody is named for ${gap}: name someone, or \`none\` with a reason`,
      mend
    )
  return found.list()
}

/** 7, in the flows: a person is said to be rung only where the place names someone, or a line of its own is answered. */
export function ringsWhereSomeoneIs({ flow, graph }: Proven): Failure[] {
  const found = faults(flow)
  for (const edge of turnsOf(graph)) {
    const cover = edge.choices.find(([field]) => field === 'cover')?.[1]
    for (const effect of edge.effects) {
      if (effect.kind !== 'person') continue
      const line = edge.choices.some(
        ([field, value]) => field === `lines.${effect.to}` && value === 'yes'
      )
      if ((effect.staffed && cover !== 'yes') || (effect.rings && !line && cover !== 'yes'))
        found.add(
          effect.step,
          pathOf(edge),
          'is rung, or said to be staffed, where nobody covers the hour',
          'check how person steps are compiled'
        )
    }
  }
  return found.list()
}
