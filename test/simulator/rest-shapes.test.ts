import { afterEach, expect, it } from 'vitest'
import { faultsIn, OPERATIONS } from '../chaos/world/twilio-shapes.ts'
import { type FakeApp, fakeApp, say } from './fake-app.ts'

const TO = '+442079460100'
let app: FakeApp
afterEach(() => app.close())

/** What each operation is asked with; those of recordings and of texts that are changed are beyond the simulator. */
const ASKED: Record<string, Record<string, string>> = {
  CreateMessage: { To: '+447700900123', From: TO, Body: 'We will ring you.' },
  ListMessage: {},
  FetchMessage: {},
  DeleteMessage: {},
  CreateCall: { To: 'client:sam', From: TO },
  ListCall: {},
  FetchCall: {},
  UpdateCall: { Status: 'completed' },
  ListConference: {},
  FetchConference: {},
  UpdateConference: { Status: 'completed' },
  ListParticipant: {},
  FetchParticipant: {},
  UpdateParticipant: { Hold: 'true', Muted: 'true' },
  DeleteParticipant: {},
}

it.each(Object.keys(ASKED))("%s answers as Twilio's own API file describes", async (name) => {
  app = await fakeApp({
    '/twilio/voice': say(
      '<Dial><Conference participantLabel="caller" waitUrl="">x</Conference></Dial>'
    ),
    '/twilio/leg': say('<Pause length="60"/>'),
  })
  const { body: rung } = await app.post('/calls', { from: '+447700900123', to: TO })
  const { body: text } = await app.rest('/Messages.json', ASKED.CreateMessage)
  await app.post('/clock', { advance: 'PT0S' })
  const { body: listed } = await app.rest('/Conferences.json')
  const [conference] = listed.conferences as { sid: string }[]
  const { method = '', path = '' } = OPERATIONS[name] ?? {}
  const sids: Record<string, unknown> = {
    Messages: text.sid,
    Calls: rung.call,
    Conferences: conference?.sid,
  }
  const at = path
    .replace('{Sid}', String(sids[path.split(/[/.]/)[1] ?? '']))
    .replace('{ConferenceSid}', conference?.sid ?? '')
    .replace('{CallSid}', rung.call ?? '')
  const form = name === 'CreateCall' ? { Url: `${app.origin}/twilio/leg` } : {}
  const asked = method === 'POST' ? { ...ASKED[name], ...form } : undefined
  const { status, body } = method === 'DELETE' ? await app.remove(at) : await app.rest(at, asked)
  expect(faultsIn(name, status, body)).toEqual([])
})
