import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { actOf } from '../../src/channels/teams-staff.ts'
import { readingAge } from '../../src/words/measure.ts'
import {
  emptiedCard,
  goneCard,
  lapsedCard,
  offerCard,
  takenCard,
} from '../../src/words/staff-card.ts'
import type { Pressed, StaffCard } from '../../src/words/staff-card-parts.ts'
import { helpCard, settledCard, shiftCard } from '../../src/words/staff-card-shift.ts'
import { wrapUpCard } from '../../src/words/staff-card-wrap.ts'
import { yoursCard } from '../../src/words/staff-card-yours.ts'
import { alert, shift, told, wrapping, yours } from './staff-told.ts'

// By require: the package's other build cannot be imported by Node.
const adaptive: typeof import('adaptivecards') = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.js'
)

const of = { contact: 'c-1', ref: '12345674', turn: 7 }
const hour = { now: '2026-11-24T14:21:00Z', zone: 'Europe/London' }
const HOSTILE = '"}]} [x](http://evil.example) **b** {{DATE(2026-11-24T10:00:00Z)}} <a>\u0007\n- z'
const hostile = {
  inTheirWords: HOSTILE.repeat(400),
  codes: [HOSTILE],
  flags: [HOSTILE],
  language: HOSTILE,
  route: { team: HOSTILE, service: 'x', rule: HOSTILE },
  answers: Array.from({ length: 60 }, (_, i) => ({
    asked: HOSTILE.repeat(9),
    answer: HOSTILE.repeat(9),
    danger: i < 30,
  })),
}

const letters = (one: string) => ({
  inTheirWords: one.repeat(4000),
  flags: Array.from({ length: 20 }, () => one.repeat(500)),
  answers: Array.from({ length: 60 }, (_, i) => ({
    asked: one.repeat(500),
    answer: one.repeat(500),
    danger: i < 30,
  })),
})

const CARDS: Record<string, StaffCard> = {
  'an offer': offerCard(told()),
  'an offer with the story': offerCard(told({}, { cards: 'story' })),
  'an offer of someone not asked about danger': offerCard(
    told({ danger: 'not-asked', priority: null, level: 'soon' }, { wants: true })
  ),
  'an offer after a danger yes': offerCard(told({ danger: 'yes' })),
  'an offer after "not sure"': offerCard(told({ danger: 'not-sure' })),
  'a restricted offer': offerCard(told({ restricted: true }, { cards: 'story' })),
  'an offer with little known': offerCard(
    told({ answers: [], codes: [], flags: [], route: null, consent: null }, { cards: 'story' })
  ),
  'hostile words': offerCard(told(hostile, { cards: 'story' })),
  'an offer in four-byte letters': offerCard(
    told({ ...hostile, ...letters('𝒜') }, { cards: 'story' })
  ),
  taken: takenCard(of, HOSTILE),
  lapsed: lapsedCard(of),
  gone: goneCard(of),
  'yours, by phone': yoursCard(yours()),
  'yours, by phone, with hostile names': yoursCard(
    yours(hostile, { names: { asha: HOSTILE }, services: { ucr: HOSTILE }, cards: 'story' })
  ),
  'yours, by text': yoursCard(yours({ channel: 'sms' })),
  'yours, restricted': yoursCard(yours({ restricted: true })),
  'wrap-up': wrapUpCard(wrapping),
  emptied: emptiedCard(of),
  'danger words': alert(),
  'danger words, told': alert({ cards: 'story' }),
  'not delivered': alert({ of: 'not-delivered' }),
  'an alert that was seen to': settledCard('40711329', {
    how: 'asked',
    name: 'Asha',
    answer: 'not-sure',
  }),
  'wrap-up, danger not asked': wrapUpCard({ ...wrapping, unasked: true }),
  help: helpCard(shift(), hour),
  ...Object.fromEntries(
    (['off', 'available', 'on-contact', 'wrapping', 'break', 'paused'] as const).map((value) => [
      `shift ${value}`,
      shiftCard(shift({ shift: value }), hour),
    ])
  ),
}
const cards = Object.entries(CARDS)

