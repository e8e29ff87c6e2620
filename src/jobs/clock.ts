import { Temporal } from 'temporal-polyfill'
import { DoorError } from '../errors.ts'

/** The service's clock. In the demo it may be set and then stands still until moved; it may go back. */
export interface ServiceClock {
  /** ISO 8601 UTC, milliseconds. */
  now(): string
  set(iso: string): void
  /** Moves on by an ISO 8601 duration, such as PT2H. */
  advance(duration: string): void
  /** Lets it run again, from where it stands. */
  run(): void
  onChange(changed: () => void): () => void
}

/** A clock that runs with the machine's until someone sets it. Deadlines and token expiry never read it. */
export function serviceClock(): ServiceClock {
  let offset = 0
  let still: number | null = null
  const listeners = new Set<() => void>()
  const ms = () => still ?? Date.now() + offset
  const stand = (at: number) => {
    still = at
    for (const changed of listeners) changed()
  }
  return {
    now: () => new Date(ms()).toISOString(),
    set: (iso) => stand(instant(iso)),
    advance: (duration) => stand(ms() + length(duration)),
    run() {
      offset = ms() - Date.now()
      still = null
      for (const changed of listeners) changed()
    },
    onChange(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
  }
}

function instant(iso: string): number {
  try {
    return Temporal.Instant.from(iso).epochMilliseconds
  } catch (cause) {
    throw new DoorError(
      'bad-input',
      `${iso} is no instant. Write it like 2026-11-24T14:20:00Z`,
      false,
      { cause }
    )
  }
}

function length(duration: string): number {
  try {
    return Temporal.Duration.from(duration).total({
      unit: 'milliseconds',
      relativeTo: '2026-01-01',
    })
  } catch (cause) {
    throw new DoorError(
      'bad-input',
      `${duration} is no duration. Write it like PT2H or P1D`,
      false,
      { cause }
    )
  }
}
