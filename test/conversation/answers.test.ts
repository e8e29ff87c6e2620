import { describe, expect, it } from 'vitest'
import type { Listening } from '../../src/conversation/listening.ts'
import { understandFirst } from '../../src/conversation/understand.ts'
import { english } from '../words/shipped.ts'
import { at, hear, presses, questions, says, short } from './listeners.ts'

const { vocabulary } = at('need')
const bare = { answers: [], strict: false, nouns: [], greeting: false, vocabulary }
const date: Listening = {
  ...bare,
  kind: 'date',
  answers: [{ value: 'none', key: '2', phrases: [] }],
}
const people: Listening = { ...bare, kind: 'number', of: 'count', between: [1, 12] }

describe('what is said where a choice is asked', () => {
  it.each([
    ['need', '1', 'fall'],
    ['need', '1.', 'fall'],
    ['need', '1)', 'fall'],
    ['need', 'One.', 'fall'],
    ['need', 'option 2', 'ill'],
    ['need', 'Number 3 please', 'home'],
    ['need', '4 low', 'mood'],
    ['need', 'I had a fall', 'fall'],
    ['need', 'a fall, I tripped', 'fall'],
    ['need', 'I fell ill', 'UNCLEAR'],
    ['need', "I'm not ill, I fell", 'UNCLEAR'],
    ['need', 'not a fall', 'UNCLEAR'],
    ['need', 'safe', 'UNCLEAR'],
    ['need', 'not safe', 'safety'],
    ['need', '7', 'UNCLEAR'],
    ['need', '12', 'UNCLEAR'],
    ['need', '1 or 2', 'UNCLEAR'],
    ['need', 'help', 'PERSON'],
    ['need', 'nurse', 'PERSON'],
    ['need', 'a fire', 'UNCLEAR'],
    ['who', 'me', 'self'],
    ['who', 'It’s me', 'self'],
    ['who', 'just me', 'self'],
    ['who', 'CALL ME', 'PERSON'],
    ['who', 'ring me back', 'PERSON'],
    ['who', 'tell me again what the answers are', 'UNCLEAR'],
    ['who', "I don't know", 'UNCLEAR'],
    ['who', "me, I'm 12", 'UNCLEAR'],
    ['who', 'someone else', 'other'],
    ['who', 'someone', 'PERSON'],
    ['who', "it's my mum", 'other'],
    ['who', 'not my mum', 'UNCLEAR'],
    ['who', 'my mum and me', 'other'],
    ['asked', 'yeah', 'yes'],
    ['asked', "they don't know", 'no'],
    ['asked', "I don't know", 'UNCLEAR'],
    ['asked', 'they don’t', 'no'],
    ['closing/number', 'yes', 'right'],
    ['closing/number', 'not right', 'another'],
    ['closing/number', 'nope', 'another'],
    ['mood/which', 'nurse', 'nurse'],
    ['mood/which', 'someone to talk to', 'talking'],
  ])('%s: %s → %s', (state, text, meant) => expect(says(at(state), text)).toBe(meant))
})

describe('consent, and other questions where nothing is at risk', () => {
  it.each([
    ['closing/consent', 'yes', 'yes'],
    ['closing/consent', 'ok', 'yes'],
    ['closing/consent', 'go ahead', 'yes'],
    ['closing/consent', 'I do not mind', 'yes'],
    ['closing/consent', 'not ok', 'UNCLEAR'],
    ['closing/consent', "it's not all right", 'UNCLEAR'],
    ['closing/consent', 'yes but not my address', 'UNCLEAR'],
    ['closing/consent', "I'm not happy, ok", 'UNCLEAR'],
    ['closing/consent', 'yes?', 'UNCLEAR'],
    ['closing/consent', 'no', 'no'],
    ['closing/consent', "please don't", 'no'],
    ['closing/consent', "don't tell anyone", 'UNCLEAR'],
    ['closing/consent', "don't tell", 'no'],
    ['closing/consent', "I'd rather not", 'UNCLEAR'],
    ['closing/consent', 'rather not', 'no'],
    ['closing/consent', 'no it is', 'UNCLEAR'],
    ['closing/consent', 'no, they are', 'UNCLEAR'],
    ['closing/here', 'they are', 'yes'],
    ['closing/here', "they're not", 'no'],
    ['closing/here', "I'm not", 'no'],
    ['closing/here', 'I am', 'yes'],
    ['fall/where/practice/confirm', "that's right", 'yes'],
    ['fall/where/practice/confirm', "that's not right", 'no'],
    ['fall/where/practice/confirm', 'not correct', 'no'],
    ['fall/where/practice/confirm', 'wrong', 'no'],
    ['fall/where/practice/confirm', "no that's wrong", 'no'],
    ['fall/where/practice/confirm', '1', 'yes'],
    ['fall/where/practice/confirm', '2', 'no'],
    ['fall/where/practice/confirm', 'not sure', 'not-sure'],
  ])('%s: %s → %s', (state, text, meant) => expect(says(at(state), text)).toBe(meant))
})