type Node = Record<string, unknown>
/** Every element and button of a card, those of cards within it too. */
function nodes(node: unknown): Node[] {
  if (Array.isArray(node)) return node.flatMap(nodes)
  if (typeof node !== 'object' || node === null) return []
  return [
    node as Node,
    ...Object.entries(node).flatMap(([key, value]) => (key === 'data' ? [] : nodes(value))),
  ]
}
const words = ({ card }: StaffCard) =>
  nodes(card).flatMap(({ text, value, title }) =>
    [text, title, value].filter((each): each is string => typeof each === 'string')
  )
const button = (made: StaffCard, id: string) =>
  nodes(made.card).find((node) => node.id === id) as { data: Pressed } & Node

/** Everything Microsoft's parser has to say against a card, its own check of each element included. */
function faults({ card }: StaffCard): string[] {
  const context = new adaptive.SerializationContext(adaptive.Versions.v1_4)
  const parsed = new adaptive.AdaptiveCard()
  parsed.parse(JSON.parse(JSON.stringify(card)), context)
  const said = Array.from({ length: context.eventCount }, (_, i) => context.getEventAt(i).message)
  return [...said, ...parsed.validateProperties().validationEvents.map(({ message }) => message)]
}

/**
 * What each part may hold (adaptivecards.io/explorer, version 1.4): the parser passes over what it does not know, and a
 * misspelt field would be lost in silence.
 */
const OF_ALL = ['type', 'id', 'isVisible', 'separator', 'spacing', 'height', 'fallback', 'requires']
const INPUT = [...OF_ALL, 'label', 'isRequired', 'errorMessage', 'value', 'placeholder']
const ACTION = ['type', 'id', 'title', 'style', 'iconUrl', 'fallback', 'requires']
const MAY_HOLD: Record<string, readonly string[]> = {
  AdaptiveCard: ['type', '$schema', 'version', 'fallbackText', 'body', 'actions'],
  TextBlock: [...OF_ALL, 'text', 'wrap', 'size', 'weight', 'color', 'isSubtle', 'maxLines'],
  Container: [...OF_ALL, 'items', 'style', 'bleed', 'minHeight'],
  FactSet: [...OF_ALL, 'facts'],
  ActionSet: [...OF_ALL, 'actions'],
  'Input.Text': [...INPUT, 'isMultiline', 'maxLength', 'style', 'regex'],
  'Input.ChoiceSet': [...INPUT, 'choices', 'isMultiSelect', 'style', 'wrap'],
  'Action.Execute': [...ACTION, 'verb', 'data', 'associatedInputs'],
  'Action.OpenUrl': [...ACTION, 'url'],
  'Action.ShowCard': [...ACTION, 'card'],
  'Action.ToggleVisibility': [...ACTION, 'targetElements'],
}
const OF_A_FACT = ['title', 'value']

describe.each(cards)('%s', (_name, made) => {
  it('holds nothing that version 1.4 does not know', () => {
    for (const node of nodes(made.card)) {
      const may = MAY_HOLD[String(node.type)] ?? (node.type === undefined ? OF_A_FACT : [])
      expect(Object.keys(node).filter((key) => !may.includes(key))).toEqual([])
    }
  })
  it('is a card that Microsoft’s own parser takes', () => expect(faults(made)).toEqual([]))
  it('is smaller than Teams allows', () =>
    expect(Buffer.byteLength(JSON.stringify(made.card))).toBeLessThan(26 * 1024))
  it('says something, and has at most five buttons in a row', () => {
    expect(words(made)[0]).toBeTruthy()
    for (const { actions } of nodes(made.card))
      expect((actions as unknown[] | undefined)?.length ?? 0).toBeLessThanOrEqual(5)
  })
  it('names each of its parts once', () => {
    const ids = nodes(made.card).flatMap(({ id }) => (id === undefined ? [] : [id]))
    expect(ids).toEqual([...new Set(ids)])
  })
  it('follows no markdown of anybody’s', () => {
    for (const said of nodes(made.card).flatMap(({ type, text }) =>
      type === 'TextBlock' ? [String(text)] : []
    ))
      expect(said).not.toMatch(/(?<!\\)[*_[\]{}<>]|\n/)
  })
  it('shows nobody’s words where a phone is locked', () => {
    expect(made.text).not.toMatch(/Mum|breathe|Ada/)
    expect(made.text.length).toBeLessThan(200)
  })
})

