import type { Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Thought } from './think.ts'

/** Longest that is translated: what one text or Teams message may reasonably say. */
const MOST = 2_000
/** Words of English that few other languages write. */
const ENGLISH =
  /^(the|and|my|is|am|are|was|have|has|had|it|it's|i|i'm|to|of|in|on|for|with|not|but|can|can't|you|your|she|he|her|his|they|we|please|help|hello|thanks|what|who|when|need|been|this|that)$/

/**
 * What staff should be able to read in English too: words somebody wrote that were no answer, and are not plainly
 * English. Only these leave for a translator. A row of the outbox, so that no turn waits for it; `of` is the line of the
 * log that holds the words.
 */
export function toTranslate(contact: Contact, thought: Thought, of: number): OutboxRow[] {
  const { heard, inTheirWords, missed } = thought
  const unclear = heard?.type === 'UNCLEAR' ? heard.words : undefined
  const words = (unclear ?? inTheirWords ?? missed ?? '').slice(0, MOST)
  const channel = contact.conversation?.channel ?? contact.channel
  // What was recognised as English speech is not in another language, whatever was spoken.
  if (channel === 'voice' || !isFree(words) || seemsEnglish(words)) return []
  return [
    {
      id: `${contact.id}:${contact.turn}:9`,
      contact: contact.id,
      recipient: `translate:${contact.id}`,
      kind: 'translate',
      body: { text: words, of },
      due: contact.updatedAt,
      tries: 0,
      state: 'waiting',
    },
  ]
}

/** More than a key, a yes or a number. */
const isFree = (words: string) => (words.match(/\p{L}/gu) ?? []).length >= 4

/** A quarter of the words or more are common English ones. */
export function seemsEnglish(text: string): boolean {
  const words =
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}']+/gu) ?? []
  const known = words.filter((word) => ENGLISH.test(word)).length
  return known > 0 && known * 4 >= words.length
}
