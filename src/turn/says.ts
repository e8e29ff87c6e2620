import type { Content } from '../content.ts'
import type { SayName } from '../words/common.ts'
import { languageOf } from '../words/language.ts'
import type { Medium } from '../words/phrase.ts'
import { say, type Told } from '../words/told.ts'

const NOBODY: Told = {
  now: '2026-01-01T00:00:00Z',
  zone: 'Europe/London',
  place: '',
  cover: 'no',
  codes: [],
  teams: {},
  due: {},
  closed: false,
  consent: null,
  ref: '',
  reachable: false,
  unsafe: false,
}

/** Words that belong to no question: help, safe words when we are broken, a check after 999. */
export function sayOf(
  { content, lang }: { content: Content; lang: string },
  name: SayName,
  medium: Medium,
  told: Told = NOBODY,
  form: 'self' | 'other' = 'self'
): string {
  const language = languageOf(content.words, lang)
  return say(language.common.says[name], { language, medium, form, told, asking: false })
}
