import { byUrgency, levelOf } from '../flows/outcomes.ts'
import { isNotAgreed, leadingCode, type Manner, say } from './told.ts'

/** Lines for codes after the first: two at most, for nobody takes in more. */
const MORE_LINES = 2

/**
 * What is said of everything recorded: the ending of the most urgent code, a line for each of the next two, then
 * what to do if it gets worse. After 999 words nothing else is said.
 */
export function endingWords(manner: Manner, reason?: string): string {
  const { told, language } = manner
  const { endings, lines } = language.common
  const code = leadingCode(told.codes)
  const notAgreed = isNotAgreed(told)
  const ending = endings[notAgreed ? 'not-agreed' : (code ?? 'none')]
  if (!ending) throw new Error(`${language.lang}: no ending for ${code}`)
  const about = notAgreed ? ({ code: 'CALL' } as const) : {}
  const parts = [say(ending.say, manner, reason ? { ...about, blanks: { reason } } : about)]
  if (levelOf(told.codes) !== 'emergency' && !notAgreed)
    parts.push(
      ...byUrgency(told.codes)
        .slice(1)
        .flatMap((other) => (lines[other] ? [say(lines[other], manner, { code: other })] : []))
        .filter((line) => line !== '')
        .slice(0, MORE_LINES)
    )
  if (ending['safety-net']) parts.push(say(language.common['safety-net'], manner, about))
  return parts.filter((words) => words !== '').join(' ')
}
