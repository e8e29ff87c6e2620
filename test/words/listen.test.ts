import { describe, expect, it } from 'vitest'
import {
  type Raw,
  type Seek,
  understand,
  understandFirst,
} from '../../src/conversation/understand.ts'
import { isAsking } from '../../src/flows/schema.ts'
import { listening } from '../../src/words/listen.ts'
import { english, flat, words } from './shipped.ts'

const seek: Seek = {
  practice: () => [],
  practiceKeys: () => [],
  postcode: () => null,
  postcodeKeys: () => null,
  phone: () => null,
}
const at = (state: string, options: string[] = []) => {
  const placed = flat.steps.get(state.replace(/\/(confirm|pick)$/, ''))
  if (!placed) throw new Error(`no step ${state}`)
  return listening(words, 'en', placed, state, options, (option) => `Surgery ${option}`)
}
const says = (state: string, text: string) => {
  const raw: Raw = { kind: 'words', text }
  const heard = understand(raw, at(state), seek)
  return heard.type === 'ANSWER' ? heard.value : heard.type === 'DANGER' ? heard.of : heard.type
}

describe('danger in a first message', () => {
  it.each([
    ["My husband can't breathe", 'body'],
    ['mum cannot breathe properly', 'body'],
    ['he is not breathing', 'body'],
    ['she is unconscious', 'body'],
    ["My wife won't wake up", 'body'],
    ['i have chest pain', 'body'],
    ['Terrible pain in my chest', 'body'],
    ['i think dad is having a stroke', 'body'],
    ['her face has dropped on one side', 'body'],
    ['baby is choking', 'body'],
    ["it's bleeding badly", 'body'],
    ["the cut won't stop bleeding", 'body'],
    ['having a fit', 'body'],
    ['his lips are blue', 'body'],
    ['999', 'body'],
    ['please send an ambulance', 'body'],
    ["he's unresponsive", 'body'],
    ['I want to die', 'self'],
    ['I am going to kill myself', 'self'],
    ['my son wants to end his life', 'self'],
    ['feeling suicidal', 'self'],
    ["I don't want to be here anymore", 'self'],
    ['keep thinking of ending it all', 'self'],
    ['I have been self harming', 'self'],
    ['she took an overdose', 'harm'],
    ['he has taken too many tablets', 'harm'],
    ['I smell gas', 'harm'],
    ['there is a smell of gas in the kitchen', 'harm'],
    ['the house is on fire', 'harm'],
    ["he's got a knife", 'harm'],
    ['he keeps hitting me', 'harm'],
    ['she drank bleach', 'harm'],
    ['someone is breaking in', 'harm'],
  ])('%s', (text, of) =>
    expect(understandFirst(text, english.common.hear)).toMatchObject({ type: 'DANGER', of })
  )
})

describe('words that are not danger', () => {
  it.each([
    'I fell and hurt myself yesterday',
    'my mum is at the end of her life and needs a nurse',
    'she is dying at home and we have a care plan',
    'it is all too much for me',
    'I cut my finger on a knife last week',
    'need a flu shot',
    'the boiler is broken and it is very cold',
    'can you fit a rail by the bath',
    'fitting of a stair lift',
    'he gets a bit short tempered',
    'I am scared of falling',
    'no chest pain but my leg is sore',
    'she has no trouble breathing',
    'my fire alarm needs a battery',
    'I live alone and would like company',
    'the carer did not come today',
    'do not want to live in a care home',
    'my blood pressure is up',
    'the cat died',
    'I would kill for a cup of tea',
  ])('%s', (text) => expect(understandFirst(text, english.common.hear)).toBeNull())
})

