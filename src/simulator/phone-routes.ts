import { Hono } from 'hono'
import * as z from 'zod'
import * as acts from './acts.ts'
import { addLine, type Exchange, phoneNumber, settle } from './exchange.ts'
import { goTo } from './interpret.ts'
import { newSid } from './keys.ts'
import { ended, inTurn, type Line, newLine } from './line.ts'
import { actOnPhone, ringOut } from './phones.ts'
import { SimulatorProblem } from './problem.ts'
import { readBody } from './read-body.ts'
import { CALL_ACTS, callAct, rungRoutes } from './rung-routes.ts'
import { textApp } from './texts.ts'
import { fullCallView, tellCall } from './view.ts'

const parties = { from: z.string(), to: z.string() }
const ANSWER_FIRST =
  'This phone is ringing. Answer it first: POST /simulator/phones/:number or /simulator/clients/:id.'

const SWITCH = 'Send { "off": true }: texts to this phone do not arrive; or { "off": false }.'

/** The telephone part of the simulator: calls, texts and the phones they reach. */
export function phoneRoutes(exchange: Exchange): Hono {
  return new Hono()
    .route('/', rungRoutes(exchange))
    .post('/calls', async (c) => {
      const example = 'Send { "from": "+447700900123", "to": "the place\'s number" }.'
      const body = await readBody(c, z.strictObject(parties), example)
      const line = incoming(exchange, phoneNumber(body.from), phoneNumber(body.to))
      const link = { url: `${exchange.origin()}/twilio/voice`, method: 'POST' }
      await inTurn(line, () => goTo(exchange, line, link))
      return answer(exchange, line)
    })
    .get('/calls/:call', (c) => c.json(fullCallView(lineOf(exchange, c.req.param('call')))))
    .post('/calls/:call', async (c) => {
      const line = lineOf(exchange, c.req.param('call'))
      const act = await readBody(c, callAct, CALL_ACTS)
      await inTurn(line, () => actOnCall(exchange, line, act))
      return answer(exchange, line)
    })
    .post('/phones/:number/off', async (c) => {
      const { off } = await readBody(c, z.strictObject({ off: z.boolean() }), SWITCH)
      const number = phoneNumber(c.req.param('number'))
      if (off) exchange.off.add(number)
      else exchange.off.delete(number)
      return c.json({ number, off })
    })
    .post('/texts', async (c) => {
      const example = 'Send { "from": "+447700900123", "to": "the place\'s number", "body": "…" }.'
      const shape = z.strictObject({ ...parties, body: z.string().min(1).max(1600) })
      const { from, to, body } = await readBody(c, shape, example)
      return c.json({ replies: await text(exchange, phoneNumber(from), phoneNumber(to), body) })
    })
}

function incoming(exchange: Exchange, from: string, to: string): Line {
  const line = newLine({
    sid: newSid('CA'),
    from,
    to,
    direction: 'inbound',
    startedAt: exchange.controls.clock.now(),
    at: exchange.origin(),
  })
  addLine(exchange, line)
  return line
}

function lineOf(exchange: Exchange, call: string): Line {
  const line = exchange.lines.get(call)
  if (line) return line
  throw new SimulatorProblem(
    404,
    `There is no call ${call}. Ring first with POST /simulator/calls.`
  )
}

async function actOnCall(
  exchange: Exchange,
  line: Line,
  act: z.infer<typeof callAct>
): Promise<void> {
  if (ended(line))
    throw new SimulatorProblem(409, 'This call has ended. Ring again with POST /simulator/calls.')
  if (line.direction !== 'inbound') {
    if (line.status === 'ringing') throw new SimulatorProblem(409, ANSWER_FIRST)
    return actOnPhone(exchange, line, act)
  }
  if ('press' in act) await acts.press(exchange, line, act.press)
  else if ('say' in act) await acts.say(exchange, line, act.say, act.confidence)
  else if ('silence' in act) await acts.staySilent(exchange, line)
  else acts.hangUp(exchange, line)
}

/** The state of the call once everything is quiet. A fault of the app is an error here, never a call that just ends. */
async function answer(exchange: Exchange, line: Line): Promise<Response> {
  ringOut(exchange)
  await settle(exchange)
  return Response.json(tellCall(line), { status: line.problem === null ? 200 : 422 })
}

/** The texts that this phone received from that number because of this one. */
async function text(exchange: Exchange, from: string, to: string, body: string): Promise<string[]> {
  const before = new Set(exchange.texts)
  await textApp(exchange, from, to, body)
  await settle(exchange)
  const since = exchange.texts.filter((each) => !before.has(each))
  return since.filter((each) => each.to === from && each.from === to).map((each) => each.body)
}
