import { MOST_TYPED, NOT_DONE } from '../channels/teams-staff.ts'
import type { StaffAct } from '../handoff/acts.ts'
import { staffOf } from '../places/roster.ts'
import { serviceName } from '../places/shape.ts'
import type { Clock, Contact, LogEntry } from '../record/contact.ts'
import { isUnasked } from '../record/unasked.ts'
import { liveCallback } from '../turn/call-back.ts'
import { takeHandoff } from '../turn/handed.ts'
import { liveHandoff } from '../turn/handing.ts'
import { isAnothers } from '../turn/owed.ts'
import { clockTimers } from '../turn/settle.ts'
import { segments } from '../words/text.ts'
import { no, ok } from './answers.ts'
import type { DoingOn } from './doing.ts'
import { nextStep } from './next-step.ts'
import { writeDown } from './note.ts'
import { mayOwn } from './owners.ts'
import { saying } from './saying.ts'
import { REFUSED, SAID } from './words.ts'

type Of<K extends StaffAct['do']> = DoingOn<Extract<StaffAct, { do: K }>>

/** What staff write: to the person, and about them. */
export const writing = {
  async say(doing: Of<'say'>) {
    const { contact, staff, act } = doing
    const live = liveHandoff(contact)
    if (live?.context.by?.staff !== staff.id) return no(REFUSED['not-yours'])
    if (live.value !== 'connected') return no(REFUSED['not-yet'])
    if (live.context.channel === 'voice') return no(SAID.speaks)
    if (act.text.trim() === '') return no(SAID.noWords)
    if ([...act.text].length > MOST_TYPED) return no(NOT_DONE.tooLong(MOST_TYPED))
    await writeDown(doing, {
      ...(act.once !== undefined && { same: `said:${act.once}:${contact.id}` }),
      kind: 'said-by-staff',
      detail: { by: staff.id },
      said: act.text,
      outbox: (next, now) => saying(doing, next, now, act.text),
    })
    const { channel } = contact.conversation ?? contact
    return ok(channel === 'sms' ? SAID.sentAs(segments(act.text)) : SAID.sent)
  },
  async 'hand-back'({ parts, contact, staff, act }: Of<'hand-back'>) {
    const heard = { type: 'HAND_BACK', by: staff.id, what: act.what } as const
    const handed = await takeHandoff(parts, contact.id, heard)
    if (!handed || handed.said === 'over') return no(SAID.over)
    const refused = handed.told.find(({ to }) => to === staff.id)
    return refused ? no(REFUSED[refused.what]) : ok(SAID.done)
  },
  async 'near-miss'(doing: Of<'near-miss'>) {
    const { staff, act } = doing
    await writeDown(doing, { kind: 'near-miss', detail: { by: staff.id, note: act.note } })
    return ok(SAID.closed)
  },
  async 'wrap-up'(doing: Of<'wrap-up'>) {
    const { parts, contact, staff, place, act } = doing
    const live = liveHandoff(contact)
    const { by, was } = live?.context ?? {}
    if (live && by?.staff !== staff.id && was?.staff !== staff.id) return no(SAID.notYours)
    // Written down, a promise counts as kept: nobody has kept it on the way to a call, or in the middle of one.
    if (live && live.value !== 'wrapping' && was?.staff !== staff.id) return no(SAID.leaveFirst)
    const timeline = await parts.store.timeline(contact.id)
    if (act.outcome === 'helped' && isUncheckedText(doing, timeline)) return no(SAID.askDanger)
    const theirs =
      contact.helpedBy === staff.id || contact.clocks.some((one) => one.owner === staff.id)
    if (!live && !theirs) return no(SAID.notYours)
    const { do: _, contact: __, ...written } = act
    const owner = act.owner
    const known =
      owner === undefined ||
      staffOf(place, owner) !== undefined ||
      place.services[owner] !== undefined
    if (!known || (act.nextStep !== '' && owner === undefined)) return no(SAID.noOwner)
    if (owner !== undefined && !(await mayOwn(doing.desk, place, owner))) return no(SAID.notAtWork)
    if (act.by !== undefined && Date.parse(act.by) < Date.parse(parts.now())) return no(SAID.past)
    const next = nextStep(doing, act)
    if (next === 'full') return no(SAID.hourFull)
    const team =
      owner !== undefined && place.services[owner] ? serviceName(place, owner) : undefined
    const since = promisedSince(timeline)
    await writeDown(doing, {
      kind: 'wrapped-up',
      detail: { by: staff.id, ...written, ...(team !== undefined && { team }) },
      change: (now) => settled(now, doing, next && saidIn(now, act, next), since),
      timers: clockTimers,
    })
    if (live) await takeHandoff(parts, contact.id, { type: 'WRAPPED', by: staff.id })
    const sooner = next && act.by !== undefined && Date.parse(next.due) < Date.parse(act.by)
    return ok(sooner ? SAID.closedSooner(hourAt(next.due, place.timeZone)) : SAID.closed)
  },
}

