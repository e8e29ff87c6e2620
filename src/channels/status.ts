import { Hono } from 'hono'
import * as z from 'zod'
import type { Reply, TakeTurn } from './inbound.ts'
import { callSid, type FormEnv, messageSid, number } from './twilio-form.ts'

const called = z.object({
  CallSid: callSid,
  ParentCallSid: callSid.optional(),
  CallStatus: z.string().max(32),
  From: number,
  To: number,
})
const sent = z.object({
  MessageSid: messageSid,
  MessageStatus: z.string().max(32),
  ErrorCode: z.string().max(16).optional(),
})
const where = z.object({
  t: z.coerce.number().int().nonnegative().optional(),
  leg: z.coerce.number().int().min(1).max(9).optional(),
  o: z.string().max(120).optional(),
})

/** How a call that was ours may end. */
const OVER = ['completed', 'busy', 'no-answer', 'failed', 'canceled']

/** What became of calls and texts. `delivered` is told of a text's fate by its outbox id. */
export function status(
  takeTurn: TakeTurn,
  delivered: (fate: { outbox: string; sid: string; status: string; code?: string }) => Promise<void>
) {
  return new Hono<FormEnv>().post('/', async (c) => {
    let saved = true
    const noted = ({ broken }: Reply) => {
      saved = !broken
      return NOTHING
    }
    const { t, leg, o } = where.parse(c.req.query())
    const form = c.get('form')
    if ('MessageSid' in form) {
      const { MessageSid: sid, MessageStatus: status, ErrorCode: code } = sent.parse(form)
      if (o) await delivered({ outbox: o, sid, status, ...(code && { code }) })
      return c.body(null, 204)
    }
    const { CallSid, ParentCallSid, CallStatus, From, To } = called.parse(form)
    const turn = t === undefined ? {} : { turn: t }
    const base = { channel: 'voice' as const, from: From, to: To }
    if (leg !== undefined && CallStatus === 'in-progress' && ParentCallSid)
      await takeTurn(
        {
          ...base,
          webhook: `${CallSid}:answered`,
          conversation: ParentCallSid,
          heard: { kind: 'joined', by: 'cover', ...turn },
        },
        noted
      )
    else if (leg === undefined && OVER.includes(CallStatus))
      await takeTurn(
        { ...base, webhook: `${CallSid}:over`, conversation: CallSid, heard: { kind: 'gone' } },
        noted
      )
    // Twilio, told so, sends it again: a hang-up that is not known has nobody who looks.
    return c.body(null, saved ? 204 : 503)
  })
}

const NOTHING = { status: 204, type: '', body: '' }