/** What somebody fills in, by the name of the input. */
const FILLED: Record<string, string> = {
  'decline.reason': 'busy',
  'bring.service': 'ucr',
  'bring.number': '020 7946 0100',
  'ring-out.number': '07700 900456',
  'ring-out.reason': 'her sister',
  'near-miss.note': 'nearly sent to the wrong team',
  'wrap-up.outcome': 'helped',
  'wrap-up.needs': 'Hearing,Memory',
  'wrap-up.repeats': '3',
}

it.each(cards)('every button of %s is an act that the desk knows', (_name, made) => {
  const all = nodes(made.card).filter(({ type }) => type === 'Action.Execute')
  for (const { data, id } of all as { data: Pressed; id: string }[]) {
    const mine = Object.entries(FILLED).filter(([name]) =>
      data.act.do !== 'bring' || id === 'ring-in'
        ? name !== 'bring.service'
        : name !== 'bring.number'
    )
    expect(actOf({ ...data, ...Object.fromEntries(mine) }, 'asha')).toMatchObject({
      act: { do: data.act.do },
    })
  }
})

it('is written in words that a child of eleven reads', () => {
  const own = cards.filter(([name]) => !/hostile|letters|taken/.test(name))
  const hard = own.flatMap(([, made]) =>
    nodes(made.card)
      .flatMap(({ text, label, title }) => [text, label, title])
      .filter((each): each is string => typeof each === 'string')
      .map((each) => each.replace(/\\/g, ''))
      .filter((each) => each.split(' ').length >= 6 && readingAge(each) > 11)
  )
  expect([...new Set(hard)]).toEqual([])
})

it('names inputs after the acts that read them, and asks for what an act needs', () => {
  for (const [, made] of cards)
    for (const { id } of nodes(made.card).filter(({ type }) => /^Input/.test(String(type)))) {
      const [does] = String(id).split('.')
      expect(nodes(made.card).some(({ data }) => (data as Pressed)?.act.do === does)).toBe(true)
    }
})

