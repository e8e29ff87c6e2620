import { type Exchange, inBackground, parties, ringApp } from './exchange.ts'
import { type CallStatus, ended, type Line, seconds } from './line.ts'

/** What each event of a call is called in the callback's CallStatus. */
const STATUS = { initiated: 'initiated', ringing: 'ringing', answered: 'in-progress' } as const

/** The fields of every request about one line. */
export function lineFields(exchange: Exchange, line: Line): Record<string, string> {
  const shared = parties(exchange, line.from, line.to)
  const also = Object.entries(shared).flatMap(([name, value]) => {
    if (/^From/.test(name)) return [[name.replace('From', 'Caller'), value]]
    return /^To/.test(name) ? [[name.replace('To', 'Called'), value]] : []
  })
  return {
    ...shared,
    ...Object.fromEntries(also),
    CallSid: line.sid,
    CallStatus: line.status,
    Direction: line.direction,
    ...(line.parent && { ParentCallSid: line.parent.sid }),
  }
}

/** Tells the app what became of a leg it asked to hear about. Not waited for, as with Twilio. */
export function tell(
  exchange: Exchange,
  line: Line,
  event: 'initiated' | 'ringing' | 'answered' | 'completed'
): void {
  const { callback } = line
  if (!callback?.events.has(event)) return
  const fields = progress(exchange, line, callback.told++)
  const CallStatus = event === 'completed' ? line.status : STATUS[event]
  inBackground(exchange, () =>
    ringApp(exchange, callback.url, callback.method, { ...fields, CallStatus })
  )
}

/** Ends a line and tells the app, in the order Twilio does: the leg's own callback or the number's. */
export function endLine(exchange: Exchange, line: Line, status: CallStatus): void {
  if (ended(line)) return
  line.status = status
  line.endedAt = exchange.controls.clock.now()
  line.wait = null
  line.todo = []
  tell(exchange, line, 'completed')
  if (line.direction !== 'inbound') return
  const url = `${exchange.origin()}/twilio/status`
  const fields = progress(exchange, line, 0)
  inBackground(exchange, () => ringApp(exchange, url, 'POST', fields))
}

function progress(exchange: Exchange, line: Line, sequence: number): Record<string, string> {
  const duration = seconds(line.answeredAt, line.endedAt)
  return {
    ...lineFields(exchange, line),
    Timestamp: new Date(exchange.controls.clock.now()).toUTCString(),
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(sequence),
    ...(ended(line) && {
      CallDuration: duration,
      Duration: String(Math.ceil(Number(duration) / 60)),
    }),
  }
}
