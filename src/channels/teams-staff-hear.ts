import * as z from 'zod'
import type { Log } from '../observe.ts'
import type { StaffCard } from '../words/staff-card-parts.ts'
import { changeOf, heardIn, type Sender, type TeamsActivity } from './teams-activity.ts'
import type { TeamsMessage } from './teams-send.ts'
import {
  actOf,
  isStaffData,
  NOT_DONE,
  type StaffAnswer,
  type StaffDid,
  type StaffPort,
  typedOf,
  whereOf,
} from './teams-staff.ts'

const CARD = 'application/vnd.microsoft.card.adaptive'
const MESSAGE = 'application/vnd.microsoft.activity.message'
/** Teams gives up on an invoke soon after ten seconds, and says nothing that helps. */
const PATIENCE = 8_000
/** Doings whose answers are remembered. */
const REMEMBERED = 10_000

/** What Teams reads in the answer to a pressed Action.Execute: another card, or a line of words. */
export interface InvokeAnswer {
  statusCode: 200
  type: typeof CARD | typeof MESSAGE
  value: unknown
}

const invoke = z.object({ action: z.looseObject({ data: z.unknown() }) })

/** The data of a pressed Action.Execute. */
export const executed = (activity: TeamsActivity): { data: unknown } | null => {
  if (activity.type !== 'invoke' || activity.name !== 'adaptiveCard/action') return null
  const read = invoke.safeParse(activity.value).data
  return { data: read?.action.data ?? null }
}

/** Words in answer to a pressed button. */
export const invokeWords = (words: string): InvokeAnswer => ({
  statusCode: 200,
  type: MESSAGE,
  value: words,
})

/** A card for staff as a message; with the id of an earlier message it takes that one's place. */
export const cardMessage = ({ card, text }: StaffCard, id?: string): TeamsMessage => ({
  type: 'message',
  ...(id && { id }),
  locale: 'en',
  summary: text,
  attachments: [{ contentType: CARD, content: { ...card } }],
})

export const plainMessage = (text: string): TeamsMessage => ({
  type: 'message',
  text,
  textFormat: 'plain',
})

/** Someone of a place's roster. */
export interface Known {
  place: string
  staff: string
}

/** Hears one of the staff, and answers in the way they asked: an invoke by its answer, a message by messages. */
export function staffHearing(parts: {
  staffDid: StaffPort
  deliver: (sender: Sender, messages: readonly TeamsMessage[]) => Promise<void>
  log: Log
}) {
  const { deliver, log } = parts
  const once = answeredOnce(parts.staffDid, log)
  return async function hear(
    activity: TeamsActivity,
    sender: Sender,
    known: Known
  ): Promise<InvokeAnswer | null> {
    const did = didOf(activity, sender, known)
    const doing: Promise<StaffAnswer> =
      'words' in did ? Promise.resolve(did) : once(known, did, sender)
    const { card, words } = await (executed(activity) ? inTime(doing) : doing)
    if (!executed(activity)) {
      const changed = 'kind' in did && did.kind === 'act' ? (did.message ?? undefined) : undefined
      await deliver(sender, [
        ...(card ? [cardMessage(card, changed)] : []),
        ...(words ? [plainMessage(words)] : []),
      ])
      return null
    }
    if (!card) return invokeWords(words ?? 'Done.')
    if (words) await deliver(sender, [plainMessage(words)])
    return { statusCode: 200, type: CARD, value: card.card }
  }
}

/** The answer, or words that say it will come: what was asked for goes on. */
async function inTime(doing: Promise<StaffAnswer>): Promise<StaffAnswer> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<StaffAnswer>((resolve) => {
    timer = setTimeout(() => resolve({ words: NOT_DONE.slow }), PATIENCE)
  })
  return Promise.race([doing, late]).finally(() => clearTimeout(timer))
}

/** What they did, or the words that say why nothing was done. */
function didOf(
  activity: TeamsActivity,
  sender: Sender,
  { staff }: Known
): StaffDid | { words: string } {
  const pressed = executed(activity)
  const data = pressed ? pressed.data : (activity.value ?? null)
  if (isStaffData(data)) {
    const read = actOf(data, staff)
    return 'words' in read ? read : { kind: 'act', ...read, message: activity.replyToId || null }
  }
  if (data !== null || pressed) return { words: NOT_DONE.notOurs }
  if (heardIn(activity)?.kind === 'begin') return { kind: 'began' }
  const how = changeOf(activity)
  return how ? { kind: 'changed', how, ...whereOf(sender) } : typedOf(activity, sender)
}

/**
 * One answer to one doing, also when Teams sends it again. It is remembered in this process only; the port is given the
 * webhook, for what must hold longer. A failure of ours is said, and forgotten, so that pressing again helps.
 */
function answeredOnce(staffDid: StaffPort, log: Log) {
  const answers = new Map<string, Promise<StaffAnswer>>()
  return function once({ place, staff }: Known, did: StaffDid, sender: Sender) {
    const { webhook } = sender
    const before = answers.get(webhook)
    if (before) return before
    const now = staffDid({ place, staff, surface: 'teams' }, did, sender).catch(() => {
      answers.delete(webhook)
      log.error(
        { part: 'teams', code: 'unknown' },
        'What a member of staff did was not carried out'
      )
      return { words: NOT_DONE.failed }
    })
    answers.set(webhook, now)
    const oldest = answers.size > REMEMBERED ? answers.keys().next().value : undefined
    if (oldest !== undefined) answers.delete(oldest)
    return now
  }
}