describe('what an offer shows', () => {
  it('is by default the reference, how soon, how they came, and their first words', () => {
    expect(words(CARDS['an offer'] as StaffCard).slice(0, 13)).toEqual([
      'Can you take 12345674?',
      'Soon: within 20 minutes',
      'Place',
      'Southwark',
      'How',
      'Phone call',
      'Language',
      'Polish',
      'Since',
      '14:20',
      'First words',
      '“Mum can not get up and she is not eating”',
      'Take it',
    ])
  })
  it('is with the story what matters first', () => {
    const said = words(CARDS['an offer with the story'] as StaffCard)
    const order = [
      'Not safe to ring',
      'The danger check',
      'What they said',
      'Two-hour response',
      'Yes, we may share',
      'Rapid response',
      'the GP practice',
      'What we asked',
    ].map((each) => said.indexOf(each))
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order[0]).toBeGreaterThan(0)
  })
  it('has the danger check as buttons where it was not asked', () => {
    const made = CARDS['an offer of someone not asked about danger'] as StaffCard
    expect(words(made)).toContain('DANGER NOT ASKED')
    for (const answer of ['yes', 'no', 'not-sure'])
      expect(button(made, `danger-${answer}`).data).toEqual({
        act: { do: 'danger', answer, contact: 'c-1' },
        card: 'c-1:7',
      })
  })
  it('does not call something slow of which nothing is known yet', () => {
    const unknown = { priority: 'P4', level: 'information', codes: [] } as const
    expect(words(offerCard(told(unknown)))[1]).toBe('We do not know yet how urgent it is')
    expect(words(offerCard(told({ ...unknown, codes: ['INFO'] })))[1]).toBe('By tomorrow')
  })
  it('leaves the danger check to whoever asks it', () => {
    const asking = { danger: 'not-asked' } as const
    const before = words(yoursCard(yours(asking, { legs: [] })))
    expect(before).not.toContain('DANGER NOT ASKED')
    expect(before.join()).toContain('We are asking them about danger')
    expect(words(yoursCard(yours(asking)))).toContain('DANGER NOT ASKED')
    expect(words(yoursCard(yours(asking, { legs: [], wants: true })))).toContain('DANGER NOT ASKED')
  })
  it.each([
    ['yes', 'DANGER: THEY SAID YES'],
    ['not-sure', 'DANGER: NOT SURE. ASK AGAIN.'],
  ] as const)('says a danger answer of %s at the top', (danger, say) => {
    expect(words(offerCard(told({ danger })))[2]).toBe(say)
  })
  it('is of a restricted contact the reference and no more, on every card', () => {
    const secret = { restricted: true, inTheirWords: 'he hits me', flags: ['Afraid'] }
    const all = [
      offerCard(told(secret, { cards: 'story' })),
      yoursCard(yours(secret, { cards: 'story', services: {} })),
      yoursCard(yours({ ...secret, channel: 'sms' }, { cards: 'story' })),
      alert({ restricted: true, cards: 'story', words: 'he hits me' }),
    ]
    for (const made of all)
      expect(JSON.stringify(made)).not.toMatch(
        /he hits me|Afraid|Polish|Southwark|Rapid|Two-hour|within|\bAda\b|Text message/
      )
  })
})

it('leaves nothing on a card that is over but the reference', () => {
  expect(words(emptiedCard(of))).toEqual(['12345674: closed'])
  expect(emptiedCard(of).card.actions).toEqual([])
})

it('gives everyone on the line but oneself what can be done about them', () => {
  const made = CARDS['yours, by phone'] as StaffCard
  expect(words(made)).toEqual(
    expect.arrayContaining(['The caller: on the line', 'Rapid response: on hold'])
  )
  expect(words(made).join()).not.toMatch('Asha: ')
  expect(button(made, 'hold-caller').data.act).toEqual({
    do: 'hold',
    label: 'caller',
    on: true,
    contact: 'c-1',
  })
  expect(button(made, 'hold-team:ucr').data.act).toMatchObject({ on: false })
  expect(button(made, 'mute-team:ucr')).toBeUndefined()
  expect(button(made, 'drop-other:1').title).toBe('Stop ringing')
  expect(button(made, 'drop-caller')).toBeUndefined()
})

it.each([
  ['off', ['Start my shift']],
  ['available', ['Take a break', 'I need a pause', 'End my shift']],
  ['on-contact', ['Take a break', 'I need a pause', 'End my shift']],
  ['break', ['I am back', 'End my shift']],
  ['paused', ['I am back', 'End my shift']],
] as const)('offers on a shift that is %s what comes next', (value, titles) => {
  const { actions } = shiftCard(shift({ shift: value }), hour).card
  expect(actions.map(({ title }) => title)).toEqual(titles)
})

it('offers times that are still to come, in the place’s own day', () => {
  const { card } = wrapUpCard({ ...wrapping, now: '2026-07-01T20:30:00Z' })
  const input = nodes(card).find(({ id }) => id === 'wrap-up.by') as {
    choices: { title: string; value: string }[]
  }
  for (const { value } of input.choices)
    expect(Date.parse(value)).toBeGreaterThan(Date.parse('2026-07-01T20:30:00Z'))
  expect(input.choices.find(({ title }) => title === 'Tomorrow by noon')?.value).toBe(
    '2026-07-02T11:00:00Z'
  )
  expect(input.choices.map(({ title }) => title)).not.toContain('Today by 8pm')
})
