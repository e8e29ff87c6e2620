import { Buffer } from 'node:buffer'
import { createHash, timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import type { Exchange } from './exchange.ts'
import { callResource, listCalls, makeCall, updateCall } from './twilio-rest-calls.ts'
import {
  conferenceResource,
  listConferences,
  listParticipants,
  participantResource,
  removeParticipant,
  updateConference,
  updateParticipant,
} from './twilio-rest-conferences.ts'
import { RestRefusal } from './twilio-rest-refusal.ts'
import { deleteText, listTexts, sendText, textResource } from './twilio-rest-texts.ts'

/**
 * The part of Twilio's REST API the app uses, at the same paths below this one, with Twilio's own errors.
 * https://www.twilio.com/docs/messaging/api/message-resource and /docs/voice/api/call-resource
 */
export function twilioRest(exchange: Exchange): Hono {
  const rest = new Hono().basePath('/2010-04-01/Accounts/:account')
  rest.onError((error, c) => {
    if (!(error instanceof RestRefusal)) throw error
    return refuse(c, error)
  })
  rest.use(async (c, next) => {
    admit(exchange, c.req.header('authorization') ?? '', c.req.param('account') ?? '')
    await next()
  })
  rest.post('/Messages.json', async (c) => c.json(sendText(exchange, await form(c)), 201))
  rest.get('/Messages.json', (c) => c.json(listTexts(exchange, queryOf(c))))
  rest.get('/Messages/:file', (c) => c.json(textResource(exchange, sidOf(c.req.param('file')))))
  rest.delete('/Messages/:file', (c) => {
    deleteText(exchange, sidOf(c.req.param('file')))
    return c.body(null, 204)
  })
  rest.post('/Calls.json', async (c) => c.json(makeCall(exchange, await form(c)), 201))
  rest.get('/Calls.json', (c) => c.json(listCalls(exchange, new URL(c.req.url).searchParams)))
  rest.get('/Calls/:file', (c) => c.json(callResource(exchange, sidOf(c.req.param('file')))))
  rest.post('/Calls/:file', async (c) =>
    c.json(updateCall(exchange, sidOf(c.req.param('file')), await form(c)))
  )
  rest.route('/Conferences', conferences(exchange))
  rest.get('/Conferences.json', (c) => c.json(listConferences(exchange, queryOf(c))))
  rest.all('*', () => {
    throw new RestRefusal(404, 20404, 'The requested resource was not found')
  })
  return rest
}

function conferences(exchange: Exchange): Hono {
  const at = '/:sid/Participants/:file'
  return new Hono()
    .get('/:sid/Participants.json', (c) =>
      c.json(listParticipants(exchange, c.req.param('sid'), queryOf(c)))
    )
    .get(at, (c) => c.json(participantResource(exchange, ...participantAt(c))))
    .post(at, async (c) => c.json(updateParticipant(exchange, ...participantAt(c), await form(c))))
    .delete(at, (c) => {
      removeParticipant(exchange, ...participantAt(c))
      return c.body(null, 204)
    })
    .get('/:file', (c) => c.json(conferenceResource(exchange, sidOf(c.req.param('file')))))
    .post('/:file', async (c) =>
      c.json(updateConference(exchange, sidOf(c.req.param('file')), await form(c)))
    )
}

const participantAt = (c: Context): [string, string] => [
  c.req.param('sid') ?? '',
  sidOf(c.req.param('file') ?? ''),
]
const queryOf = (c: Context) => new URL(c.req.url).searchParams

async function form(c: Context): Promise<URLSearchParams> {
  return new URLSearchParams(await c.req.text())
}

function sidOf(file: string): string {
  return file.replace(/\.json$/, '')
}

function admit(exchange: Exchange, header: string, account: string): void {
  const { accountSid, authToken, apiKey, apiSecret } = exchange.keys.twilio
  const given = Buffer.from(header.replace(/^Basic /i, ''), 'base64').toString()
  const allowed = [`${accountSid}:${authToken}`, `${apiKey}:${apiSecret}`]
  if (!allowed.some((pair) => same(pair, given))) throw new RestRefusal(401, 20003, 'Authenticate')
  if (account !== accountSid)
    throw new RestRefusal(404, 20404, `The requested resource /Accounts/${account} was not found`)
}

function same(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

function refuse(c: Context, { code, message, status }: RestRefusal): Response {
  const more_info = `https://www.twilio.com/docs/errors/${code}`
  return c.json({ code, message, more_info, status }, status)
}
