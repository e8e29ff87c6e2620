import { createHash } from 'node:crypto'
import * as z from 'zod'
import { DoorError } from '../errors.ts'
import type { Arrived } from './inbound.ts'

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
  text: z.string().nullish(),
  value: z.unknown().optional(),
  entities: z.array(z.unknown()).nullish(),
  attachments: z.array(z.looseObject({ contentType: z.string().nullish() })).nullish(),
  membersAdded: z.array(account).nullish(),
  channelData: z.looseObject({ tenant: z.looseObject({ id }).nullish() }).nullish(),
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
  reference: TeamsReference
}

const submit = z.object({
  choice: z.string().min(1).max(200),
  turn: z.number().int().nonnegative(),
})
const mention = z.object({
  type: z.literal('mention'),
  text: z.string().min(1),
  mentioned: z.object({ id: z.string() }),
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
  const tenant = conversation.tenantId ?? activity.channelData?.tenant?.id ?? ''
  return {
    // An activity without an id is the same as another of the same bytes.
    webhook: `${conversation.id}:${id || createHash('sha256').update(body).digest('hex')}`,
    tenant,
    from: from.aadObjectId || from.id,
    aadObjectId: from.aadObjectId || null,
    conversation: conversation.id,
    shared: (conversation.conversationType ?? 'personal') !== 'personal',
    reference: {
      serviceUrl,
      tenant,
      conversation: conversation.id,
      person: from.id,
      ...(id && activity.type === 'message' && { replyTo: id }),
    },
  }
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

// Only tags that Teams writes: "chest pain <3 hours>" is what someone typed, and may be what matters.
const TAGS =
  /<\/?(?:at|a|attachment|b|blockquote|br|code|codeblock|div|em|emoji|h[1-6]|hr|i|img|li|ol|p|pre|s|span|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul)(?:\s[^<>]*)?\/?>/gi
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  nbsp: ' ',
}

/** Whether the bot was spoken to by name: where others read along, nothing else is meant for it. */
export const isNamed = (activity: TeamsActivity): boolean => mentions(activity).length > 0

/** How the bot is named in a message, as it stands in its text. */
function mentions({ entities, recipient }: Pick<TeamsActivity, 'entities' | 'recipient'>) {
  return (entities ?? []).flatMap((entity) => {
    const named = mention.safeParse(entity).data
    return named && named.mentioned.id === recipient?.id ? [named.text] : []
  })
}

/** The words someone typed: without the bot's own name, and without the tags Teams puts round them. */
export function wordsOf({ text, entities, recipient, attachments }: TeamsActivity): string {
  let words = text ?? ''
  for (const named of mentions({ entities, recipient })) words = words.replaceAll(named, ' ')
  const plain = words
    .replace(TAGS, ' ')
    .replace(/&(amp|lt|gt|quot|apos|#39|nbsp);/g, (whole, name) => ENTITIES[name] ?? whole)
    .replace(/[^\S\n]+/g, ' ')
    .trim()
  const picture = attachments?.some(({ contentType }) => contentType !== 'text/html')
  return plain === '' && picture ? '(picture)' : plain
}