describe('answers at a danger or risk question: a wrong no is the worst mistake', () => {
  it.each([
    ['danger/check-1', 'no', 'no'],
    ['danger/check-1', 'none', 'no'],
    ['danger/check-1', 'None of those, thank you', 'no'],
    ['danger/check-1', 'no thanks', 'no'],
    ['danger/check-1', 'nope', 'no'],
    ['danger/check-1', '2', 'no'],
    ['danger/check-1', 'two', 'no'],
    ['danger/check-1', 'yes', 'yes'],
    ['danger/check-1', '1', 'yes'],
    ['danger/check-1', 'one please', 'yes'],
    ['danger/check-1', 'not sure', 'not-sure'],
    ['danger/check-1', "I don't know", 'not-sure'],
    ['danger/check-1', 'no but he is very hot', 'UNCLEAR'],
    ['danger/check-1', 'no chest pain', 'no'],
    ['danger/check-1', 'no bleeding', 'UNCLEAR'],
    ['danger/check-1', 'no, he is gasping for air', 'body'],
    ['danger/check-1', 'help', 'PERSON'],
    ['danger/check-1', 'can I speak to a person', 'PERSON'],
    ['danger/check-2', '9', 'UNCLEAR'],
    ['danger/check-2', 'hit her head', 'yes'],
    ['danger/check-2', 'slurred speech', 'body'],
    ['danger/check-3', 'he is afraid of his brother', 'yes'],
    ['danger/check-3', 'no, nothing like that', 'no'],
    ['fall/floor', "can't get up", 'yes'],
    ['fall/floor', 'I got up', 'no'],
    ['fall/floor', 'no, I am up now', 'no'],
    ['fall/floor', 'no', 'no'],
    ['fall/floor', 'no, still down', 'UNCLEAR'],
    ['fall/floor', 'in bed but stuck', 'yes'],
    ['fall/head', 'passed out', 'yes'],
    ['fall/head', "no, she didn't", 'no'],
    ['fall/head', 'no, a bit dizzy', 'UNCLEAR'],
    ['fall/head', "don't think so", 'not-sure'],
    ['fall/head-risk', 'he is on warfarin', 'yes'],
    ['fall/head-risk', 'none of them', 'no'],
    ['fall/pain', 'no pain', 'UNCLEAR'],
    ['fall/pain', "can't walk", 'yes'],
    ['fall/pain', 'no pain but cannot walk', 'UNCLEAR'],
    ['fall/bone', 'yes her hip', 'yes'],
    ['ill/much-worse', 'the same', 'no'],
    ['ill/spine', 'no fever', 'UNCLEAR'],
    ['ill/spine', 'no, she has not', 'no'],
    ['ill/blocked', "it's blocked", 'yes'],
    ['ill/shaky', 'yes, sweating', 'yes'],
    ['ill/sugar', 'too high', 'yes'],
    ['weak/stuck', 'no', 'no'],
    ['mood/ending-life', 'sometimes', 'yes'],
    ['mood/ending-life', 'no', 'no'],
    ['mood/ending-life', 'not really', 'not-sure'],
    ['mood/too-much', 'hearing voices', 'yes'],
    ['safety/danger-now', 'no, safe for now', 'no'],
    ['safety/danger-now', 'he is here now', 'yes'],
    ['safety/hurt', 'he takes my money', 'yes'],
    ['other/too-much', "I can't go on", 'yes'],
    ['other/street', 'nowhere to sleep', 'yes'],
    ['home/missing', 'we have everything', 'no'],
    ['home/missing', 'run out of milk', 'yes'],
    ['worse/by-tomorrow', 'maybe', 'not-sure'],
    ['worse/by-tomorrow', 'it can wait', 'no'],
    ['new-or-worse', 'about the same', 'no'],
    ['closing/unsafe', 'he might answer', 'yes'],
  ])('%s: %s', (state, text, meant) => {
    const full = [...flat.steps.keys()].find((key) => key === state || key.endsWith(`/${state}`))
    expect(says(full ?? state, text)).toBe(meant)
  })
})

