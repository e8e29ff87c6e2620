import { describe, expect, it } from 'vitest'
import type { Channel, Effect, Form } from '../../src/conversation/types.ts'
import { CODES } from '../../src/flows/outcomes.ts'
import { isAsking } from '../../src/flows/schema.ts'
import { compose, type Said, type Turned } from '../../src/words/compose.ts'
import {
  SAMPLE_OPTIONS,
  SAMPLE_POSTCODE,
  SAMPLE_TOLD,
  TOLD_VARIANTS,
} from '../../src/words/sample.ts'
import { segments, writeText } from '../../src/words/text.ts'
import type { Told } from '../../src/words/told.ts'
import { flat, words } from './shipped.ts'

const CHANNELS: readonly Channel[] = ['voice', 'sms', 'teams']
const turned = (effects: readonly Effect[], more: Partial<Turned> = {}): Said =>
  compose({
    words,
    lang: 'en',
    flat,
    effects,
    channel: 'voice',
    first: false,
    told: SAMPLE_TOLD,
    ...more,
  })
const heard = (said: Said) => said.parts.map((part) => part.words).join(' ')
const ask = (step: string, attempt = 1, options?: string[]): Effect => ({
  kind: 'ask',
  step,
  form: 'self',
  attempt,
  ...(options && { options }),
})
const person = (step: string, rings: boolean, staffed = true): Effect => ({
  kind: 'person',
  step,
  form: 'self',
  priority: 'P1',
  wait: 'PT60S',
  staffed,
  rings,
})
const outcome = (step: string, ...codes: string[]): Effect => ({ kind: 'outcome', step, codes })
const end = (step: string): Effect => ({ kind: 'end', step, form: 'self' })
const told = (more: Partial<Told>): Told => ({ ...SAMPLE_TOLD, ...more })

describe('everything that can be said, in each form, channel and hour', () => {
  const rows = [...flat.steps.values()].flatMap((placed) => effectsOf(placed.state))
  it.each(CHANNELS)('%s', (channel) => {
    for (const [name, effects] of rows)
      for (const variant of [SAMPLE_TOLD, ...TOLD_VARIANTS]) {
        const said = turned(effects, { channel, told: variant, optionName: (o) => `Surgery ${o}` })
        for (const part of said.parts) expect(part.words, name).toMatch(CLEAN)
        for (const part of said.parts) expect(part.words, name).not.toMatch(DIRTY)
        const all = heard(said)
        expect(all, name).not.toMatch(channel === 'voice' ? /\d{3}/ : /\d \d \d/)
        if (channel === 'sms') expect(segments(writeText(said)), all).toBeLessThanOrEqual(3)
        if (effects.some((e) => e.kind === 'ask' || e.kind === 'end'))
          expect(all, name).not.toBe('')
      }
  })
  it('an ending for every code, alone and with others', () => {
    for (const channel of CHANNELS)
      for (const code of CODES)
        for (const other of ['', ...CODES])
          for (const variant of [SAMPLE_TOLD, ...TOLD_VARIANTS]) {
            const codes = [code, ...(other ? [other] : [])]
            const said = turned([end('told')], { channel, told: { ...variant, codes } })
            expect(heard(said)).toMatch(CLEAN)
            expect(heard(said)).not.toMatch(DIRTY)
            if (channel === 'sms')
              expect(segments(writeText(said)), heard(said)).toBeLessThanOrEqual(3)
          }
  })
})
const CLEAN = /^[A-Z0-9][\s\S]*[.?]$/
const DIRTY = /[{}]|undefined|null|NaN| {2}| [.,?]|\.\.|by \.|on \./

function effectsOf(state: string): [string, Effect[]][] {
  const step = flat.steps.get(state)?.step
  const forms: Form[] = ['self', 'other']
  return forms.flatMap((form): [string, Effect[]][] => {
    const of = (...effects: Effect[]): [string, Effect[]] => [
      `${state} ${form}`,
      effects.map((effect) => ('form' in effect ? { ...effect, form } : effect)),
    ]
    if (step?.kind === 'person')
      return [
        of(person(state, true)), // rung
        of(person(state, false), end('exit/x1-end')),
        of(person(state, false, false), end('exit/x1-end')),
        of({ kind: 'say', step: state, form, variant: 'unanswered' }, end('exit/x1-end')),
      ]
    if (step?.kind === 'end') return [of(end(state))]
    if (!step || !isAsking(step)) return []
    const screens = [ask(state), ask(state, 2)]
    if (step.kind === 'practice' || step.kind === 'postcode')
      screens.push(ask(`${state}/confirm`, 1, [...SAMPLE_POSTCODE]))
    if (step.kind === 'practice') screens.push(ask(`${state}/pick`, 1, [...SAMPLE_OPTIONS]))
    const warned = of({ kind: 'say', step: state, form, variant: 'abuse' }, ask(state))
    return [...screens.map((screen) => of(screen)), warned]
  })
}

