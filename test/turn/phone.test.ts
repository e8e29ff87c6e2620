import { describe, expect, it } from 'vitest'
import { phoneKind, ukNumber } from '../../src/turn/hear.ts'

describe('a number we may ring', () => {
  it.each([
    ['07700 900123', '+447700900123'],
    ['07700900123', '+447700900123'],
    ['07700-900-123', '+447700900123'],
    ['0 7 7 0 0 9 0 0 1 2 3', '+447700900123'],
    ['+44 (0)7700 900123', '+447700900123'],
    ['+447700900123', '+447700900123'],
    ['00447700900123', '+447700900123'],
    ['0044 (0) 20 7946 0123', '+442079460123'],
    ['44 7700 900123', '+447700900123'],
    ['7700 900123', '+447700900123'],
    ['07700900123#', '+447700900123'],
    ['07700　９００１２３', '+447700900123'],
    ['٠٧٧٠٠ ٩٠٠١٢٣', '+447700900123'],
    ['07700 900123.', '+447700900123'],
    ['My number is 07700 900123, after 6pm', '+447700900123'],
    ['07700 900123 or 07700 900123', '+447700900123'],
    ['020 7946 0123', '+442079460123'],
    ['(020) 7946 0123', '+442079460123'],
    ['020 7946 0123 ext 5', '+442079460123'],
    ['01204 900123', '+441204900123'],
    ['01204 90012', '+44120490012'],
    ['0300 123 4567', '+443001234567'],
    ['0800 123 456', '+44800123456'],
    ['07624 123456', '+447624123456'],
    ['zero seven seven zero zero nine zero zero one two three', '+447700900123'],
    ['oh seven seven double oh, nine double oh one two three', '+447700900123'],
    ['plus four four seven seven zero zero nine zero zero one two three', '+447700900123'],
  ])('%s', (words, number) => expect(ukNumber(words)).toBe(number))
})

describe('no number of ours', () => {
  it.each([
    ['emergency', '999'],
    ['emergency', '112'],
    ['a service', '111'],
    ['a service', '116 123'],
    ['a service', '0800 1111'],
    ['a directory', '118 118'],
    ['premium', '0909 879 0123'],
    ['premium', '0900 123 4567'],
    ['premium', '+44 909 879 0123'],
    ['personal', '070 1234 5678'],
    ['a pager', '0761 234 5678'],
    ['shared cost', '0845 123 4567'],
    ['shared cost', '0871 123 4567'],
    ['foreign', '+1 202 555 0123'],
    ['foreign', '202 555 0123'],
    ['foreign', '0033 1 23 45 67 89'],
    ['foreign', '0612345678'],
    ['too short', '07700 90012'],
    ['too long', '07700 9001234'],
    ['two numbers', '07700 900123 or 07700 900456'],
    ['two in one', '07700 900123 07700 900456'],
    ['words', 'not sure'],
    ['words', 'one two'],
    ['a key', '2'],
    ['nothing', ''],
    ['a flood', '0'.repeat(4000)],
    ['a flood', '07700 900123 '.repeat(300)],
    ['a flood', 'double '.repeat(600)],
  ])('%s: %s', (_kind, words) => expect(ukNumber(words)).toBeNull())
})

it.each([
  ['+447700900123', 'mobile'],
  ['+442079460123', 'landline'],
  ['+447001234567', 'landline'],
  ['anonymous', 'withheld'],
  ['', 'withheld'],
  ['+', 'withheld'],
] as const)('%s is %s', (address, kind) => expect(phoneKind(address)).toBe(kind))
