import { describe, expect, it } from 'vitest'
import { finder } from '../../src/edge/homes.ts'
import { LEWISHAM, shipped } from '../app/opened.ts'

const CONTACT = '019ab000-0000-7000-8000-000000000001'
const CALL = `CA${'1'.repeat(32)}`
const find = finder(shipped, () => 8)

describe('whose home a webhook of a handoff belongs to', () => {
  it.each([
    ['a leg that we rang', { CallSid: CALL, From: LEWISHAM, To: '+442079460120' }],
    ['a softphone', { CallSid: CALL, From: LEWISHAM, To: 'client:sam' }],
    ['the caller who is moved', { CallSid: CALL, From: '+447700900123', To: LEWISHAM }],
    ['a conference, which has no numbers', { ConferenceSid: 'CF1', FriendlyName: CONTACT }],
  ])('%s: that of the contact in its address', (_what, form) => {
    expect(find.twilio(form as Record<string, string>, CONTACT).sought).toEqual({
      by: 'load',
      is: CONTACT,
    })
  })

  it('an address that names no contact is sought by nobody', () => {
    const form = { CallSid: CALL, From: LEWISHAM, To: 'client:sam' }
    expect(find.twilio(form, null).sought).toBeUndefined()
    expect(find.twilio(form, '../x').sought).toBeUndefined()
  })
})