describe('danger', () => {
  const X1 = [outcome('exit/x1', 'E999'), person('exit/x1-person', true)]
  const X1n = [
    outcome('exit/x1', 'E999'),
    person('exit/x1-person', false, false),
    end('exit/x1-end'),
  ]
  it('with cover, a person is coming', () => {
    const said = turned(X1, { told: told({ codes: ['E999'] }) })
    expect(heard(said)).toBe(
      'Please hang up, and ring 9 9 9 now. Say what is wrong, and where you are. If you can not ring 9 9 9, stay on the line. A person is coming.'
    )
    expect(said).toMatchObject({ person: { step: 'exit/x1-person' }, listen: null, ended: null })
  })
  it('with no cover, nobody is promised', () => {
    const said = turned(X1n, { told: told({ codes: ['E999'], cover: 'no' }) })
    expect(heard(said)).toBe(
      'Please hang up, and ring 9 9 9 now. Say what is wrong, and where you are. If you need help to ring, call out to someone near you.'
    )
    expect(said.ended).toBe('emergency')
  })
  it('nobody came within a minute', () => {
    const unanswered: Effect = {
      kind: 'say',
      step: 'exit/x1-person',
      form: 'self',
      variant: 'unanswered',
    }
    const said = turned([unanswered, end('exit/x1-end')], { told: told({ codes: ['E999'] }) })
    expect(heard(said)).toMatch(
      /^I am sorry\. No one is free yet\. Please hang up, and ring 9 9 9 now\./
    )
  })
  it('by text, the 999 words come before the promise', () => {
    const effects = [X1n[0], person('exit/x1-person', false), X1n[2]] as Effect[]
    const said = turned(effects, { channel: 'sms', told: told({ codes: ['E999'] }) })
    expect(writeText(said)).toBe(
      'Please ring 999 now. Say what is wrong, and where you are. If you need help to ring, call out to someone near you.\nA person will ring you by 2:10pm today.'
    )
  })
  it.each([
    [
      'exit/xc',
      'E999',
      /ring 999 now\. Gas or fire: get out first\. To talk, ring Samaritans on 116 123, or 111\./,
    ],
    [
      'exit/xl',
      'EMH',
      /ring 999 now\. If you are safe, ring 111 and choose mental health, or Samaritans, 116 123\./,
    ],
    ['exit/x3', 'HOLD', /To be safe, ring 999 now/],
    ['fall/lift/lift', 'LIFT', /keep warm\. Please ring 999 now/],
  ])('by text %s holds its numbers in the same message', (name, code, holds) => {
    const ending = name.includes('lift') ? 'fall/lift/ring-999' : `${name}-end`
    const effects = [outcome(name, code), person(`${name}-person`, false), end(ending)]
    expect(writeText(turned(effects, { channel: 'sms', told: told({ codes: [code] }) }))).toMatch(
      holds
    )
  })
  it('speech does not interrupt a danger screen; keys always may', () => {
    expect(turned([ask('danger/check-1')]).listen).toMatchObject({
      screen: 'one-key',
      bargeInSpeech: false,
      seconds: 8,
    })
    expect(turned([ask('need')]).listen).toMatchObject({ bargeInSpeech: true })
  })
})