describe('a practice, a postcode, a number, a date, a name', () => {
  const pick = at('fall/where/practice/pick', ['G1', 'G2'])
  it.each([
    [at('fall/where/practice'), 'the Elm Lodge one', 'FOUND G1'],
    [at('fall/where/practice'), 'no gp', 'none'],
    [at('fall/where/practice'), 'not sure', 'none'],
    [at('fall/where/practice'), 'none', 'none'],
    [at('fall/where/practice'), 'blah', 'UNCLEAR'],
    [pick, 'Oak Tree', 'G2'],
    [pick, 'the oak one', 'G2'],
    [pick, '3', 'none'],
    [pick, 'none of them', 'none'],
    [pick, 'neither', 'none'],
    [pick, 'no', 'none'],
    [pick, '2', 'G2'],
    [at('fall/where/postcode'), 'SE15 4NN', 'FOUND SE15'],
    [at('fall/where/postcode'), 'homeless', 'none'],
    [at('fall/where/postcode'), '0', 'PERSON'],
    [at('closing/other-number'), '07700 900123', '+447700900123'],
    [at('closing/other-number'), '07700 999 123', '+447700999123'],
    [at('closing/other-number'), '999', 'DANGER body'],
    [at('closing/other-number'), "I don't have one", 'none'],
    [at('closing/other-number'), '2', 'none'],
    [at('closing/other-number'), 'call me', 'PERSON'],
    [date, '03/04/1941', '1941-04-03'],
    [date, '3.4.1941.', '1941-04-03'],
    [date, '29/02/1900', 'UNCLEAR'],
    [date, '31/04/1941', 'UNCLEAR'],
    [date, 'not sure', 'none'],
    [people, '3', '3'],
    [people, 'three', '3'],
    [people, '0', 'UNCLEAR'],
    [people, '13', 'UNCLEAR'],
    [at('closing/name'), 'Jo Bloggs, 2 High Street', 'Jo Bloggs, 2 High Street'],
    [at('closing/name'), '2', 'none'],
    [at('closing/name'), 'no', 'none'],
    [at('closing/name'), 'CALL ME', 'PERSON'],
    [at('closing/name'), 'what', 'AGAIN'],
    [at('closing/name'), 'Jo, and my chest hurts', 'DANGER body'],
    [at('closing/name'), 'STOP', 'GONE'],
    [at('closing/name'), 'fuck off', 'ABUSE'],
  ] as const)('%#: %s → %s', (asked, text, meant) => expect(says(asked, text)).toBe(meant))
})

describe('keys', () => {
  const number = at('closing/other-number')
  it.each([
    ['danger/check-1', '1', 'yes'],
    ['danger/check-1', '2', 'no'],
    ['danger/check-1', '3', 'not-sure'],
    ['danger/check-1', '*', 'AGAIN'],
    ['danger/check-1', '0', 'PERSON'],
    ['danger/check-1', '8', 'LANGUAGE'],
    ['danger/check-1', '9', 'LANGUAGE'],
    ['danger/check-1', '4', 'UNCLEAR'],
    ['danger/check-1', '22', 'UNCLEAR'],
    ['danger/check-1', '', 'UNCLEAR'],
    ['danger/check-2', '9', 'UNCLEAR'],
    ['need', '6', 'other'],
    ['need', '7', 'UNCLEAR'],
    ['fall/where/practice', '3565', 'FOUND G1'],
    ['fall/where/practice', '2', 'none'],
    ['fall/where/practice', '*0', 'PERSON'],
    ['fall/where/practice', '0', 'PERSON'],
    ['fall/where/postcode', '154', 'FOUND SE15 4'],
    ['fall/where/postcode', '45', 'UNCLEAR'],
    ['closing/other-number', '2', 'none'],
    ['closing/name', '0', 'PERSON'],
  ])('%s: %s → %s', (state, digits, meant) => expect(presses(at(state), digits)).toBe(meant))
  it('a number may begin with 0', () => {
    expect(presses(number, '07700900123')).toBe('+447700900123')
    expect(presses(people, '*0')).toBe('PERSON')
    expect(presses(people, '0')).toBe('UNCLEAR')
  })
  it('a button of another question is unclear', () => {
    expect(short(hear({ kind: 'choice', value: 'yes' }, at('danger/check-1')))).toBe('yes')
    expect(short(hear({ kind: 'choice', value: 'person' }, at('danger/check-1')))).toBe('PERSON')
    expect(short(hear({ kind: 'choice', value: 'fall' }, at('danger/check-1')))).toBe('UNCLEAR')
  })
})

