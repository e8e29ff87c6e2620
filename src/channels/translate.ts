import * as z from 'zod'
import { waitAsked } from './retry-after.ts'
import type { Later } from './twilio-rest.ts'

/** How Google Translate is reached. */
export interface TranslateAccount {
  key: string
  /** Without a path. */
  url: string
}

/** What became of one text: its English and the language it seems to be in, or why there is none. */
export type Translated = { english: string; from: string } | { refused: string } | Later

export type Translate = (text: string) => Promise<Translated>

export const TRANSLATE_URL = 'https://translation.googleapis.com'
/** For the whole answer. Nobody waits for it, and a hanging one must not hold its place. */
const TIMEOUT_MS = 3_000
const MOST_BYTES = 64 * 1024
const MOST_WORDS = 5_000

const answered = z.object({
  data: z.object({
    translations: z
      .array(
        z.object({
          translatedText: z.string(),
          detectedSourceLanguage: z.string().max(35).catch('').default(''),
        })
      )
      .min(1),
  }),
})

/**
 * Puts words into English by Translate's REST interface, version 2, bounded in time and size. Never rejects. What comes
 * back is somebody else's text: it holds no control characters and is cut to a length.
 * https://cloud.google.com/translate/docs/reference/rest/v2/translate
 */
export function translator({ key, url }: TranslateAccount): Translate {
  return async function translate(text) {
    const { status, body, wait } = await ask(
      `${url.replace(/\/$/, '')}/language/translate/v2`,
      key,
      {
        q: [text.toWellFormed()],
        target: 'en',
        format: 'text',
      }
    )
    const after = wait === null ? {} : { after: wait * 1000 }
    if (status === 401 || status === 403)
      return {
        retry: true,
        ours: `Translate refuses our key (${status}): see GOOGLE_TRANSLATE_KEY`,
      }
    if (status === 400 || status === 404 || status === 413)
      return { refused: `Translate ${status}` }
    const read = status === 200 ? answered.safeParse(body).data?.data.translations[0] : undefined
    const english = read && plain(read.translatedText)
    if (!read || !english) return { retry: true, ...after }
    return { english, from: read.detectedSourceLanguage.replace(/[^\w-]/g, '') }
  }
}

/** Words without control characters, lone halves of characters, and what changes the direction of the text around. */
const plain = (text: string) =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '')
    .slice(0, MOST_WORDS)
    .toWellFormed()
    .trim()

interface Answer {
  /** 0 where there was none that could be read. */
  status: number
  body: unknown
  /** Seconds. */
  wait: number | null
}

async function ask(url: string, key: string, asked: object): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      // In a header, so that the key stands in nobody's list of addresses.
      headers: { 'Content-Type': 'application/json', 'X-Goog-Api-Key': key },
      body: JSON.stringify(asked),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const { status, headers } = response
    const text = await textOf(response)
    return {
      status,
      body: status === 200 ? JSON.parse(text) : null,
      wait: waitAsked(headers.get('Retry-After')),
    }
  } catch {
    return { status: 0, body: null, wait: null }
  }
}

/** The body as far as it may be long; one that is longer is given up. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new Error('too long')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
