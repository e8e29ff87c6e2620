/** What a person does when they hear or read a question: keys, words, or nothing more. */
export type Doing = { keys: string } | { words: string } | 'hang up'

/** A person as a table: what they answer to which question. The first line that matches counts. */
export interface Person {
  name: string
  channel: 'voice' | 'sms'
  /** What a text conversation begins with. */
  first?: string
  answers: readonly (readonly [question: RegExp, does: Doing])[]
  /** Whether they said yes to a text about it, if they got so far. */
  wantsText?: true
}

const keys = (given: string): Doing => ({ keys: given })
const words = (given: string): Doing => ({ words: given })

/** Clear of danger, about oneself; consent, the number that rang, a name. */
const USUAL: Person['answers'] = [
  [/^.*(Three quick checks|Check two|Last check|Check [123] of 3)/s, keys('2')],
  [/Who needs help\?/, keys('1')],
  [/Which GP surgery\?/, keys('2')],
  [/What is your postcode\?/, words('no')],
  [/(tell|told) .* Is that all right\?/s, keys('1')],
  [/We will ring the number ending/, keys('1')],
  [/your name, and the first line/, words('17 Example House')],
]
const ANY_NO: Person['answers'] = [[/No, 2|2 NO\b|No, press 2/, keys('2')]]

/** People of every kind the runs ring with: each gets to an end of their own. */
export const PEOPLE: readonly Person[] = [
  {
    name: 'fell, is up, wants it texted',
    channel: 'voice',
    wantsText: true,
    answers: [
      ...USUAL,
      [/What is it about\?/, keys('1')],
      [/Shall we text this\?/, keys('1')],
      ...ANY_NO,
    ],
  },
  {
    name: 'fell, is up, wants no text',
    channel: 'voice',
    answers: [
      ...USUAL,
      [/What is it about\?/, keys('1')],
      [/Shall we text this\?/, keys('2')],
      ...ANY_NO,
    ],
  },
  {
    name: 'struggles to breathe',
    channel: 'voice',
    answers: [[/Three quick checks/, keys('1')]],
  },
  {
    name: 'hangs up in the middle',
    channel: 'voice',
    answers: [[/What is it about\?/, 'hang up'], ...USUAL],
  },
  {
    name: 'texts about a fall',
    channel: 'sms',
    first: 'I fell over in the bathroom',
    answers: [...USUAL, [/What is it about\?/, keys('1')], ...ANY_NO],
  },
]

/** What this person does on hearing this; hangs up, or writes no more, where nothing in the table is asked. */
export const doingOf = ({ answers }: Person, question: string): Doing =>
  answers.find(([asked]) => asked.test(question))?.[1] ?? 'hang up'

let last = 0
/** A mobile number nobody has, and nobody had before in this program: below Ofcom's 07700 9. */
export const nextNumber = () => `+4477009${String(last++ % 100_000).padStart(5, '0')}`
