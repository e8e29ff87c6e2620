import { expect, it } from 'vitest'
import {
  spelled,
  spokenDigits,
  spokenNumber,
  spokenRef,
  writtenNumber,
} from '../../src/words/numbers.ts'
import { writtenDigits } from '../../src/words/phrase.ts'
import { segments, writeText } from '../../src/words/text.ts'

// Counted by hand from 3GPP TS 23.038 and 23.040: 160/153 septets, 70/67 UCS-2 units.
it.each([
  ['nothing', '', 0],
  ['one letter', 'a', 1],
  ['one full text', 'a'.repeat(160), 1],
  ['one more than a text', 'a'.repeat(161), 2],
  ['two full texts', 'a'.repeat(306), 2],
  ['one more than two', 'a'.repeat(307), 3],
  ['three full texts', 'a'.repeat(459), 3],
  ['one more than three', 'a'.repeat(460), 4],
  ['euros, two places each', '€'.repeat(80), 1],
  ['one euro more', '€'.repeat(81), 2],
  ['a euro that would be split moves to the next text', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 3],
  ['the same without the split', `${'a'.repeat(151)}€${'a'.repeat(153)}`, 2],
  ['letters of the GSM alphabet', 'éèùìòÇØøÅåÆæßÉäöñüàÄÖÑÜ'.repeat(6), 1],
  ['a small c with cedilla is not in it', `ç${'a'.repeat(69)}`, 1],
  ['nor an acute a', `á${'a'.repeat(70)}`, 2],
  ['a curly quote halves a text', `’${'a'.repeat(70)}`, 2],
  ['two full texts of 67', `’${'a'.repeat(133)}`, 2],
  ['one more', `’${'a'.repeat(134)}`, 3],
  ['an emoji takes two places', '😀'.repeat(35), 1],
  ['and is never split', '😀'.repeat(67), 3],
  ['a new line is one place', '\n'.repeat(160), 1],
])('counts texts: %s', (_name, text, count) => expect(segments(text)).toBe(count))

it.each([
  ['ring 9 9 9 now', 'ring 999 now'],
  ['ring 9 9 9, or 1 1 1, day or night', 'ring 999, or 111, day or night'],
  ['Samaritans, 1 1 6, 1 2 3.', 'Samaritans, 116 123.'],
  ['on 0 8 0 0, 1 1 1 1. It is free', 'on 0800 1111. It is free'],
  ['press 1. None, 2. Not sure, 3.', 'press 1. None, 2. Not sure, 3.'],
  ['under 18, you or another', 'under 18, you or another'],
  ['Check 1 of 3.', 'Check 1 of 3.'],
])('writes spoken digits: %s', (spoken, written) => expect(writtenDigits(spoken)).toBe(written))

it('speaks numbers digit by digit', () => {
  expect(spokenRef('12345678')).toBe('1 2 3, 4 5 6, 7 8')
  expect(spokenDigits('045')).toBe('0 4 5')
  expect(spelled('SE15 5XX')).toBe('S E 1 5, 5 X X')
  expect(spelled('SE15 5')).toBe('S E 1 5, 5')
  expect(spokenNumber('+442079460139')).toBe('0 2 0, 7 9 4 6, 0 1 3 9')
})

it.each([
  ['+442079460139', '020 7946 0139'],
  ['+447700900123', '07700 900 123'],
  ['+441632960001', '01632 960 001'],
  ['+448081570000', '0808 157 0000'],
  ['116123', '116123'],
])('writes a telephone number: %s', (number, written) =>
  expect(writtenNumber(number)).toBe(written)
)

it('numbers the answers of a text', () => {
  const choice = (value: string, label: string, key: string) => ({ value, label, key })
  const part = { step: 'a', words: 'Is it?', slow: false }
  const yes = [
    choice('yes', 'Yes', '1'),
    choice('no', 'No', '2'),
    choice('not-sure', 'Not sure', '3'),
  ]
  expect(writeText({ parts: [part], choices: yes })).toBe('Is it?\n1 YES  2 NO  3 NOT SURE')
  const long = [choice('a', 'A fall, or stuck', '1'), choice('b', 'Ill', '2')]
  expect(writeText({ parts: [part], choices: long })).toBe('Is it?\n1 A fall, or stuck\n2 Ill')
})