describe('questions', () => {
  it('the first words of a call', () => {
    const said = turned([ask('danger/check-1')], { first: true })
    expect(said.parts.map((part) => part.step)).toEqual(['greeting', 'danger/check-1'])
    expect(said.parts[0]?.words).toBe(
      'Hello. Southampton Health and Care. If someone may die, hang up, and ring 9 9 9 now. For a person, press 0 at any time.'
    )
    const noCover = turned([ask('danger/check-1')], { first: true, told: told({ cover: 'no' }) })
    expect(heard(noCover)).not.toMatch(/person/i)
  })
  it('the first text', () => {
    const text = writeText(turned([ask('danger/check-1')], { first: true, channel: 'sms' }))
    expect(text.split('\n')).toEqual([
      'Southampton Health and Care. If someone may die, ring 999 now. For a person, send CALL ME.',
      'Check 1 of 3. Is anyone: hard to wake, or having a fit? Fighting for breath, or choking? Blue, grey or blotchy? In chest pain, tight or heavy? Or bleeding badly?',
      '1 YES  2 NONE  3 NOT SURE',
    ])
  })
  it('the first text asks for a person: the 999 words, the promise, the question', () => {
    const effects = [
      outcome('exit/q0-call', 'CALL'),
      person('exit/q0-nobody', false),
      ask('danger/check-1'),
    ]
    const said = turned(effects, { first: true, channel: 'sms' })
    expect(said.parts.map((part) => part.words.slice(0, 20))).toEqual([
      'If anyone may die, r',
      'A person will ring y',
      'Check 1 of 3. Is any',
    ])
  })
  it('answers are spoken in the author’s order, numbered in the flow’s', () => {
    expect(heard(turned([ask('who')]))).toBe(
      'Who needs help? Someone under 18, you or another, press 3. You, and you are an adult, 1. Another adult, 2. If you have rung about this before, or have a worker here, 4.'
    )
    expect(turned([ask('who')], { channel: 'sms' }).choices.map(({ value }) => value)).toEqual([
      'self',
      'other',
      'child',
      'known',
    ])
  })
  it.each([
    [
      'SILENCE',
      /^I did not hear you\. That is fine\. I will say it again, slowly\. Or press 0 for a person\. /,
    ],
    ['UNCLEAR', /^I am sorry, I did not get that\. Let us try once more\. /],
    ['AGAIN', /^Check two/],
  ] as const)('asked again after %s', (type, starts) => {
    const said = turned([ask('danger/check-2', 2)], { heard: type })
    expect(heard(said)).toMatch(starts)
    expect(said.parts.at(-1)?.slow).toBe(true)
    expect(said.listen?.seconds).toBe(12)
  })
  it('reads a surgery and a postcode back', () => {
    const name = { optionName: () => 'Wells Park Practice' }
    expect(heard(turned([ask('fall/where/practice/confirm', 1, ['G85004'])], name))).toBe(
      'I heard Wells Park Practice. Is that right? Yes, press 1. No, 2.'
    )
    expect(heard(turned([ask('fall/where/postcode/confirm', 1, ['SE26 6AD'])], name))).toMatch(
      /^I heard S E 2 6, 6 A D\. Is that right\?/
    )
    const written = turned([ask('fall/where/postcode/confirm', 1, ['SE26 6AD'])], {
      channel: 'teams',
    })
    expect(heard(written)).toBe('I heard SE26 6AD. Is that right?')
    expect(written.choices.map(({ label }) => label)).toEqual(['Yes', 'No'])
  })
  it('waits longer for a relay call', () =>
    expect(turned([ask('need')], { relay: true }).listen?.seconds).toBe(30))
})