/** What comes next is as they wrote it, in the line of the log that is about to be written. */
const saidIn = ({ entries }: Contact, { nextStep }: Of<'wrap-up'>['act'], next: Clock): Clock =>
  nextStep === '' ? next : { ...next, line: entries + 1 }

/** What a person has seen to is met; what comes next has an owner and a time. */
function settled(
  contact: Contact,
  { act, staff, place }: Of<'wrap-up'>,
  next: Clock | null,
  since: ReadonlySet<string>
): Contact {
  // Nobody was spoken with: the call that was promised is still owed, and its next try stands.
  const owed = act.outcome === 'no-answer' && liveCallback(contact) !== undefined
  // They wait for somebody else: what they were promised stands until that one has come.
  const waits = (liveHandoff(contact)?.value ?? 'wrapping') !== 'wrapping'
  const isSeen = (clock: Clock) =>
    clock.state === 'running' &&
    clock.name !== 'standard' &&
    !owed &&
    !waits &&
    !since.has(clock.code) &&
    !isAnothers(place, clock) &&
    // What somebody else is to do next is not done because the person was spoken with.
    (clock.code !== 'NEXT' || clock.owner === staff.id)
  const seen = contact.clocks.map(
    (clock): Clock => (isSeen(clock) ? { ...clock, state: 'met' } : clock)
  )
  const clocks = [...seen, ...(next ? [next] : [])]
  const open = clocks.some(({ state }) => state === 'running')
  return { ...contact, helpedBy: staff.id, clocks, status: open ? 'promised' : 'closed' }
}

/** They wrote words of danger, and nobody asked about them: unless somebody else is on the way, who does. */
function isUncheckedText({ contact }: DoingOn, timeline: readonly LogEntry[]): boolean {
  const { value, context } = liveHandoff(contact) ?? {}
  const spoken = (context?.channel ?? contact.channel) === 'voice'
  return !spoken && (value ?? 'wrapping') === 'wrapping' && isUnasked(timeline)
}

/** Codes of what was promised after the conversation was given back to the questions: nobody has seen to that yet. */
function promisedSince(timeline: readonly LogEntry[]): ReadonlySet<string> {
  const back = timeline.findLast(({ kind }) => kind === 'handed-back' || kind === 'connected')
  if (back?.kind !== 'handed-back') return new Set()
  const after = timeline.filter(({ seq }) => seq > back.seq)
  return new Set(
    after.flatMap(({ kind, detail }) =>
      kind === 'outcome' ? String(detail?.code) : kind === 'promise' ? 'PERSON' : []
    )
  )
}

const hourAt = (iso: string, timeZone: string) =>
  new Date(iso).toLocaleString('en-GB', {
    ...{ timeZone, weekday: 'long', hour: '2-digit', minute: '2-digit' },
  })
