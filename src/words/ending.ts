import { levelOf, OUTCOMES } from '../flows/outcomes.ts'
import { isNotAgreed, type Manner, say, spokenCodes } from './told.ts'

/** Lines for codes after the first: two at most, for nobody takes in more. */
const MORE_LINES = 2

/**
 * What is said of everything recorded: the ending of the most urgent code, a line for each of the next two, then
 * what to do if it gets worse. After 999 words nothing else is said.
 */
export function endingWords(manner: Manner, reason?: string): string {
  const { told, language } = manner
  const { common } = language
  const notAgreed = isNotAgreed(told)
  const ending = common.endings[notAgreed ? 'not-agreed' : (spokenCodes(told)[0] ?? 'none')]
  const about = notAgreed ? ({ code: 'CALL' } as const) : {}
  const parts = [say(ending.say, manner, reason ? { ...about, blanks: { reason } } : about)]
  if (levelOf(told.codes) !== 'emergency' && !notAgreed) parts.push(...lines(manner))
  if (ending['safety-net']) parts.push(say(common['safety-net'], manner, about))
  return parts.filter((words) => words !== '').join(' ')
}

function lines(manner: Manner): string[] {
  const [first, ...others] = spokenCodes(manner.told)
  // An ending that tells the caller to act at once has named the call back itself.
  const told = first && OUTCOMES[first].ringBack === 'now' ? ['CALL', 'HOLD'] : []
  return others
    .filter((code) => !told.includes(code))
    .map((code) => say(manner.language.common.lines[code] ?? [], manner, { code }))
    .filter((line) => line !== '')
    .slice(0, MORE_LINES)
}
