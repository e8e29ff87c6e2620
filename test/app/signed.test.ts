import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  calling,
  type Form,
  type OpenedApp,
  openApp,
  PUBLIC_URL,
  signature,
  TOKEN,
  texting,
} from './opened.ts'

let app: OpenedApp
beforeAll(() => {
  app = openApp()
})
afterAll(() => app.close())

const HEADERS = { 'Content-Type': 'application/x-www-form-urlencoded' }

it.each<[string, string, Form]>([
  ['a plain form', '/twilio/sms', texting('hello')],
  [
    'an apostrophe, plus, at, slash and equals',
    '/twilio/sms',
    texting("it's +1 @home 50% a=b & c/d?"),
  ],
  ['an emoji of two halves', '/twilio/sms', texting('👩‍👩‍👧 hello 🚑')],
  ['a text written as it is spelt', '/twilio/sms', texting('%2B %20 %ZZ')],
  ['lines and tabs', '/twilio/sms', texting('one\r\ntwo\tthree')],
  ['an empty text', '/twilio/sms', texting('')],
  ['names out of order', '/twilio/voice', { Zeta: '1', ...calling(), Alpha: '2' }],
  ['an apostrophe in the address', "/twilio/voice?who=o'brien", calling()],
  ['signs that are spelt out in the address', '/twilio/voice?a=%2B%40%27&b=x%20y', calling()],
  ['the same name twice in the address', '/twilio/voice?a=2&a=1', calling()],
])('%s, signed by Twilio’s own library, is answered', async (_what, path, form) => {
  expect((await app.post(path, form)).status).toBe(200)
})

it.each(['', ':443'])('signed with the address ending in "%s": answered', async (port) => {
  const form = calling()
  const answer = await app.send('/twilio/voice', {
    method: 'POST',
    body: new URLSearchParams(form).toString(),
    headers: {
      ...HEADERS,
      'X-Twilio-Signature': signature('/twilio/voice', form, TOKEN, `${PUBLIC_URL}${port}`),
    },
  })
  expect(answer.status).toBe(200)
})

it('believes the address it was told, never the one a sender claims', async () => {
  const form = calling()
  const claimed = 'https://evil.example.com'
  const answer = await app.send('/twilio/voice', {
    method: 'POST',
    body: new URLSearchParams(form).toString(),
    headers: {
      ...HEADERS,
      Host: 'evil.example.com',
      'X-Forwarded-Host': 'evil.example.com',
      'X-Forwarded-Proto': 'https',
      'X-Twilio-Signature': signature('/twilio/voice', form, TOKEN, claimed),
    },
  })
  expect(answer.status).toBe(403)
})

it('a form of 200 names is read', async () => {
  const more = Object.fromEntries(Array.from({ length: 195 }, (_, i) => [`n${i}`, '1']))
  expect((await app.post('/twilio/voice', { ...calling(), ...more })).status).toBe(200)
})
