import { describe, expect, it } from 'vitest'
import { deskPhoneWords, unringable } from '../../src/record/ringing.ts'

describe('what may be rung out', () => {
  it.each([
    ['+447700900123', null],
    ['+44 20 7946 0110', null],
    ['+44 800 800 1066', null],
    ['999', 'desk-phone'],
    [' 9-9-9 ', 'desk-phone'],
    ['112', 'desk-phone'],
    ['111', 'desk-phone'],
    ['101', 'desk-phone'],
    ['+44101', 'desk-phone'],
    ['0111', 'desk-phone'],
    ['1111', 'not-here'],
    ['+15005550006', 'not-here'],
    ['+447624900123', 'not-here'],
    ['+449061123456', 'not-here'],
    ['', 'not-here'],
  ])('%s: %s', (typed, why) => expect(unringable(typed)).toBe(why))

  it('999 and its like are for a phone whose place is known, with what to read out', () => {
    expect(deskPhoneWords({ address: '12 Sample Street, SE6 1AA', number: '020 7946 0123' })).toBe(
      'Use your desk phone or mobile. Read out: 12 Sample Street, SE6 1AA 020 7946 0123'
    )
    expect(deskPhoneWords({ address: '12 Sample Street' })).toBe(
      'Use your desk phone or mobile. Read out: 12 Sample Street'
    )
    expect(deskPhoneWords()).toBe('Use your desk phone or mobile.')
  })
})
