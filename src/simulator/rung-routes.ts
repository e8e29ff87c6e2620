import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { type Exchange, phoneNumber, settle } from './exchange.ts'
import { inTurn } from './line.ts'
import { actOnPhone, lineFor, ringOut } from './phones.ts'
import { readBody } from './read-body.ts'
import { busyClients, busyPhones, clientView, phoneView, tellCall } from './view.ts'

const keys = z.string().regex(/^[0-9*#]{1,40}$/, 'keys are 0 to 9, * and #')
const yes = z.literal(true)
const spoken = z.strictObject({
  say: z.string().min(1).max(1000),
  confidence: z.number().min(0).max(1).optional(),
})
const onTheLine = [
  z.strictObject({ press: keys }),
  spoken,
  z.strictObject({ silence: yes }),
  z.strictObject({ hangUp: yes }),
] as const
/** What someone on the line can do. */
export const callAct = z.union(onTheLine)
const phoneAct = z.union([
  z.strictObject({ answer: yes }),
  z.strictObject({ busy: yes }),
  z.strictObject({ decline: yes }),
  z.strictObject({ fail: yes }),
  ...onTheLine,
])
export const CALL_ACTS =
  'Send { "press": "1" }, { "say": "…" }, { "silence": true } or { "hangUp": true }.'
const PHONE_ACTS = `Send { "answer": true }, { "busy": true } or { "decline": true }; once answered: ${CALL_ACTS}`

/** Phones and softphones that the app rings: what they have, and what their holder does. */
export function rungRoutes(exchange: Exchange): Hono {
  return new Hono()
    .get('/phones', (c) => c.json({ phones: busyPhones(exchange) }))
    .get('/phones/:number', (c) => {
      ringOut(exchange)
      return c.json(phoneView(exchange, phoneNumber(c.req.param('number'))))
    })
    .post('/phones/:number', async (c) => {
      return c.json(await onPhone(exchange, phoneNumber(c.req.param('number')), c))
    })
    .get('/clients', (c) => c.json({ clients: busyClients(exchange) }))
    .get('/clients/:id', (c) => {
      ringOut(exchange)
      return c.json(clientView(exchange, c.req.param('id')))
    })
    .post('/clients/:id', async (c) => {
      const id = c.req.param('id')
      const { heard, error } = await onPhone(exchange, `client:${id}`, c)
      return c.json({ ...clientView(exchange, id), heard, ...(error && { error }) })
    })
}

/** Does one thing on a phone or softphone that was rung. */
async function onPhone(exchange: Exchange, number: string, c: Context) {
  const act = await readBody(c, phoneAct, PHONE_ACTS)
  ringOut(exchange)
  const line = lineFor(exchange, number, act)
  await inTurn(line, () => actOnPhone(exchange, line, act))
  await settle(exchange)
  const { heard, error } = tellCall(line)
  return { ...phoneView(exchange, number), heard, ...(error && { error }) }
}
