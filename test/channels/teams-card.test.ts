import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { type AdaptiveCard, card, type Shown, unmarked } from '../../src/words/card.ts'

// By require: the package's other build cannot be imported by Node.
const adaptive: typeof import('adaptivecards') = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.js'
)

const shown = (more: Partial<Shown> = {}): Shown => ({
  turn: 4,
  parts: [{ words: 'I am sorry to hear that.' }, { words: 'Can they stand up?\nTake your time.' }],
  choices: [
    { value: 'yes', label: 'Yes', key: '1' },
    { value: 'no', label: 'No', key: '2' },
  ],
  ...more,
})
const many = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    value: `v${i}`,
    label: `Label ${i}`,
    key: `${i + 1}`,
  }))

/** Everything Microsoft's parser has to say against a card. */
function faults(json: AdaptiveCard): string[] {
  const context = new adaptive.SerializationContext(adaptive.Versions.v1_4)
  const parsed = new adaptive.AdaptiveCard()
  parsed.parse(JSON.parse(JSON.stringify(json)), context)
  const said = Array.from({ length: context.eventCount }, (_, i) => context.getEventAt(i).message)
  return [...said, ...parsed.validateProperties().validationEvents.map(({ message }) => message)]
}
const titles = ({ body, actions }: AdaptiveCard) =>
  [...body.flatMap((item) => ('actions' in item ? item.actions : [])), ...actions].map(
    ({ title }) => title
  )

it.each<[string, Partial<Shown>]>([
  ['a question', {}],
  ['no answers to choose from', { choices: [] }],
  ['thirteen answers', { choices: many(13) }],
  ['an ending', { parts: [{ words: 'Ring 999 now.' }], choices: [] }],
  ['another language', { parts: [{ words: 'Czy możesz oddychać?' }] }],
  ['hostile words', { parts: [{ words: '"}],"body":[{"type":"Image","url":"http://x"}]' }] }],
])('%s is a card that Microsoft’s own parser takes', (_name, more) => {
  expect(faults(card(shown(more)).card)).toEqual([])
})

it('shows words line by line, and says the same as text', () => {
  const made = card(shown(), 'Speak to a person')
  expect(made.card.body).toEqual([
    { type: 'TextBlock', text: 'I am sorry to hear that.', wrap: true },
    { type: 'TextBlock', text: 'Can they stand up?', wrap: true },
    { type: 'TextBlock', text: 'Take your time.', wrap: true },
  ])
  const text =
    'I am sorry to hear that.\nCan they stand up?\nTake your time.\n1 Yes\n2 No\n0 Speak to a person'
  expect([made.text, made.card.fallbackText]).toEqual([text, text])
})

describe('buttons', () => {
  it('each name the turn they answer', () => {
    for (const { data } of card(shown()).card.actions) expect(data.turn).toBe(4)
  })
  it.each([0, 1, 4, 5, 6, 9, 10, 13])('none of %s answers is dropped, nor the person', (count) => {
    const made = card(shown({ choices: many(count) })).card
    expect(titles(made)).toEqual([...many(count).map(({ label }) => label), 'A person'])
    const rows = [made.actions, ...made.body.map((item) => ('actions' in item ? item.actions : []))]
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(5)
  })
  it('offer a person once', () => {
    const choices = [{ value: 'person', label: 'Talk to someone', key: '3' }]
    const made = card(shown({ choices }))
    expect([titles(made.card), made.text.match(/someone|person/g)]).toEqual([
      ['Talk to someone'],
      ['someone'],
    ])
  })
})

it.each([
  ['Are you struggling to breathe?', 'Are you struggling to breathe?'],
  [
    "Guy's & St Thomas' (020 7946 0000), 24/7 - free!",
    "Guy's & St Thomas' (020 7946 0000), 24/7 - free!",
  ],
  ['[free money](http://evil.example)', '\\[free money\\](http://evil.example)'],
  ['![x](http://evil.example/i.png)', '!\\[x\\](http://evil.example/i.png)'],
  [
    '**now** and _then_ and `code` ~~gone~~',
    '\\*\\*now\\*\\* and \\_then\\_ and \\`code\\` \\~\\~gone\\~\\~',
  ],
  ['<a href="x">y</a>', '\\<a href="x"\\>y\\</a\\>'],
  ['{{DATE(2026-11-24T10:00:00Z)}}', '\\{\\{DATE(2026-11-24T10:00:00Z)\\}\\}'],
  ['# big', '\\# big'],
  ['- a list', '\\- a list'],
  ['1. a list', '1\\. a list'],
  ['12) a list', '12\\) a list'],
  ['111 will ring', '111 will ring'],
  ['> said', '\\> said'],
  ['    code', 'code'],
  ['&lt;b&gt; &#42;', '\\&lt;b\\&gt; \\&#42;'],
  ['\\*', '\\\\\\*'],
  ['a\u0007b\tc', 'a b c'],
])('leaves no markdown in %j', (words, left) => {
  expect(unmarked(words)).toBe(left)
})
