import type { Hono } from 'hono'
import type { ServiceClock } from '../jobs/clock.ts'
import { simulator } from '../simulator/simulator.ts'
import type { Faults } from './faults.ts'
import type { Meeting } from './neighbours.ts'

/** The pocket Twilio and Teams, with the page that drives them. */
export function simulatorBy(
  { config, keys, url }: Meeting,
  controls: { clock: ServiceClock; faults: Faults; settled: () => Promise<void> }
): Hono | undefined {
  if (!keys) return undefined
  return simulator(keys, { origin: url, staffToken: config.STAFF_TOKEN, controls })
}
