import { Hono } from 'hono'
import * as z from 'zod'
import type { HandoffHeard } from '../handoff/types.ts'
import type { LegsPort } from './legs.ts'
import { callSid, type FormEnv } from './twilio-form.ts'

const label = z.string().regex(/^(caller|(staff|team):[\w.@-]{1,80}|other:\d{1,3})$/)
const contact = z.string().regex(/^[\w-]{1,64}$/)
/** Whose line it is, in every address of a leg; `n`: how often the key was asked for. */
export const leg = z.object({ h: contact, leg: label, n: z.enum(['1', '2']).catch('1') })
export const ofContact = z.object({ h: contact })
export const called = z.object({ CallSid: callSid })
const progress = called.extend({
  CallStatus: z.string().max(32),
  SequenceNumber: z.coerce.number().int().nonnegative().catch(0),
})
const happened = z.object({
  ConferenceSid: z.string().regex(/^CF[0-9a-f]{32}$/i),
  FriendlyName: z.string().max(64),
  StatusCallbackEvent: z.string().max(64),
  SequenceNumber: z.coerce.number().int().nonnegative().catch(0),
  CallSid: callSid.optional(),
  ParticipantLabel: label.optional().catch(undefined),
  ReasonParticipantLeft: z.string().max(64).optional(),
  ParticipantCallStatus: z.string().max(32).optional(),
})

/** What Twilio tells of the lines of a handoff, and of the conference they meet in. */
export function legStatus(port: LegsPort) {
  return new Hono<FormEnv>()
    .post('/leg', async (c) => {
      const { h, leg: label } = leg.parse(c.req.query())
      const form = progress.parse(c.get('form'))
      const event = legEvent(label, form)
      const webhook = `${form.CallSid}:${form.CallStatus}:${form.SequenceNumber}`
      if (event) await port.heard(h, event, webhook)
      return c.body(null, 204)
    })
    .post('/conference', async (c) => {
      const { h } = ofContact.parse(c.req.query())
      await conferenceTold(port, h, happened.parse(c.get('form')))
      return c.body(null, 204)
    })
}

/** What became of a leg before or after it was in: 'answered' alone says nothing, for a voicemail answers too. */
function legEvent(
  label: string,
  { CallStatus, CallSid: call }: z.infer<typeof progress>
): HandoffHeard | null {
  switch (CallStatus) {
    case 'queued':
    case 'initiated':
    case 'ringing':
      return { type: 'LEG', label, is: 'ringing', call }
    case 'completed':
      return { type: 'LEG', label, is: 'left', call, why: CallStatus }
    case 'busy':
    case 'no-answer':
    case 'failed':
    case 'canceled':
      return { type: 'LEG', label, is: 'failed', call, why: CallStatus }
    default:
      return null
  }
}

const PARTICIPANT = {
  'participant-join': 'in',
  'participant-leave': 'left',
  'participant-hold': 'held',
  'participant-unhold': 'back',
} as const

async function conferenceTold(
  port: LegsPort,
  contact: string,
  told: z.infer<typeof happened>
): Promise<void> {
  const { StatusCallbackEvent: event, SequenceNumber, CallSid: call, ConferenceSid } = told
  // Told of another conference under this address: nothing that we made.
  if (told.FriendlyName !== contact) return
  // A call may be in two conferences of one contact, each counting from one.
  const webhook = `${call}:${event}:${ConferenceSid}:${SequenceNumber}`
  if (event === 'conference-end') return port.over(contact, `${ConferenceSid}:${event}`)
  const is = Object.hasOwn(PARTICIPANT, event) && PARTICIPANT[event as keyof typeof PARTICIPANT]
  if (!is || !told.ParticipantLabel || movedByUs(told)) return
  const { ParticipantLabel: label, ReasonParticipantLeft: why } = told
  const event_ = { type: 'LEG', label, is, ...(call && { call }), ...(why && { why }) } as const
  await port.heard(contact, event_, webhook)
}

/** We moved the caller, or ended the conference: their line goes on elsewhere. When they hang up, their call says so. */
function movedByUs({ ParticipantLabel, ParticipantCallStatus, ...told }: z.infer<typeof happened>) {
  const by = told.ReasonParticipantLeft ?? ''
  return ParticipantLabel === 'caller' && ParticipantCallStatus === 'in-progress' && BY_US.test(by)
}
const BY_US = /_via_api$|^moderator_ended/