describe('speech that was hardly heard', () => {
  it.each([
    ['no', 0.49, 'UNCLEAR'],
    ['yes', 0.2, 'UNCLEAR'],
    ['no', 0.5, 'no'],
    ['stop', 0.3, 'UNCLEAR'],
    ['stop', 0.9, 'GONE'],
    ['she is not breathing', 0.01, 'DANGER body'],
    ['I want to die', 0, 'DANGER self'],
  ] as const)('%s at %d → %s', (text, confidence, meant) =>
    expect(says(at('danger/check-1'), text, confidence)).toBe(meant)
  )
})

describe('what means the same at every yes-no question', () => {
  const yesNo = questions.filter(([, asked]) => asked.kind === 'yes-no')
  it.each([
    ['STOP', 'GONE'],
    ['stop.', 'GONE'],
    [' Stop ', 'GONE'],
    ['Stop All', 'GONE'],
    ['UNSUBSCRIBE', 'GONE'],
    ['STOP PLEASE', 'UNCLEAR'],
    ['START', 'UNCLEAR'],
    ['HELP', 'PERSON'],
    ['Help!', 'PERSON'],
    ['CALL ME', 'PERSON'],
    ['Can I speak to someone', 'PERSON'],
    ['I want a real person', 'PERSON'],
    ['nurse', 'PERSON'],
    ['0', 'PERSON'],
    ['999', 'DANGER body'],
    ['9-9-9', 'DANGER body'],
    ['nine nine nine', 'DANGER body'],
    ['pardon?', 'AGAIN'],
    ['sorry?', 'AGAIN'],
    ['*', 'AGAIN'],
    ['can you repeat that', 'AGAIN'],
    ['fuck off', 'ABUSE'],
    ['you stupid machine', 'ABUSE'],
    ['fucking hell', 'UNCLEAR'],
    ['for fucks sake', 'UNCLEAR'],
    ['shit', 'UNCLEAR'],
    ['', 'SILENCE'],
    ['  \n ', 'SILENCE'],
    ['🙃', 'UNCLEAR'],
  ])('%j → %s', (text, meant) => {
    for (const [state, asked] of yesNo) expect([state, says(asked, text)]).toEqual([state, meant])
  })
  it('a nurse or a doctor in a longer sentence is a wish for one only as the call begins', () => {
    expect(says(at('danger/check-1'), 'can a nurse come')).toBe('PERSON')
    expect(says(at('fall/floor'), 'the nurse came')).toBe('UNCLEAR')
  })
  it('pain makes people swear', () => {
    expect(says(at('fall/pain'), 'it fucking hurts, it hurts')).toBe('yes')
    expect(says(at('danger/check-1'), "fuck off I can't breathe")).toBe('DANGER body')
    expect(says(at('danger/check-1'), 'get me a person you idiot')).toBe('PERSON')
  })
})

describe('a first text', () => {
  it.each([
    ["mum can't breathe", 'DANGER body'],
    ['mum cant breath', 'DANGER body'],
    ['mum can´t breathe', 'DANGER body'],
    ['mum can’t breathe', 'DANGER body'],
    ['MUM CARNT BREATHE', 'DANGER body'],
    ['hes chocking', 'DANGER body'],
    ["she's collapsed", 'DANGER body'],
    ["her heart's stopped", 'DANGER body'],
    ['che\u00adst pa\u200bin', 'DANGER body'],
    ['ｃｈｅｓｔ ｐａｉｎ', 'DANGER body'],
    ['no unconscious', 'DANGER body'],
    ['i want to die', 'DANGER self'],
    ['i wanna die', 'DANGER self'],
    ['self-harm', 'DANGER self'],
    ["i'll kill myself", 'DANGER self'],
    ['gas leak', 'DANGER harm'],
    ["od'd", 'DANGER harm'],
    ["he's gonna kill me", 'DANGER harm'],
    ['999', 'DANGER body'],
    ['HELP', 'PERSON'],
    ['help!!', 'PERSON'],
    ['emergency', 'PERSON'],
    ['I need to talk to someone', 'PERSON'],
    ['call me', 'PERSON'],
    ['STOP', 'GONE'],
    ['START', null],
    ['hello', null],
    ['need help with shopping', null],
    ['my number is 07700 999 123', null],
    ['no chest pain, just a question', null],
    ['not suicidal', null],
    ['', null],
  ])('%j → %s', (text, meant) => {
    const heard = understandFirst(text, english.common.hear)
    expect(heard && short(heard)).toBe(meant)
  })
  it('finds danger at the end of the longest text there is', () => {
    const long = `${'my mother needs a carer and '.repeat(60)}`.slice(0, 1575)
    expect(understandFirst(`${long} she is not breathing`, vocabulary)?.type).toBe('DANGER')
    expect(understandFirst(long, vocabulary)).toBeNull()
  })
})
