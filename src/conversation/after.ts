import type { Vocabulary } from './listening.ts'
import { find, plain, type Tokens, tokens } from './phrases.ts'

/**
 * What a text means that comes soon after the end of a conversation: thanks, or the "yes" to "did you reach 999?";
 * a wish for a person, which is the "2" to that question; or a matter of its own, which is asked about danger anew.
 */
export function afterEnd(
  text: string,
  v: Vocabulary,
  checked: boolean
): 'thanks' | 'person' | 'new' {
  const said = tokens(text)
  if (plain(said).length === 0 || plain(takenOut(said, v.thanks)).length === 0) return 'thanks'
  if (!checked) return 'new'
  const answer = plain(said)
    .map((word) => v.digits[word] ?? word)
    .join(' ')
  if (answer === '1' || v.yes.includes(answer)) return 'thanks'
  return answer === '2' || v.no.includes(answer) ? 'person' : 'new'
}

/** What is left when these phrases are taken out wherever they stand, the longest first. */
function takenOut(said: Tokens, phrases: readonly string[]): Tokens {
  for (const phrase of [...phrases].sort((a, b) => b.length - a.length)) {
    const [at] = find(said, phrase)
    if (at) return takenOut([...said.slice(0, at.from), '|', ...said.slice(at.to)], phrases)
  }
  return said
}
