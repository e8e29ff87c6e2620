import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Listening } from '../../src/conversation/listening.ts'
import { tokens } from '../../src/conversation/phrases.ts'
import { understandFirst } from '../../src/conversation/understand.ts'
import { at, hear, questions, says, strict } from './listeners.ts'

const { vocabulary: v } = at('need')
const own = (asked: Listening, value: string) =>
  asked.answers.find((answer) => answer.value === value)?.phrases ?? []

/**
 * A second reading of the rule, word by word and knowing nothing of the first: whatever is heard as no must be a
 * key, or made of noes, "she is not", denied things and the question's own phrases for no, with nothing else beside.
 */
function mayBeNo(text: string, asked: Listening): boolean {
  const words = ` ${plainly(text)} `
  if (words.includes('?')) return false
  const who = some(v.pronouns)
  const is = some(v.auxiliaries)
  const not = some(v.negators)
  const comfort = some(own(asked, 'no'))
  // "Well no" and "no thank god" share their "no".
  const lead = v.no.flatMap((phrase) => (phrase.endsWith(' no') ? [phrase.slice(0, -3)] : []))
  const units = [
    some(v.no),
    `${some(lead)}(?=no )`,
    `${who}+${is}${not}`,
    `${who}*${is}*${comfort}`,
  ]
  const denial = v.no.filter((phrase) => v.negators.some((word) => phrase.endsWith(` ${word}`)))
  const thing = `${who}*${is}*(?:${not}|${some(denial)})${some(asked.nouns)}`
  const plain = new RegExp(`^ (?:\\. )*(?:(?:${[...units, thing].join('|')})(?:\\. )*)+$`)
  const beside = `(?:\\. |${some([...v.keyWords, ...lead, ...v.no, ...own(asked, 'no')])})*`
  const key = new RegExp(`^ ${beside}(?:2|two) ${beside}$`)
  return key.test(words) || (plain.test(words) && !mayBeYes(words, asked))
}

/** One of these phrases and the space after it, as a pattern; nothing at all where there are none. */
const some = (phrases: readonly string[]): string => {
  const longestFirst = phrases.map(plainly).sort((a, b) => b.length - a.length)
  return phrases.length > 0 ? `(?:(?:${longestFirst.join('|')}) )` : '(?!)'
}

/** A phrase for yes, or a comfort denied, outside the phrases for no. */
function mayBeYes(words: string, asked: Listening): boolean {
  const comfort = own(asked, 'no').map(plainly)
  if (comfort.some((phrase) => new RegExp(` (?:not|never|without|nor) ${phrase} `).test(words)))
    return true
  const rest = [...comfort, ...v.no.map(plainly)]
    .sort((a, b) => b.length - a.length)
    .reduce((left, phrase) => left.replace(new RegExp(` ${phrase}(?= )`, 'g'), ' .'), words)
  return [...v.yes, ...own(asked, 'yes')].some((phrase) => rest.includes(` ${plainly(phrase)} `))
}

const plainly = (text: string): string =>
  text
    .toLowerCase()
    .replace(/can't|cannot/g, 'can not')
    .replace(/won't/g, 'will not')
    .replace(/(is|are|was|were|do|does|did|has|have|had|could)n'?t\b/g, '$1 not')
    .replace(/thank you very much|thank you/g, 'thanks')
    .replace(/\u200b/g, '')
    .replace(/[^\p{L}\p{N}\p{Extended_Pictographic}\s?]|\n/gu, ' . ')
    .split(/\s+/)
    .filter((word) => word !== '' && !v.filler.includes(word))
    .join(' ')

// Named, so that what failed is short to read.
const step = fc.constantFrom(...strict.map(([state]) => state))
const from = (...lists: (readonly string[])[]) => fc.constantFrom(...lists.flat())

/** Sentences made of what the rules are about, in any order. */
const sentence = step.chain((state) => {
  const asked = at(state)
  return fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: from(v.no) },
        { weight: 3, arbitrary: from(v.negators, v.filler, v.pronouns, v.auxiliaries) },
        { weight: 2, arbitrary: from([...own(asked, 'no'), ...asked.nouns, 'no', '2', 'two']) },
        { weight: 1, arbitrary: from([...own(asked, 'yes'), 'yes'], v.yes, v.notSure, v.but) },
        { weight: 1, arbitrary: from(v.modals, v.keyWords, v.deniable, ['well', 'ok', 'oh', '1']) },
        { weight: 1, arbitrary: from(['.', ',', '?', '-', '😭', '\u200b', '—', '\n', '&']) }
      ),
      { minLength: 1, maxLength: 7 }
    )
    .map((words) => ({ state, text: words.join(' ') }))
})

/** Anything a wire may carry, halves of pairs too. */
const anything = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4000 })
  .map((units) => String.fromCharCode(...units))

/** The same sentences every time, so that a red run can be run again; FUZZ_SEED tries others. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_122)
const runs = (numRuns: number) => ({ seed: SEED, numRuns })

describe('whatever is said', () => {
  it('is a no only where it is a plain one', () => {
    let noes = 0
    fc.assert(
      fc.property(sentence, ({ state, text }) => {
        const asked = at(state)
        if (says(asked, text) !== 'no') return
        noes++
        expect(mayBeNo(text, asked), text).toBe(true)
      }),
      runs(10_000)
    )
    expect(noes).toBeGreaterThan(500)
  })
  it('is heard as something, and never as a no, when it is noise', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...questions.map(([state]) => state)),
        anything,
        (state, text) => {
          const asked = at(state, ['G1', 'G2'])
          const heard = hear({ kind: 'words', text }, asked)
          understandFirst(text, v)
          if (asked.strict && heard.type === 'ANSWER' && heard.value === 'no')
            expect(mayBeNo(text, asked)).toBe(true)
        }
      ),
      runs(300)
    )
  })
  it('is never a no with noise beside it', () => {
    fc.assert(
      fc.property(
        step,
        fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
        (state, noise) => {
          const letters = noise.normalize('NFKC').replace(/[^\p{L}\p{N}]/gu, '')
          // "ŉ" is the letter n, which is a no.
          const known = [...v.no, ...v.filler, ...v.keyWords, '2']
          fc.pre(tokens(letters).some((word) => !known.includes(word)))
          expect(says(at(state), `no ${letters}`)).not.toBe('no')
        }
      ),
      runs(2000)
    )
  })
})

describe('a very long text', () => {
  it('is searched to a limit, so that its cost has one', () => {
    for (const text of ['a.', 'no ', '? ', '😭', 'ﷺ', "'", '-', '1,'])
      expect(tokens(text.repeat(1_000_000)).length).toBeLessThanOrEqual(10_000)
  })
  it.each([
    'no ',
    'no, ',
    'not ',
    'i am ',
    'i am not ',
    'she ',
    'is ',
    'no chest pain ',
    'on the floor ',
  ])('4,000 characters of %j are heard like any other', (part) => {
    const text = part.repeat(4000 / part.length)
    for (const [, asked] of questions)
      expect(hear({ kind: 'words', text }, asked).type).toBeTruthy()
  })
})
