import * as z from 'zod'
import {
  AMBIGUOUS,
  type Answer,
  ask,
  type Later,
  later,
  refusal,
  removed,
  type Sent,
  type TwilioAccount,
} from './twilio-ask.ts'

export type { Later, Sent, TwilioAccount }

export interface Text {
  to: string
  from: string
  body: string
  statusCallback: string
}

/** One text as Twilio keeps it. */
export interface Copy {
  sid: string
  body: string
  /** inbound, outbound-api or outbound-reply. */
  direction: string
  status: string
  /** Milliseconds. */
  createdAt: number
  code?: string
  /** How many pictures and the like came with it. */
  media?: number
}

/** The part of Twilio's message resource that we use. Every call is bounded in time. */
export interface TwilioTexts {
  send: (text: Text) => Promise<Sent>
  /** Texts between two numbers, one way, created at or after an instant in milliseconds; newest first. */
  list: (way: { from: string; to: string }, since: number) => Promise<readonly Copy[] | Later>
  /** Deletes Twilio's copy, pictures first. `not-yet` while it is on its way: Twilio deletes only what is final. */
  remove: (copy: Pick<Copy, 'sid' | 'media'>) => Promise<'gone' | 'not-yet' | Later>
  removeRecording: (sid: string) => Promise<'gone' | Later>
}

/** Twilio's message resource over fetch. https://www.twilio.com/docs/messaging/api/message-resource */
export function twilioTexts(account: TwilioAccount): TwilioTexts {
  const messages = `/2010-04-01/Accounts/${account.accountSid}/Messages`
  return {
    async send({ to, from, body, statusCallback }) {
      const form = { To: to, From: from, Body: body, StatusCallback: statusCallback }
      const answer = await ask(account, 'POST', `${messages}.json`, form)
      const taken = sent.safeParse(answer.json)
      if (answer.ok) return taken.success ? { sid: taken.data.sid } : AMBIGUOUS
      return later(answer) ?? refusal(answer)
    },
    list: (way, since) => {
      if (way.from === '' || way.to === '')
        throw new Error('a list of everybody is never asked for')
      return list(account, `${messages}.json`, way, since)
    },
    async remove({ sid, media = 0 }) {
      const pictures = media > 0 ? await removeMedia(account, `${messages}/${sid}/Media`) : 'gone'
      if (pictures !== 'gone') return pictures
      return removed(await ask(account, 'DELETE', `${messages}/${sid}.json`)) ?? 'not-yet'
    },
    async removeRecording(sid) {
      const path = `/2010-04-01/Accounts/${account.accountSid}/Recordings/${sid}.json`
      return removed(await ask(account, 'DELETE', path)) ?? AMBIGUOUS
    },
  }
}

const PAGE = 100
/** More texts to one person in a few hours than anybody is sent. */
const MOST_PAGES = 20

const sent = z.object({ sid: z.string().regex(/^(SM|MM)[0-9a-f]{32}$/i) })
const listed = z.object({
  messages: z.array(
    z.object({
      sid: z.string(),
      body: z.string().nullable(),
      direction: z.string(),
      status: z.string(),
      date_created: z.string().nullable(),
      error_code: z.coerce.string().nullable().catch(null),
      num_media: z.coerce.number().catch(0),
    })
  ),
  next_page_uri: z.string().nullable().catch(null),
})
const attached = z.object({ media_list: z.array(z.object({ sid: z.string() })) })
/** Not by DateSent: what Twilio has taken and not yet sent has none, and that is what is looked for. */
async function list(
  account: TwilioAccount,
  path: string,
  { from, to }: { from: string; to: string },
  since: number
): Promise<readonly Copy[] | Later> {
  const found: Copy[] = []
  let page: string | null =
    `${path}?${new URLSearchParams({ To: to, From: from, PageSize: `${PAGE}` })}`
  for (let n = 0; page !== null && n < MOST_PAGES; n++) {
    const answer: Answer = await ask(account, 'GET', page)
    const { success, data } = listed.safeParse(answer.json)
    if (!answer.ok || !success) return later(answer) ?? AMBIGUOUS
    const copies = data.messages.map(copyOf)
    found.push(...copies.filter(({ createdAt }) => createdAt >= since))
    page = copies.some(({ createdAt }) => createdAt < since) ? null : data.next_page_uri
  }
  return found
}

type Listed = z.infer<typeof listed>['messages'][number]
const copyOf = ({
  sid,
  body,
  direction,
  status,
  date_created,
  error_code,
  num_media,
}: Listed): Copy => ({
  sid,
  body: body ?? '',
  direction,
  status,
  createdAt: Date.parse(date_created ?? '') || 0,
  media: num_media,
  ...(error_code !== null && error_code !== 'null' && { code: error_code }),
})

/** Deletes what came with a text. */
async function removeMedia(account: TwilioAccount, path: string): Promise<'gone' | Later> {
  const answer = await ask(account, 'GET', `${path}.json`)
  const { success, data } = attached.safeParse(answer.json)
  if (answer.status === 404) return 'gone'
  if (!answer.ok || !success) return later(answer) ?? AMBIGUOUS
  for (const { sid } of data.media_list) {
    const gone = removed(await ask(account, 'DELETE', `${path}/${sid}.json`)) ?? AMBIGUOUS
    if (gone !== 'gone') return gone
  }
  return 'gone'
}
