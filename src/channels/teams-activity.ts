import { createHash } from 'node:crypto'
import * as z from 'zod'
import { DoorError } from '../errors.ts'
import type { Arrived } from './inbound.ts'
import { wordsOf } from './teams-words.ts'

// Half a character is in no address: such an id could be neither kept nor answered.
const id = z
  .string()
  .max(1024)
  .refine((text) => text.isWellFormed(), 'is no whole text')
const account = z.object({
  id,
  aadObjectId: id.nullish(),
  name: z.string().nullish(),
  role: z.string().nullish(),
})

/** What we read of an activity. Names follow the Bot Framework; anything else in it is dropped. */
export const activityShape = z.object({
  type: z.string().min(1).max(100),
  /** What an invoke asks for. */
  name: z.string().max(200).nullish(),
  /** The message whose card was pressed. */
  replyToId: id.nullish(),
  id: id.nullish(),
  channelId: z.string().nullish(),
  serviceUrl: z.string().max(2048).nullish(),
  conversation: z
    .object({ id, tenantId: id.nullish(), conversationType: z.string().nullish() })
    .nullish(),
  from: account.nullish(),
  recipient: account.nullish(),
  /** When Teams took it, ISO 8601. */
  timestamp: z.string().max(100).nullish(),
  text: z.string().nullish(),
  value: z.unknown().optional(),
  entities: z.array(z.unknown()).nullish(),
  attachments: z.array(z.looseObject({ contentType: z.string().nullish() })).nullish(),
  membersAdded: z.array(account).nullish(),
  membersRemoved: z.array(account).nullish(),
  /** Of an installationUpdate: add or remove. */
  action: z.string().max(100).nullish(),
  channelData: z
    .looseObject({
      tenant: z.looseObject({ id }).nullish(),
      eventType: z.string().max(100).nullish(),
    })
    .nullish(),
})
export type TeamsActivity = z.infer<typeof activityShape>

/** Where to write to someone in Teams. Plain JSON, to be kept; the newest of a conversation is the one to use. */
export interface TeamsReference {
  serviceUrl: string
  tenant: string
  /** A chat, or a channel. Without one a chat is begun with `person`. */
  conversation?: string
  /** A Teams id or a Microsoft Entra object id. */
  person?: string
  /** The message that is answered. */
  replyTo?: string
}

/** Who sent an activity, and from where. */
export interface Sender {
  webhook: string
  tenant: string
  /** The Microsoft Entra object id, else the Teams id: what `Inbound.from` holds. */
  from: string
  aadObjectId: string | null
  conversation: string
  /** Others read along: a channel or a group chat. */
  shared: boolean
  /** When Teams took it, ISO 8601 UTC; null where it does not say. What comes late was written earlier. */
  sentAt: string | null
  reference: TeamsReference
}

const submit = z.object({
  choice: z.string().min(1).max(200),
  turn: z.number().int().nonnegative(),
})

/** The activity in a body. Throws DoorError 'bad-input' for anything else. */
export function readActivity(body: string): TeamsActivity {
  const read = activityShape.safeParse(parsed(body))
  if (!read.success) throw new DoorError('bad-input', 'Not an activity', false)
  return read.data
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

/** Who sent this and where the answer goes. Throws DoorError 'bad-input' when the activity does not say. */
export function senderOf(activity: TeamsActivity, body: string): Sender {
  const { conversation, serviceUrl, id } = activity
  const from = person(activity)
  if (!conversation?.id || !from?.id || !serviceUrl)
    throw new DoorError('bad-input', 'An activity from no one', false)
  const tenant = tenantOf(activity)
  return {
    // An activity without an id is the same as another of the same bytes.
    webhook: `${conversation.id}:${ownId(activity) || createHash('sha256').update(body).digest('hex')}`,
    tenant,
    from: from.aadObjectId || from.id,
    aadObjectId: from.aadObjectId || null,
    conversation: conversation.id,
    shared: (conversation.conversationType ?? 'personal') !== 'personal',
    sentAt: momentOf(activity.timestamp),
    reference: {
      serviceUrl,
      tenant,
      conversation: conversation.id,
      person: from.id,
      ...(id && activity.type === 'message' && { replyTo: id }),
    },
  }
}

/** The organisation that it comes from; empty where it does not say. */
export const tenantOf = ({ conversation, channelData }: TeamsActivity): string =>
  conversation?.tenantId ?? channelData?.tenant?.id ?? ''

// An edit or a delete has the id of the message that it changes.
const ownId = ({ id, type }: TeamsActivity) => (CHANGES.has(type) ? null : id)
const CHANGES: ReadonlySet<string> = new Set(['messageUpdate', 'messageDelete'])

function momentOf(timestamp: string | null | undefined): string | null {
  const at = Date.parse(timestamp ?? '')
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** What became of a message that somebody wrote before: Teams tells of it, whether or not anything was made of it. */
export function changeOf({ type, channelData }: TeamsActivity): 'edited' | 'deleted' | null {
  if (type === 'messageDelete') return 'deleted'
  return type === 'messageUpdate' && channelData?.eventType !== 'undeleteMessage' ? 'edited' : null
}

/** The bot was taken out of a team: none of its channels takes its messages any more, or tells it what is written. */
export function isRemoval({ type, action, membersRemoved, recipient }: TeamsActivity): boolean {
  if (type === 'installationUpdate') return action === 'remove'
  const removed = membersRemoved ?? []
  return type === 'conversationUpdate' && removed.some((one) => one.id === recipient?.id)
}

/** The person, who is not always the sender: Teams may say in the bot's own name that someone was added. */
function person({ from, recipient, membersAdded }: TeamsActivity) {
  const bot = recipient?.id
  return [from, ...(membersAdded ?? [])].find((one) => one?.id && one.id !== bot) ?? null
}

/** What a person did, in our words; null for what needs no answer, such as a "like" or an edit. */
export function heardIn(activity: TeamsActivity): Arrived | null {
  if (activity.from?.role === 'bot') return null
  if (activity.type === 'conversationUpdate') return begins(activity) ? { kind: 'begin' } : null
  if (activity.type !== 'message') return null
  const pressed = submit.safeParse(activity.value).data
  if (pressed)
    return {
      kind: 'answer',
      turn: pressed.turn,
      raw: { kind: 'choice', value: pressed.choice },
    }
  return { kind: 'answer', raw: { kind: 'words', text: wordsOf(activity) } }
}

/** In a chat Teams may name only the bot as added: that is how a person's first opening of it looks. */
function begins({ membersAdded, recipient, conversation }: TeamsActivity): boolean {
  const added = membersAdded ?? []
  const type = conversation?.conversationType
  if (type) return type === 'personal' && added.length > 0
  return added.some((one) => one.id !== recipient?.id)
}
