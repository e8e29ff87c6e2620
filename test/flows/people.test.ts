import { describe, expect, it } from 'vitest'
import type { Facts } from '../../src/conversation/types.ts'
import { CLEAR, call, facts } from './people.ts'

const night = facts({ cover: 'no', open: ['EMH'] })
const text = facts({ channel: 'sms' })
const withheld = facts({ phone: 'withheld' })

type Row = [who: string, heard: readonly string[], given: Facts, said: string[], codes: string[]]

describe('danger', () => {
  it.each<Row>([
    ['a man who can not breathe', ['yes'], facts(), ['exit/x1-person'], ['E999']],
    ['… at night with no cover', ['yes'], night, ['exit/x1-person', 'exit/x1-end'], ['E999']],
    ['… by text', ['yes'], text, ['exit/x1-person', 'exit/x1-end'], ['E999']],
    [
      '… when no one answers',
      ['yes', 'nobody'],
      facts(),
      ['exit/x1-person', 'exit/x1-end'],
      ['E999'],
    ],
    ['a woman who is in fear', ['no', 'no', 'yes'], facts(), ['exit/xc-person'], ['E999']],
    ['a daughter who is not sure', ['no', 'not-sure'], facts(), ['exit/x3-person'], ['HOLD']],
    [
      '… when no one answers',
      ['no', 'not-sure', 'nobody'],
      facts(),
      ['exit/x3-person', 'exit/x3-end'],
      ['HOLD', 'E999'],
    ],
    ['… with no cover', ['not-sure'], night, ['exit/x3-person', 'exit/x3-end'], ['HOLD', 'E999']],
    ['a caller who says nothing once', ['silence'], facts(), ['danger/check-1'], []],
    ['… and twice', ['silence', 'silence'], facts(), ['exit/x3-person'], ['HOLD']],
    ['a caller no one understands', ['unclear', 'unclear'], facts(), ['exit/x3-person'], ['HOLD']],
    ['a caller who asks to hear it again', ['again'], facts(), ['danger/check-1'], []],
    [
      'someone who says "he is not breathing" later on',
      [...CLEAR, 'danger body'],
      facts(),
      ['exit/x1-person'],
      ['E999'],
    ],
    [
      'someone who says they want to die',
      [...CLEAR, 'self', 'danger self'],
      facts(),
      ['exit/xl-person'],
      ['EMH'],
    ],
    ['someone who says "he is hitting me"', ['danger harm'], facts(), ['exit/xc-person'], ['E999']],
    [
      'someone low who says yes',
      [...CLEAR, 'self', 'mood', 'yes'],
      facts(),
      ['exit/xl-person'],
      ['EMH'],
    ],
    [
      '… at night with no cover',
      [...CLEAR, 'self', 'mood', 'yes'],
      night,
      ['exit/xl-person', 'exit/xl-end'],
      ['EMH'],
    ],
    [
      'someone low who falls silent',
      [...CLEAR, 'self', 'mood', 'silence', 'silence'],
      facts(),
      ['exit/xl-person'],
      ['EMH'],
    ],
  ])('%s', (_who, heard, given, said, codes) => {
    const told = call(heard, given)
    expect(told.said).toEqual(said)
    expect(told.codes).toEqual(codes)
  })

  it('a navigator who joins ends the questions, wherever they are', () => {
    expect(call(['no', 'joined']).effects).toEqual([{ kind: 'joined' }])
    expect(call([...CLEAR, 'self', 'fall', 'joined']).state).toMatchObject({
      done: true,
      value: 'joined',
    })
  })
})

