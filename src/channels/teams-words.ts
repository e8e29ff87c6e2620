import * as z from 'zod'

const mention = z.object({
  type: z.literal('mention'),
  text: z.string().min(1),
  mentioned: z.object({ id: z.string() }),
})
const quotedReply = z.object({
  type: z.literal('quotedReply'),
  quotedReply: z.looseObject({ messageId: z.string().min(1).max(200) }),
})

/** What of an activity says what was typed. */
interface Typed {
  text?: string | null | undefined
  entities?: readonly unknown[] | null | undefined
  recipient?: { id: string } | null | undefined
  attachments?:
    | readonly { contentType?: string | null | undefined; content?: unknown }[]
    | null
    | undefined
}
type Named = Pick<Typed, 'entities' | 'recipient'>

// Only tags that Teams writes: "chest pain <3 hours>" is what someone typed, and may be what matters.
const TAGS =
  /<\/?(?:at|a|attachment|b|blockquote|br|code|codeblock|div|em|emoji|h[1-6]|hr|i|img|li|ol|p|pre|quoted|s|span|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul)(?:\s[^<>]*)?\/?>/gi
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
export const isNamed = (activity: Typed): boolean => mentions(activity).length > 0

/** Whether somebody else is spoken to by name: a colleague, where others read along. */
export const namesOthers = ({ entities, recipient }: Named): boolean =>
  named({ entities }).some(({ mentioned }) => mentioned.id !== recipient?.id)

/** How the bot is named in a message, as it stands in its text. */
const mentions = ({ entities, recipient }: Named): string[] =>
  named({ entities }).flatMap(({ text, mentioned }) =>
    mentioned.id === recipient?.id ? [text] : []
  )

const named = ({ entities }: Pick<Typed, 'entities'>) =>
  (entities ?? []).flatMap((entity) => mention.safeParse(entity).data ?? [])

/** Whether anything but words was sent: a picture, a file, a card. */
export const carriesMore = ({ attachments }: Typed): boolean =>
  attachments?.some(({ contentType }) => contentType !== 'text/html') ?? false

/** The message that is quoted above what was typed; null where none is. */
export function quotedIn(activity: Typed): string | null {
  for (const entity of activity.entities ?? []) {
    const quote = quotedReply.safeParse(entity).data
    if (quote) return quote.quotedReply.messageId
  }
  const html = htmlOf(activity)
  const at = html.toLowerCase().indexOf(QUOTE)
  if (at < 0) return null
  return /\bitemid="(\d{1,20})"/.exec(html.slice(at, at + 500))?.[1] ?? null
}

/** What was typed as Teams formats it: beside the plain text, into which it puts what was quoted with no mark between. */
function htmlOf({ attachments }: Typed): string {
  const html = attachments?.find(({ contentType }) => contentType === 'text/html')?.content
  return typeof html === 'string' ? html : ''
}

const QUOTE = '<blockquote'
const QUOTE_END = '</blockquote>'

/** Words without what is quoted in them: it may be of somebody else. A quote that does not end hides all after it. */
function withoutQuotes(html: string): string {
  const low = html.toLowerCase()
  let kept = ''
  let from = 0
  let depth = 0
  while (from < html.length) {
    const begins = low.indexOf(QUOTE, from)
    const ends = depth > 0 ? low.indexOf(QUOTE_END, from) : -1
    if (ends >= 0 && (begins < 0 || ends < begins)) {
      depth -= 1
      from = ends + QUOTE_END.length
    } else if (begins >= 0) {
      if (depth === 0) kept += html.slice(from, begins)
      depth += 1
      from = begins + QUOTE.length
    } else {
      if (depth === 0) kept += html.slice(from)
      from = html.length
    }
  }
  return kept
}

/** The words someone typed: without the bot's own name, what they quote, and the tags Teams puts round them. */
export function wordsOf(activity: Typed): string {
  const { text, entities, recipient } = activity
  const html = htmlOf(activity)
  let words = html.toLowerCase().includes(QUOTE) ? withoutQuotes(html) : (text ?? '')
  // Formatted, a name stands between other tags than in the plain text.
  for (const named of mentions({ entities, recipient }))
    words = words.replaceAll(named, ' ').replaceAll(named.replace(TAGS, '').concat('</span>'), ' ')
  const plain = words
    .replace(TAGS, ' ')
    .replace(/&(amp|lt|gt|quot|apos|#39|nbsp);/g, (whole, name) => ENTITIES[name] ?? whole)
    .replace(/[^\S\n]+/g, ' ')
    .trim()
  return plain === '' && carriesMore(activity) ? '(picture)' : plain
}
