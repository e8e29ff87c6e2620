import { everyStepHasWords } from '../flows/proof-words.ts'
import { auditWords, type Row } from '../words/audit.ts'
import { readAll, wordsGiven } from './given.ts'

/** `flows words`: every step with its seconds, texts and reading age, the worst of its forms; then whatever is wrong. */
export function listWords(): number {
  const read = readAll()
  const rows = auditWords(read.words, read.library)
  const steps = together(rows)
  console.log(line('step', 'language', 'seconds', 'texts', 'reading age'))
  for (const { name, lang, seconds, segments, readingAge, problems } of steps)
    console.log(
      line(name, lang, shown(seconds), shown(segments), shown(readingAge)) +
        (problems > 0 ? `  ✗ ${problems}` : '')
    )
  const gaps = everyStepHasWords(read.library, wordsGiven(read)).map(
    ({ step, words }) => `${step} ${words}`
  )
  const wrong = [...read.wordProblems, ...gaps, ...problemsOf(rows)]
  const languages = [...read.words.keys()].join(', ')
  console.log(`\n${steps.length} steps and screens in ${languages}`)
  for (const one of wrong) console.log(`✗ ${one}`)
  console.log(wrong.length === 0 ? 'No gaps, and everything fits.' : `${wrong.length} problem(s).`)
  return wrong.length === 0 ? 0 : 1
}

interface Summed {
  name: string
  lang: string
  seconds: number
  segments: number
  readingAge: number
  problems: number
}

/** The forms and channels of one thing said, as one line: the longest and hardest of each. */
function together(rows: readonly Row[]): Summed[] {
  const found = new Map<string, Summed>()
  for (const { flow, step, lang, seconds, segments, readingAge, problems } of rows) {
    const name = `${flow}/${step}`
    const known = found.get(`${lang} ${name}`)
    found.set(`${lang} ${name}`, {
      name,
      lang,
      seconds: Math.max(seconds, known?.seconds ?? 0),
      segments: Math.max(segments, known?.segments ?? 0),
      readingAge: Math.max(readingAge, known?.readingAge ?? 0),
      problems: problems.length + (known?.problems ?? 0),
    })
  }
  return [...found.values()]
}

const problemsOf = (rows: readonly Row[]) => [
  ...new Set(
    rows.flatMap(({ flow, step, lang, form, channel, problems }) =>
      problems.map((problem) => `${flow}/${step}, ${lang}, ${channel}, ${form}: ${problem}`)
    )
  ),
]

const shown = (count: number) => (count > 0 ? String(count) : '')
const line = (step: string, lang: string, seconds: string, texts: string, age: string) =>
  [step.padEnd(44), lang.padEnd(8), seconds.padStart(7), texts.padStart(5), age.padStart(11)].join(
    '  '
  )
