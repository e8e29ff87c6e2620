import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fallbackTwiml } from '../channels/fallback.ts'
import type { Content } from '../content.ts'
import type { Place } from '../places/shape.ts'
import { sayOf } from '../turn/says.ts'
import { misused, optionsIn } from './options.ts'
import { contentNow } from './signatures.ts'

const FOLDER = join('dist', 'fallback')
/** Twilio takes no larger document. */
const MOST_BYTES = 64 * 1024

/** `flows fallback`: writes, for each place, what a call hears when the service is down. */
export function writeFallback(words: readonly string[]): number {
  const { values } = optionsIn(words, ['to'])
  const folder = values.to ?? FOLDER
  const content = contentNow()
  mkdirSync(folder, { recursive: true })
  for (const { place } of content.places.values()) {
    const numbers = coverNumbers(place)
    const xml = fallbackOf(content, place, numbers)
    const bytes = Buffer.byteLength(xml)
    if (bytes >= MOST_BYTES) throw misused([`${place.place}: ${bytes} bytes; Twilio takes 64 kB`])
    const file = join(folder, `${place.place}.xml`)
    writeFileSync(file, `${xml}\n`)
    console.log(`${file}: ${bytes} bytes, rings ${numbers.join(', ') || 'nobody'}`)
  }
  console.log("Keep each at Twilio (a TwiML Bin) as the fallback address of its place's numbers.")
  return 0
}

/** Everyone who ever covers, once, in the order of the file: a document does not know the hour. */
export const coverNumbers = ({ cover }: Place): string[] => [
  ...new Set(cover.flatMap((line) => (line.none ? [] : [line.number, line.second]))),
]

function fallbackOf(content: Content, place: Place, numbers: readonly string[]): string {
  const inEach = (name: 'broken' | 'next-number') =>
    place.languages.map((lang) => ({ lang, words: sayOf({ content, lang }, name, 'voice') }))
  return fallbackTwiml({ words: inEach('broken'), between: inEach('next-number'), numbers })
}