describe('endings', () => {
  const said = (more: Partial<Told>, channel: Channel = 'voice') =>
    heard(turned([end('told')], { channel, told: told(more) }))
  const at = (time: string) => `2026-11-25T${time}:00Z`
  it('who, from which team, by when, the number, and what if it gets worse', () =>
    expect(
      said({
        codes: ['UCR2'],
        teams: { UCR2: 'rapid response' },
        due: { UCR2: at('14:50') },
        ref: '12345678',
      })
    ).toBe(
      'A nurse from the rapid response team will ring you by 10 to 3 this afternoon. If no one rings by then, ring us. Your number is 1 2 3, 4 5 6, 7 8. If it gets worse, ring 9 9 9.'
    ))
  it('before the text offer, star and a person are named', () => {
    const offer = heard(turned([ask('closing/offer-text')]))
    expect(offer).toMatch(
      /To hear this again, press star\. For a person, press 0\. Shall we text this\? Say yes only if no one else reads your phone\. Yes, press 1\. No, or not sure, 2\.$/
    )
  })
  it('a second and a third code get a line each, and no more', () => {
    const lines = said({ codes: ['CSD', 'FALL', 'EQUP', 'CARE'] }).match(/too\./g)
    expect(lines).toHaveLength(2)
  })
  it('a call back that is over is not spoken of', () => {
    const due = { CALL: at('14:00'), CSD: at('16:00') }
    expect(said({ codes: ['CALL', 'CSD'], due })).toMatch(
      /^Someone from .* by 4 o'clock this afternoon\./
    )
    const both = said({ codes: ['CSD', 'CALL'], due: { ...due, CALL: at('14:20') } })
    expect(both).toMatch(/A person will ring you by 20 past 2 this afternoon too\./)
  })
  it('by text, a promise that may be overheard does not ring', () => {
    const effects = [person('exit/x3-person', false), end('exit/x3-end')]
    const written = turned(effects, {
      channel: 'sms',
      told: told({ codes: ['HOLD', 'E999'], unsafe: true }),
    })
    expect(heard(written)).toMatch(/A person will see this by 2:10pm today\./)
  })
  it('no number to ring: they ring us', () =>
    expect(
      said({ codes: ['CSD'], due: { CSD: at('16:00') }, reachable: false, ref: '12345678' })
    ).toBe(
      "Please ring us by 4 o'clock this afternoon, and say 1 2 3, 4 5 6, 7 8. If it gets worse, ring 9 9 9."
    ))
  it('ringing may harm: nobody says they will ring', () => {
    const words = said({ codes: ['SAFE'], unsafe: true })
    expect(words).toMatch(/^You did the right thing\./)
    expect(words).not.toMatch(/will ring you|secret/)
  })
  it('nobody holds a time: none is said', () =>
    expect(said({ codes: ['CSD'], due: {} })).not.toMatch(/ by | ring you/))
  it('not agreed: nothing was passed on, and someone rings first', () =>
    expect(said({ codes: ['NAV', 'CALL'], consent: 'no', due: { CALL: at('16:00') } })).toMatch(
      /^We have passed nothing on\. We will ring you by 4 o'clock this afternoon, to talk it over first\./
    ))
  it('not agreed, and urgent: told that the least goes on', () =>
    expect(said({ codes: ['UCR2'], consent: 'no' })).toMatch(
      /We will tell them just your number, where you are and what you need\./
    ))
  it('closed now: what to do until then', () =>
    expect(said({ codes: ['CSD'], closed: true })).toMatch(
      /They are closed now\. If it can not wait until then, ring 1 1 1/
    ))
  it('after 999 words nothing else is said', () =>
    expect(said({ codes: ['KEYW', 'E999'] })).not.toMatch(/too\.|will ring/))
  it('111 is told why, by the need that led there', () => {
    const urgent = (where: string) =>
      heard(
        turned([outcome(`${where}/urgent`, 'E111', 'CALL'), end(`${where}/ring-111`)], {
          told: told({ codes: ['E111', 'CALL'], due: { CALL: '2026-11-26T08:00:00Z' } }),
        })
      )
    expect(urgent('fall/two-hour')).toBe(
      "Please ring 1 1 1 now. It is free, day and night. Tell them about a fall, and bad new pain. We will ring you by 8 o'clock tomorrow morning too. Your number is 7 7 7, 7 7 7, 7 7. If it gets worse, ring 9 9 9."
    )
    expect(urgent('ill/weak/two-hour')).toMatch(/Tell them it is much harder for you to eat/)
    expect(urgent('ill/two-hour-now')).toMatch(/Tell them what is wrong today/)
  })
  it('at home, the council comes first where its number is known', () => {
    const effects = [
      outcome('other/two-hour-home/council', 'E111', 'CALL'),
      end('other/two-hour-home/ring-council'),
    ]
    const codes = ['E111', 'CALL']
    expect(heard(turned(effects, { told: told({ codes }) }))).toMatch(
      /^Please ring the council now, on 0 2 0, 7 9 4 6, 0 1 3 9\. If they can not help, ring 1 1 1, day or night\. Tell them you can not go on caring today\./
    )
    const { outOfHours: _, ...without } = told({ codes })
    expect(heard(turned(effects, { told: without }))).toMatch(/^Please ring 1 1 1 now/)
  })
  it('a hang-up says nothing', () => {
    expect(turned([outcome('fall/today/gone', 'CSD')])).toMatchObject({
      parts: [],
      ended: 'ordinary',
    })
    expect(turned([{ kind: 'joined' }])).toMatchObject({ parts: [], ended: null })
  })
  it('a language without words is a fault of ours', () =>
    expect(() => turned([ask('need')], { lang: 'xx' })).toThrow(/no words in xx/))
})
