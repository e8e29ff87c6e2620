import { Hono } from 'hono'
import * as z from 'zod'
import type { Inbound, Reply, TakeTurn } from './inbound.ts'
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
const recording = z.object({
  CallSid: callSid,
  RecordingSid: z.string().regex(/^RE[0-9a-f]{32}$/i),
})
const where = z.object({
  t: z.coerce.number().int().nonnegative().optional(),
  leg: z.coerce.number().int().min(1).max(9).optional(),
  o: z.string().max(120).optional(),
})

/** How a call that was ours may end. */
const OVER = ['completed', 'busy', 'no-answer', 'failed', 'canceled']

/** Who is told of a text's fate, by its outbox id, and of a recording that was made of a call. */
interface Told {
  delivered: (fate: { outbox: string; sid: string; status: string; code?: string }) => Promise<void>
  recorded: (call: string, recording: string) => Promise<void>
}

/** What became of calls and texts. */
export function status(takeTurn: TakeTurn, { delivered, recorded }: Told) {
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
    if ('RecordingSid' in form) {
      const made = recording.parse(form)
      await recorded(made.CallSid, made.RecordingSid)
      if (!('CallStatus' in form)) return c.body(null, 204)
    }
    const inbound = inboundOf(called.parse(form), t, leg)
    if (inbound) await takeTurn(inbound, noted)
    // Twilio, told so, sends it again: a hang-up that is not known has nobody who looks.
    return c.body(null, saved ? 204 : 503)
  })
}

/** What a call's word means to us: a leg that was answered, or a call that is over. */
function inboundOf(
  { CallSid, ParentCallSid, CallStatus, From, To }: z.infer<typeof called>,
  t: number | undefined,
  leg: number | undefined
): Inbound | null {
  const turn = t === undefined ? {} : { turn: t }
  const base = { channel: 'voice' as const, from: From, to: To }
  if (leg !== undefined && CallStatus === 'in-progress' && ParentCallSid)
    return {
      ...base,
      webhook: `${CallSid}:answered`,
      conversation: ParentCallSid,
      heard: { kind: 'joined', by: 'cover', ...turn },
    }
  if (leg !== undefined || !OVER.includes(CallStatus)) return null
  return { ...base, webhook: `${CallSid}:over`, conversation: CallSid, heard: { kind: 'gone' } }
}

const NOTHING = { status: 204, type: '', body: '' }
