import { describe, expect, it } from 'vitest'
import type { Listening } from '../../src/conversation/listening.ts'
import { understandFirst } from '../../src/conversation/understand.ts'
import { phrasesHeard } from '../../src/words/listen.ts'
import { flat, words } from '../words/shipped.ts'
import { at, questions, says, strict } from './listeners.ts'

const { vocabulary: v } = at('need')
const dangers = (['body', 'self', 'harm'] as const).flatMap((kind) =>
  v.danger[kind].map((phrase) => [kind, phrase] as const)
)
const own = (asked: Listening, value: string) =>
  asked.answers.find((answer) => answer.value === value)?.phrases ?? []

/** Rows that were heard otherwise than wanted, so that a failure names each one. */
const unlike = (
  asked: Listening,
  texts: readonly string[],
  wanted: (heard: string) => boolean
): string[] =>
  texts.flatMap((text) => {
    const heard = says(asked, text)
    return wanted(heard) ? [] : [`${text} → ${heard}`]
  })

describe('danger words, at every question', () => {
  it('there are enough of them to be worth the sweep', () => {
    expect(dangers.length).toBeGreaterThan(400)
    expect(questions.length).toBeGreaterThan(60)
    expect(strict.length).toBeGreaterThan(35)
  })
  it.each(questions)('%s', (_state, asked) => {
    const missed = dangers.flatMap(([kind, phrase]) =>
      unlike(
        asked,
        [
          phrase,
          phrase.toUpperCase(),
          `no, ${phrase}`,
          `yes ${phrase}`,
          `no i think ${phrase} now`,
        ],
        (heard) => heard === `DANGER ${kind}` || heard.startsWith('DANGER')
      )
    )
    expect(missed).toEqual([])
  })
  it('and in a first text, unless the phrase itself is denied', () => {
    for (const [, phrase] of dangers) {
      expect(understandFirst(`hello ${phrase}`, v)?.type, phrase).toBe('DANGER')
      expect(understandFirst(`no, ${phrase}`, v)?.type, phrase).toBe('DANGER')
    }
    for (const thing of v.deniable) expect(understandFirst(`no ${thing}`, v), thing).toBeNull()
  })
  it('a bare no denies only things that are listed', () => {
    const denied = dangers.filter(([, phrase]) => understandFirst(`no ${phrase}`, v) === null)
    for (const [, phrase] of denied) expect(v.deniable).toContain(phrase)
  })
})

describe('what a question listens for is heard there', () => {
  it.each(questions.filter(([, { kind }]) => kind !== 'text'))('%s', (_state, asked) => {
    const wrong = asked.answers.flatMap(({ value, phrases }) =>
      unlike(
        asked,
        phrases,
        (heard) => heard === value || (value === 'yes' && /DANGER/.test(heard))
      )
    )
    expect(wrong).toEqual([])
  })
})

describe('at every danger and risk question', () => {
  it.each(strict)('%s', (_state, asked) => {
    const yes = own(asked, 'yes')
    const no = own(asked, 'no')
    const sure = (heard: string) => heard === 'yes' || heard.startsWith('DANGER')
    expect(
      unlike(asked, [...yes.map((p) => `yes, ${p}`), ...yes.map((p) => `yes ${p}`)], sure)
    ).toEqual([])
    expect(
      unlike(
        asked,
        no.map((p) => `no, ${p}`),
        (heard) => heard === 'no'
      )
    ).toEqual([])
    // "Not at all, I can cope" is a no, with its stop or without.
    const bare = no.filter((p) => !v.no.includes(p) && !isClause(p))
    const mixed = [
      ...yes.flatMap((p) => [`no ${p}`, `no, ${p}`, `not ${p}`, `no. ${p} thanks`, `${p}, no`]),
      ...no.flatMap((p) => [`yes ${p}`, `${p}? yes`, `not ${p}`, `never ${p}`]),
      ...bare.flatMap((p) => [`not at all ${p}`, `definitely not ${p}`, `no ${p}`]),
      ...no.flatMap((p) => yes.map((q) => `${p} and ${q}`)),
    ].filter((text) => !v.no.includes(text) && !no.includes(text) && !isThing(asked, text))
    expect(unlike(asked, mixed, (heard) => heard !== 'no')).toEqual([])
  })
})

const isClause = (phrase: string) =>
  [...v.pronouns, ...v.auxiliaries, ...v.negators].some((word) =>
    ` ${phrase}`.includes(` ${word} `)
  )

const isThing = ({ nouns }: Listening, text: string) =>
  nouns.some((noun) => text === `no ${noun}` || text === `not ${noun}`)

it('a recogniser is told of a person and of the question’s own phrases first', () => {
  for (const [state, asked] of questions.filter(([name]) => !/(confirm|pick)$/.test(name))) {
    const placed = flat.steps.get(state)
    if (!placed) throw new Error(`no step ${state}`)
    const hints = phrasesHeard(words, 'en', {
      placed,
      screen: 'ask',
      options: [],
      optionName: (option) => option,
    })
    const wanted = [...asked.answers.flatMap(({ phrases }) => phrases), ...v.person]
    expect(hints, state).toEqual(expect.arrayContaining([...new Set(wanted)]))
  }
})
