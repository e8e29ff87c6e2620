import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { calling, nextOf, openApp, texting } from './opened.ts'

/** Words and numbers of one person, that no log may hold. */
const CANARY = {
  phone: '+447700900742',
  ring: '07700 900743',
  name: 'Zebedee Canary',
  words: 'my parrot quibbled and fell on the ottoman',
  postcode: 'SE6 1ZZ',
}
const TRACES = [
  /0?7700 ?900 ?74[23]/,
  /900742|900743/,
  /Zebedee|Canary/i,
  /parrot|quibbled|ottoman/i,
  /SE6 ?1ZZ/i,
]

const expectNone = (log: string) => {
  for (const trace of TRACES) expect(log).not.toMatch(trace)
}

let door: ChildProcess
let log = ''
let url = ''
beforeAll(async () => {
  door = spawn(process.execPath, ['src/node.ts'], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: '0',
      STORE_URL: 'sqlite::memory:',
      LOG_LEVEL: 'trace',
    },
  })
  door.stdout?.on('data', (more) => {
    log += more
  })
  door.stderr?.on('data', (more) => {
    log += more
  })
  url = await new Promise<string>((resolve, reject) => {
    door.on('exit', () => reject(new Error(log)))
    door.stdout?.on('data', () => {
      const found = /(http:\S+)\/simulator/.exec(log)?.[1]
      if (found) resolve(found)
    })
  })
})
afterAll(async () => {
  const gone = new Promise((resolve) => door.on('exit', resolve))
  door.kill('SIGTERM')
  await gone
})

async function simulate(path: string, body: object) {
  const response = await fetch(`${url}/simulator/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return (await response.json()) as { call?: string; ended?: boolean }
}

it('a whole process at its most talkative: nothing of a person, by phone, text or Teams', async () => {
  const to = '+442079460100'
  const call = await simulate('calls', { from: CANARY.phone, to })
  const acts = [
    ...['2', '2', '2', '1', '3', '6', '2#'].map((press) => ({ press })),
    { say: CANARY.postcode },
    { press: '1' },
    { press: '1' },
    { say: CANARY.ring },
    { say: CANARY.name },
    { say: CANARY.words },
    { hangUp: true },
  ]
  for (const act of acts) await simulate(`calls/${call.call}`, act)
  await simulate('texts', { from: CANARY.phone, to, body: CANARY.words })
  await simulate('texts', { from: CANARY.phone, to, body: `chest pain ${CANARY.name}` })
  await simulate('teams/canary', { say: CANARY.words, place: 'lewisham' })
  await simulate('clock', { advance: 'P1D' })
  for (const service of ['redis', 'twilio', 'teams'])
    await simulate('faults', { service, fault: 'gone', for: 'PT10M' })
  await simulate('texts', { from: CANARY.phone, to, body: CANARY.words })
  await simulate('calls', { from: CANARY.phone, to })
  const bad = await fetch(`${url}/api/contacts/${encodeURIComponent(CANARY.name)}`, {
    headers: { Authorization: `Bearer ${CANARY.words}` },
  })
  expect(bad.status).toBe(401)
  // Proof that they were heard, and the log listened to, at all.
  await simulate('clock', { advance: 'P1D' })
  const staff = await fetch(`${url}/api/contacts?place=lewisham`, {
    headers: { Authorization: 'Bearer demo' },
  })
  const { contacts } = (await staff.json()) as { contacts: { ref: string }[] }
  const kept = await Promise.all(
    contacts.map(async ({ ref }) => {
      const headers = { Authorization: 'Bearer demo' }
      return (await fetch(`${url}/api/contacts/${ref}`, { headers })).text()
    })
  )
  for (const canary of [CANARY.phone, CANARY.name, CANARY.words, CANARY.postcode])
    expect(kept.join('')).toContain(canary)
  expect(log).toMatch(/"code":"store-down"/)
  expectNone(log)
})

it('an error of another’s making, full of what was said, is logged by where it arose alone', async () => {
  const app = openApp()
  app.faults.ill = (method) =>
    method === 'commit' ? new Error(`could not save ${JSON.stringify(CANARY)}`) : undefined
  const form = calling({ From: CANARY.phone })
  const reply = await app.post('/twilio/voice', form)
  await app.post(nextOf(reply), { ...form, SpeechResult: CANARY.words })
  await app.post('/twilio/sms', texting(CANARY.words, { From: CANARY.phone }))
  // What was said may look like the line of a stack.
  app.faults.ill = () => new Error(`could not read\n    at ${CANARY.name}:1:2`)
  expect((await app.api(`contacts?phone=${encodeURIComponent(CANARY.phone)}`)).status).toBe(500)
  await app.raw('/twilio/voice', `CallSid=${encodeURIComponent(CANARY.name)}`)
  expect(app.log.length).toBeGreaterThanOrEqual(4)
  expectNone(app.log.join(''))
  for (const line of app.log) expect(JSON.parse(line).fault).toMatch(/^Error at [^/].*:\d+/)
  await app.close()
})
