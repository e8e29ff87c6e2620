import fc from 'fast-check'
import twilio from 'twilio'
import { describe, expect, it } from 'vitest'
import { DoorError } from '../../src/errors.ts'
import { readForm } from '../../src/security/form.ts'
import { signTwilio, twilioSigned } from '../../src/security/twilio-signature.ts'

const { getExpectedTwilioSignature, validateRequest } = twilio as unknown as {
  getExpectedTwilioSignature(token: string, url: string, form: Record<string, string>): string
  validateRequest: typeof twilio.validateRequest
}
const awkward = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'\'+@&=% \u0000é😀#"<>'),
    fc.string({ minLength: 1, maxLength: 1 })
  ),
})
const form = fc
  .dictionary(fc.string({ minLength: 1 }), fc.oneof(awkward, fc.string({ unit: 'grapheme' })))
  .map((pairs) => ({ ...pairs }))
const url = fc
  .tuple(
    fc.constantFrom('http', 'https'),
    fc.constantFrom('', ':8787', ':443', ':80'),
    fc.webPath()
  )
  .map(([scheme, port, path]) => `${scheme}://door.example.org${port}${path || '/'}?t=1`)

describe('signing as Twilio', () => {
  it('gives the same signature as the official library, whatever the words', () => {
    fc.assert(
      fc.property(fc.string(), url, form, (token, address, pairs) => {
        const ours = signTwilio(token, address, new Map(Object.entries(pairs)))
        expect(ours).toBe(getExpectedTwilioSignature(token, address, pairs))
      })
    )
  })

  it('accepts and refuses what the official library accepts and refuses', () => {
    fc.assert(
      fc.property(url, url, form, fc.boolean(), (signed, asked, pairs, same) => {
        const given = signTwilio('token', same ? asked : signed, new Map(Object.entries(pairs)))
        const ours = twilioSigned(['token'], asked, new Map(Object.entries(pairs)), given)
        expect(ours).toBe(validateRequest('token', given, asked, pairs))
      })
    )
  })

  it.each([
    ['a name with an apostrophe', { Body: "it's mum's fall" }],
    ['a plus and an at sign', { From: '+447700900123', Body: 'a+b@c.org' }],
    ['an emoji', { Body: 'help 🆘 naïve' }],
    ['nothing at all', {}],
  ])('agrees on %s', (_name, pairs) => {
    const address = 'https://door.example.org/twilio/sms'
    const given = getExpectedTwilioSignature('token', address, pairs as Record<string, string>)
    expect(twilioSigned(['old', 'token'], address, new Map(Object.entries(pairs)), given)).toBe(
      true
    )
  })

  const address = 'https://door.example.org/twilio/sms?t=1'
  const pairs = new Map([['Body', 'hello']])
  const good = signTwilio('token', address, pairs)
  it.each([
    ['no signature', ['token'], address, pairs, ''],
    ['another token', ['other'], address, pairs, good],
    ['no token set', [], address, pairs, good],
    ['an empty token', [''], address, pairs, signTwilio('', address, pairs)],
    ['another address', ['token'], `${address}2`, pairs, good],
    ['another host', ['token'], address.replace('door', 'evil'), pairs, good],
    ['a changed word', ['token'], address, new Map([['Body', 'hallo']]), good],
    ['an added pair', ['token'], address, new Map([...pairs, ['A', 'b']]), good],
    ['a longer signature', ['token'], address, pairs, `${good}=`],
    ['a signature in another spelling', ['token'], address, pairs, good.replace(/=$/, '')],
  ])('refuses %s', (_name, tokens, url, given, signature) => {
    expect(twilioSigned(tokens, url, given, signature)).toBe(false)
  })

  it.each([
    ['http://[::1]/a', 'http://[::1]:80/a'],
    ['https://door.example.org/a', 'https://door.example.org:443/a'],
    ['https://door.example.org:8443/a', 'https://door.example.org/a'],
  ])('takes %s for %s, as the port comes and goes', (asked, signed) => {
    expect(twilioSigned(['token'], asked, pairs, signTwilio('token', signed, pairs))).toBe(true)
  })
})

describe('reading a form', () => {
  it('reads pairs as they were typed', () => {
    const read = readForm('From=%2B447700900123&Body=it%27s+100%25+%F0%9F%86%98&Empty=')
    expect([...read]).toEqual([
      ['From', '+447700900123'],
      ['Body', "it's 100% 🆘"],
      ['Empty', ''],
    ])
  })

  it.each([
    ['a name given twice', 'a=1&b=2&a=3'],
    ['a name given twice with the same value', 'a=1&%61=1'],
    ['more than 200 names', Array.from({ length: 201 }, (_, n) => `n${n}=1`).join('&')],
    ['more than 64 kB', `a=${'x'.repeat(65_536)}`],
    ['more than 64 kB in few characters', `a=${'é'.repeat(33_000)}`],
  ])('refuses %s', (_name, raw) => {
    expect(() => readForm(raw)).toThrow(DoorError)
    expect(() => readForm(raw)).toThrow(
      expect.objectContaining({ code: 'bad-input', retry: false })
    )
  })

  it('takes 200 names and 64 kB', () => {
    expect(readForm(Array.from({ length: 200 }, (_, n) => `n${n}=1`).join('&')).size).toBe(200)
    expect(readForm(`a=${'x'.repeat(65_534)}`).size).toBe(1)
  })
})