describe('a person, before and after danger is cleared', () => {
  it.each<Row>([
    ['0 at the first question', ['person'], facts(), ['exit/q0-check'], []],
    ['… then yes to the danger line', ['person', 'yes'], facts(), ['exit/x1-person'], ['E999']],
    ['… then nothing', ['person', 'silence'], facts(), ['exit/q0-person'], []],
    [
      '… and no one answers',
      ['person', 'no', 'nobody'],
      facts(),
      ['exit/q0-person', 'danger/check-1'],
      ['CALL'],
    ],
    [
      '… by text: the promise, and the checks at once',
      ['person'],
      text,
      ['exit/q0-nobody', 'danger/check-1'],
      ['CALL'],
    ],
    ['0 once danger is cleared', [...CLEAR, 'person'], facts(), ['exit/person'], []],
    [
      '… and no one answers',
      [...CLEAR, 'person', 'nobody'],
      facts(),
      ['exit/person', 'exit/call-end'],
      ['CALL'],
    ],
    [
      '… from a withheld number',
      [...CLEAR, 'person', 'nobody'],
      withheld,
      ['exit/person', 'exit/call-ask'],
      ['CALL'],
    ],
    [
      'two answers no one understands',
      [...CLEAR, 'unclear', 'unclear'],
      facts(),
      ['exit/person'],
      [],
    ],
    [
      'four in a conversation, one at each question',
      ['unclear', 'no', 'unclear', 'no', 'unclear', 'no', 'unclear'],
      facts(),
      ['exit/person'],
      [],
    ],
    [
      'a caller who falls silent',
      [...CLEAR, 'silence', 'silence'],
      facts(),
      ['exit/silent-person'],
      ['HOLD'],
    ],
    ['another language', ['language'], facts(), ['exit/language-check'], []],
    [
      '… and no one answers',
      ['language', 'no', 'nobody'],
      facts(),
      ['exit/language-person', 'exit/language-end'],
      ['CALL'],
    ],
    ['abuse, once', [...CLEAR, 'abuse'], facts(), ['who', 'who'], []],
    ['… and again', [...CLEAR, 'abuse', 'abuse'], facts(), ['exit/abuse-end'], ['HOLD']],
    [
      'abuse before danger is cleared: the question stays',
      ['abuse', 'abuse', 'abuse'],
      facts(),
      ['danger/check-1', 'danger/check-1'],
      [],
    ],
  ])('%s', (_who, heard, given, said, codes) => {
    const told = call(heard, given)
    expect(told.said).toEqual(said)
    expect(told.codes).toEqual(codes)
  })
})

describe('a hang-up always leaves a task', () => {
  const earlier = facts({ known: { area: 'unasked', codes: ['INFO'] } })
  it.each<[string, readonly string[], Facts, string[]]>([
    ['in the danger check', ['no', 'gone'], facts(), ['HOLD']],
    ['in the danger check, by someone with an earlier outcome', ['no', 'gone'], earlier, ['HOLD']],
    [
      'while a person is rung before danger is cleared',
      ['person', 'no', 'gone'],
      facts(),
      ['HOLD'],
    ],
    ['at a question', [...CLEAR, 'self', 'gone'], facts(), ['HOLD']],
    ['after E999: the line must stay free', ['yes', 'gone'], facts(), ['E999']],
    [
      'in "which surgery?": the code the branch would record',
      [...CLEAR, 'self', 'fall', 'no', 'no', 'no', 'gone'],
      facts(),
      ['CSD', 'FALL', 'HOLD'],
    ],
    ['when a child was spoken of', [...CLEAR, 'child', 'gone'], facts(), ['SAFE', 'HOLD']],
    [
      'when someone was not safe',
      [...CLEAR, 'self', 'safety', 'no', 'no', 'no', 'gone'],
      facts(),
      ['SAFE', 'HOLD'],
    ],
    [
      'at "may we share": not agreed',
      [...CLEAR, 'self', 'other', 'company', 'yes', 'gone'],
      facts(),
      ['NAV', 'CALL'],
    ],
    [
      'after the outcome: nothing is lost',
      [...CLEAR, 'self', 'other', 'company', 'yes', 'yes', 'gone'],
      facts(),
      ['NAV'],
    ],
  ])('%s', (_where, heard, given, codes) => {
    const told = call(heard, given)
    expect(told.codes).toEqual(codes)
    expect(told.state.done).toBe(true)
  })
})

