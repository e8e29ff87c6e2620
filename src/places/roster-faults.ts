import { type Draft, type Fault, repeated } from './faults.ts'

/** Faults of the roster: two people under one id or one Entra object id, a room twice, a language nobody here speaks of. */
export function rosterFaults({ staff = [], rooms = [], handoff }: Draft): Fault[] {
  const twice = (what: string, rows: readonly { id: string; shared: string }[]) =>
    repeated(rows, ({ shared }) => shared).map(
      ([shared, at]) =>
        `${what}: ${shared} is that of ${at.map(({ id }) => id).join(' and ')}; give each their own`
    )
  return [
    ...twice(
      'staff',
      staff.map(({ id }) => ({ id, shared: id }))
    ),
    ...twice(
      'staff',
      staff.map(({ id, entra }) => ({ id, shared: entra.toLowerCase() }))
    ),
    ...twice(
      'rooms',
      rooms.map(({ id, thread }) => ({ id, shared: thread }))
    ),
    ...(handoff?.threads !== undefined && !rooms.some(({ id }) => id === handoff.threads)
      ? [
          `handoff: there is no room ${handoff.threads} for threads; name one of rooms, or leave it out`,
        ]
      : []),
    ...(staff.length > 0 && !staff.some(({ roles }) => roles.includes('navigator'))
      ? ['staff: nobody is a navigator; give the role to whoever takes contacts']
      : []),
  ]
}
