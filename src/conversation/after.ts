import type { Vocabulary } from './listening.ts'
import { isWhole, longest, plain, tokens } from './phrases.ts'

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
  if (plain(said).length === 0) return 'thanks'
  const thanks = longest(said, [['thanks', v.thanks]])
  const left = said.filter((_, i) => !thanks.some(({ from, to }) => from <= i && i < to))
  const asks = plain(left).filter((word) => !v.filler.includes(word))
  // "Thanks x" and a picture of it ask nothing; "hello" may.
  if (asks.length === 0 && (thanks.length > 0 || !left.some((word) => /\p{L}/u.test(word))))
    return 'thanks'
  if (!checked) return 'new'
  const key = asks.map((word) => v.digits[word] ?? word).join(' ')
  if (key === '1' || isWhole(asks, v.yes)) return 'thanks'
  return key === '2' || isWhole(asks, v.no) ? 'person' : 'new'
}