describe('whole calls', () => {
  it.each<Row>([
    [
      'an 84-year-old after a fall, no one free',
      [...CLEAR, 'self', 'fall', 'no', 'no', 'yes', 'nobody', 'no'],
      facts({ phone: 'landline' }),
      ['closing/here'],
      ['UCR2'],
    ],
    [
      '… in the evening, when the two-hour team takes no more',
      [...CLEAR, 'self', 'fall', 'no', 'no', 'yes', 'nobody', 'no'],
      facts({ open: ['EMH', 'CSD'] }),
      ['fall/two-hour/ring-111'],
      ['E111', 'CALL'],
    ],
    [
      'on the floor',
      [...CLEAR, 'self', 'fall', 'yes'],
      facts(),
      ['fall/lift/lift-person'],
      ['LIFT'],
    ],
    [
      '… and no one answers',
      [...CLEAR, 'self', 'fall', 'yes', 'nobody'],
      facts(),
      ['fall/lift/lift-person', 'fall/lift/ring-999'],
      ['LIFT', 'E999'],
    ],
    [
      'a daughter whose mother is muddled',
      [...CLEAR, 'other', 'cannot', 'ill', 'muddled', 'no'],
      facts(),
      ['closing/here'],
      ['UCR2'],
    ],
    [
      'a man with a worker',
      [...CLEAR, 'known', 'no', 'none', 'none'],
      facts(),
      ['key-worker-person', 'closing/consent'],
      ['KEYW'],
    ],
    [
      'someone scared, with someone listening: no name, no place, no text',
      [...CLEAR, 'self', 'safety', 'yes', 'no', 'no', 'yes', 'yes', 'no', 'right'],
      facts(),
      ['told'],
      ['SAFE'],
    ],
    [
      'a child in danger',
      [...CLEAR, 'child', 'yes'],
      facts(),
      ['child/danger-person'],
      ['EPOL', 'SAFE'],
    ],
    [
      'a head injury where someone can drive',
      [...CLEAR, 'self', 'fall', 'no', 'yes', 'yes'],
      facts({ settings: { headInjury: 'A&E', shareUrgent: 'yes' } }),
      ['fall/go-ae'],
      ['E999'],
    ],
    [
      'someone elsewhere',
      [...CLEAR, 'self', 'other', 'company', 'no'],
      facts(),
      ['closing/consent'],
      ['NAV', 'OOA'],
    ],
  ])('%s', (_who, heard, given, said, codes) => {
    const told = call(heard, given)
    expect(told.said).toEqual(said)
    expect(told.codes).toEqual(codes)
  })

  it('the practice is asked once, read back, and the postcode follows only where there is none', () => {
    const where = [...CLEAR, 'self', 'fall', 'no', 'no', 'no']
    expect(call([...where, 'found here']).said).toEqual(['fall/where/practice/confirm'])
    expect(call([...where, 'found here', 'no']).said).toEqual(['fall/where/practice'])
    expect(call([...where, 'found here', 'no', 'found here', 'no']).said).toEqual([
      'fall/where/postcode',
    ])
    expect(call([...where, 'found here', 'yes']).codes).toEqual(['CSD', 'FALL'])
    expect(call([...where, 'none', 'found elsewhere', 'yes']).said).toEqual(['closing/here'])
  })
})

describe('going on from a dropped call', () => {
  const dropped = (resumeAt: string, who?: 'self') =>
    facts({
      resume: 'fresh',
      resumeAt,
      known: { area: 'unasked', codes: ['HOLD'], ...(who && { who }) },
    })
  it.each<[string, string, string[]]>([
    ['at the head question', 'fall/head', ['fall/head']],
    ['at a read-back', 'fall/where/practice/confirm', ['fall/where/practice']],
    [
      'at the code word: whether it is safe is asked again',
      'closing/code-word',
      ['closing/unsafe'],
    ],
    ['at "carry on, or start again?" itself', 'carry-on', ['who']],
    ['at a step that is no longer there', 'fall/gone-since', ['who']],
    ['at a danger screen', 'danger/check-2', ['who']],
  ])('%s: danger first, then that question', (_where, at, said) => {
    expect(call([...CLEAR], dropped(at)).said).toEqual(['carry-on'])
    expect(call([...CLEAR, 'carry-on'], dropped(at)).said).toEqual(said)
  })

  it('asks nothing whose answer is known', () => {
    expect(call([...CLEAR, 'carry-on'], dropped('who', 'self')).said).toEqual(['need'])
  })

  it('forgets everything on "start again"', () => {
    expect(call([...CLEAR, 'start-again'], dropped('fall/head', 'self')).said).toEqual(['who'])
  })
})
