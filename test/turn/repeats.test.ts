import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { calling, nextOf, type OpenedApp, openApp, wordsOf } from '../app/opened.ts'

let app: OpenedApp
beforeEach(() => {
  app = openApp()
})
afterEach(() => app.close())

/** The next webhook is looked for before it is saved, and goes on after: as its twin does when both come at once. */
function lookTooEarly() {
  const { find } = app.parts.store
  app.parts.store.find = async (sought) => {
    app.parts.store.find = find
    return find({ ...sought, webhook: 'not yet saved' })
  }
}

const press = (Digits: string) => ({ Digits })
const rang = { DialCallStatus: 'no-answer' }
/** Clear of danger, a fall, up again, where, consent, the number, a name; the text is offered last. */
const FALL = ['2', '2', '2', '1', '1', '2', '2', '2', '2', '2', '1', '1', '17']

describe('the webhook that ends a call comes twice at once', () => {
  it.each<[string, Record<string, string>[], Record<string, string>, RegExp]>([
    ['a yes to danger, and no number answers', [press('1'), rang], rang, /ring 9 9 9/],
    ['the last answer of all', FALL.map(press), press('2'), /Take care/],
    ['a person has joined', [press('0')], { DialCallStatus: 'completed' }, /^$/],
  ])('%s: both get the same words', async (_who, does, last, words) => {
    const form = calling()
    let reply = await app.post('/twilio/voice', form)
    for (const doing of does) reply = await app.post(nextOf(reply), { ...form, ...doing })
    const path = nextOf(reply)
    const first = await app.post(path, { ...form, ...last })
    lookTooEarly()
    const twin = await app.post(path, { ...form, ...last })
    expect(wordsOf(first)).toMatch(words)
    expect(twin).toEqual(first)
  })
})