describe('what is no plain no is never taken for one, at any risk or danger question', () => {
  const strict = [...flat.steps.values()].filter(
    (placed) => isAsking(placed.step) && at(placed.state).strict
  )
  it.each([
    "I can't",
    "no I can't",
    'she can hardly',
    'not well',
    'not ok',
    'not okay',
    'not good',
    'not great',
    'not right',
    'not herself',
    'not too bad',
    'not yet',
    'not now',
    'not any more',
    'not eating',
    'not responding',
    'not breathing',
    'no feeling in his arm',
    'no energy',
    'no better',
    'no change in her',
    'no he is very ill',
    'no but yes',
    'no, maybe',
    'not really',
    'not sure',
    "don't know",
    'I do not think so',
    'no idea',
    'there is not any food',
    'nothing',
    'he will not wake',
    'she could not',
    'no food',
    'no way to get up',
    'no one comes',
    'there is no one to help',
    'no, yes',
    'yes no',
    'hardly',
    'a bit',
    'sometimes',
    'she is fine but hot',
    'no just dizzy',
    'no except the pain',
    'only a little',
  ])('%s', (text) => {
    const wrong = strict.filter(({ state }) => says(state, text) === 'no').map(({ state }) => state)
    expect(wrong).toEqual([])
  })
  it('nor a phrase for no that is itself denied', () => {
    for (const placed of strict) {
      const phrases = at(placed.state).answers.find(({ value }) => value === 'no')?.phrases ?? []
      for (const phrase of phrases.filter((p) => !/^(none|no)\b/.test(p)))
        for (const denied of [`not ${phrase}`, `I'm not ${phrase}`, `she isn't ${phrase} at all`])
          expect(says(placed.state, denied), `${placed.state}: ${denied}`).not.toBe('no')
    }
  })
})

describe('other answers', () => {
  it.each([
    ['need', 'I had a fall', 'fall'],
    ['need', 'she is getting worse', 'ill'],
    ['need', 'help at home', 'home'],
    ['need', 'feeling low', 'mood'],
    ['need', "I'm not safe", 'safety'],
    ['need', 'something else', 'other'],
    ['who', 'my mum', 'other'],
    ['who', 'me', 'self'],
    ['who', 'someone else', 'other'],
    ['who', 'my child', 'child'],
    ['who', '4', 'known'],
    ['asked', 'yes', 'yes'],
    ['asked', 'they know', 'yes'],
    ['closing/consent', 'go ahead', 'yes'],
    ['closing/consent', 'no', 'no'],
    ['closing/number', 'that is right', 'right'],
    ['closing/number', 'another number', 'another'],
    ['closing/other-number', '2', 'none'],
    ['fall/where/practice', 'not registered', 'none'],
    ['fall/where/practice', 'no', 'none'],
  ])('%s: %s', (state, text, meant) => expect(says(state, text)).toBe(meant))
})

it('reads a search back with two keys, and a choice with one for none', () => {
  expect(at('fall/where/practice/confirm', ['A1'])).toMatchObject({
    kind: 'yes-no',
    answers: [
      { value: 'yes', key: '1' },
      { value: 'no', key: '2' },
    ],
  })
  expect(at('fall/where/practice/pick', ['A1', 'B2'])).toMatchObject({
    kind: 'choice',
    answers: [
      { value: 'A1', key: '1' },
      { value: 'B2', key: '2' },
      { value: 'none', key: '3' },
    ],
  })
})

it('has a key of its own for every answer of every question', () => {
  for (const placed of flat.steps.values()) {
    if (!isAsking(placed.step)) continue
    const { answers, strict } = at(placed.state)
    const keys = answers.map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.join('')).not.toMatch(/[0*#]/)
    if (strict) expect(answers[0]).toMatchObject({ value: 'yes', key: '1' })
  }
})

it('only the first danger screen hears another language', () => {
  const greeting = [...flat.steps.values()].filter(
    (placed) => isAsking(placed.step) && at(placed.state).greeting
  )
  expect(greeting.map(({ state }) => state)).toEqual(['danger/check-1'])
})
