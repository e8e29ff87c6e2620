import { Hono } from 'hono'
import * as z from 'zod'
import { type Exchange, settle } from './exchange.ts'
import { ringOut } from './phones.ts'
import { readBody } from './read-body.ts'

const duration = z
  .string()
  .regex(/^-?P(?=\d|T\d)(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$/, 'a duration is like PT2H or P1D')
const clockAct = z.union([
  z.strictObject({ now: z.iso.datetime({ offset: true }) }),
  z.strictObject({ advance: duration }),
  z.strictObject({ run: z.literal(true) }),
])
const fault = z.strictObject({
  service: z.enum(['redis', 'twilio', 'teams', 'translate']),
  fault: z.string().min(1),
  for: duration,
})
const CLOCK_ACTS =
  'Send { "now": "2026-11-24T14:20:00Z" }, { "advance": "PT2H" } or { "run": true }.'
const FAULT_ACTS =
  'Send { "service": "redis", "twilio", "teams" or "translate", "fault": "…", "for": "PT30S" }.'

/** The world round the service: its clock, and neighbours that fail. */
export function worldRoutes(exchange: Exchange): Hono {
  const { clock, faults } = exchange.controls
  return new Hono()
    .get('/clock', (c) => c.json({ now: clock.now() }))
    .post('/clock', async (c) => {
      const act = await readBody(c, clockAct, CLOCK_ACTS)
      if ('now' in act) await clock.set(new Date(act.now).toISOString())
      else if ('advance' in act) await clock.advance(act.advance)
      else clock.run()
      ringOut(exchange)
      await settle(exchange)
      return c.json({ now: clock.now() })
    })
    .post('/faults', async (c) => {
      const asked = await readBody(c, fault, FAULT_ACTS)
      faults.set(asked.service, asked.fault, asked.for)
      await settle(exchange)
      return c.json({ set: asked })
    })
    .get('/troubles', (c) => c.json({ troubles: exchange.troubles }))
}
