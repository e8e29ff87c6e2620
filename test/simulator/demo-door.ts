import { type FakeApp, fakeApp, say } from './fake-app.ts'

const COVER = '+442079460110'
const QUESTIONS = [
  [
    'greeting',
    'Hello. Lewisham Health and Care. If someone may die, hang up, and ring 9 9 9 now. For a person, press 0 at any time.',
  ],
  [
    'danger/a',
    'Three quick checks. Press 1 the moment you hear a yes. Is anyone: hard to wake, or having a fit. Fighting for breath, or choking. Blue, grey or blotchy. In chest pain, tight or heavy. Or bleeding badly. None, press 2. Not sure, 3.',
  ],
  [
    'danger/b',
    'Check two. Has anyone: a dropped face, a weak arm, or slurred speech. Got very muddled or sleepy today. Yes, press 1. None, 2. Not sure, 3.',
  ],
  [
    'need',
    'What is it about? A fall, or stuck on the floor, press 1. Ill, or getting worse, 2. Help at home, or after hospital, 3.',
  ],
] as const
const END =
  'A nurse from Rapid response will ring you by 10:30. If no one rings by then, ring us. Your number is 4 0 7, 1 1 3, 2 9. If it gets worse, ring 9 9 9.'

interface Line {
  seq: number
  at: string
  kind: string
  step?: string
  heard?: string
  said?: string
  detail?: Record<string, unknown>
}

interface Told {
  ref: string
  call: string
  channel: string
  turn: number
  ended: string
  createdAt: string
  timeline: Line[]
}

/** A door of cardboard: three places, one short flow and a contact log, so that the page can be seen and tried alone. */
export async function demoDoor(): Promise<FakeApp> {
  const told: Told[] = []
  const places = ['lewisham', 'southwark', 'southampton'].map((place, at) => ({
    place,
    name: place.charAt(0).toUpperCase() + place.slice(1),
    numbers: [
      { number: `+44207946010${at}`, use: 'residents', channels: ['voice', 'sms'], language: 'en' },
      { number: `+44207946020${at}`, use: 'professionals', channels: ['sms'], language: 'en' },
    ],
    teams: { tenant: `00000000-0000-4000-8000-00000000000${at}` },
  }))
  const turn = (form: Record<string, string>) => voice(app, told, form)
  const app = await fakeApp(
    {
      '/twilio/voice': turn,
      '/twilio/voice/turn': turn,
      '/twilio/sms': (form) => text(app, told, form),
    },
    places
  )
  app.app.get('/api/contacts', (c) => c.json({ contacts: told.map(summary).reverse(), next: null }))
  app.app.get('/api/contacts/:ref', (c) => {
    const found = told.find(({ ref }) => ref === c.req.param('ref'))
    return found
      ? c.json({
          ...summary(found),
          flow: { flow: 'resident', version: 1 },
          timeline: found.timeline,
        })
      : c.json({ error: 'No such contact' }, 404)
  })
  app.app.post('/api/messages', async (c) => {
    await teamsCard(app, (await c.req.json()) as { conversation: { id: string } })
    return c.body(null, 200)
  })
  return app
}

function voice(app: FakeApp, told: Told[], form: Record<string, string>): string {
  const one =
    told.find(({ call }) => call === form.CallSid) ?? open(app, told, form.CallSid ?? '', 'voice')
  const [step] = QUESTIONS[Math.min(one.turn, 3)] ?? ['need']
  const heard = form.Digits || form.SpeechResult
  if (one.turn > 0)
    note(app, one, {
      kind: form.DialCallStatus ? 'unanswered' : 'answer',
      step,
      ...(heard && { heard: `Pressed ${heard}` }),
    })
  if (heard === '1' && one.turn < 3) return emergency(app, one)
  if (heard === '0') return person(app, one)
  if (one.turn >= QUESTIONS.length - 1) return ending(app, one)
  one.turn += 1
  const asks = QUESTIONS.slice(one.turn === 1 ? 0 : one.turn, one.turn + 1)
  const gather = asks.map(([, words]) => `<Say>${words}</Say>`).join('')
  const last = one.timeline.at(-1)
  if (last) last.said = asks.at(-1)?.[1] ?? ''
  return say(
    `<Gather input="dtmf speech" numDigits="1" timeout="8" actionOnEmptyResult="true" action="/twilio/voice/turn?t=${one.turn}">${gather}</Gather>`
  )
}

function emergency(app: FakeApp, one: Told): string {
  one.ended = 'E999'
  note(app, one, { kind: 'outcome', step: 'x1', detail: { code: 'E999', team: 'Navigators' } })
  return say(
    '<Say>Please hang up, and ring 9 9 9 now. Say what is wrong, and where you are.</Say><Hangup/>'
  )
}

function person(app: FakeApp, one: Told): string {
  note(app, one, { kind: 'ringing', step: 'person', detail: { priority: 'P2' } })
  return say(
    `<Say>I am finding you a person.</Say><Dial timeout="20" answerOnBridge="true" action="/twilio/voice/turn?t=9"><Number>${COVER}</Number></Dial>`
  )
}

function ending(app: FakeApp, one: Told): string {
  one.ended = 'UCR2'
  note(app, one, {
    kind: 'outcome',
    step: 'two-hour-home',
    said: END,
    detail: { code: 'UCR2', team: 'Rapid response', owner: 'shift-lead' },
  })
  return say(`<Say>${END}</Say><Hangup/>`)
}

function text(app: FakeApp, told: Told[], form: Record<string, string>): string {
  const one = told.find(({ call }) => call === form.From) ?? open(app, told, form.From ?? '', 'sms')
  const [step, words] = QUESTIONS[Math.min(one.turn + 1, 3)] ?? ['need', '']
  note(app, one, { kind: 'answer', step, heard: form.Body ?? '', said: words })
  one.turn += 1
  return say(`<Message>${words}</Message>`)
}

function open(app: FakeApp, told: Told[], call: string, channel: string): Told {
  const one = {
    ref: String(40711329 + told.length),
    call,
    channel,
    turn: 0,
    ended: '',
    createdAt: app.now(),
    timeline: [],
  }
  told.push(one)
  note(app, one, { kind: 'began', said: QUESTIONS[0][1] })
  return one
}

function note(app: FakeApp, one: Told, line: Omit<Line, 'seq' | 'at'>): void {
  one.timeline.push({ seq: one.timeline.length + 1, at: app.now(), ...line })
}

function summary({ ref, channel, ended, createdAt }: Told) {
  const due = (minutes: number) => new Date(Date.parse(createdAt) + minutes * 60_000).toISOString()
  const clock = (name: string, minutes: number) => ({
    name,
    code: ended,
    owner: ended === 'E999' ? 'navigator-lead' : 'shift-lead',
    due: due(minutes),
    state: 'running',
  })
  return {
    ref,
    place: 'lewisham',
    channel,
    status: ended ? 'promised' : 'open',
    codes: ended ? [ended] : [],
    meanings: ended ? [ended === 'E999' ? 'Ring 999 now' : 'Two-hour response'] : [],
    level: ended === 'E999' ? 'emergency' : ended ? 'urgent' : 'information',
    route: ended
      ? {
          team: ended === 'E999' ? 'Navigators' : 'Rapid response',
          owner: ended === 'E999' ? 'navigator-lead' : 'shift-lead',
          rule: 'One service for the whole place, open 08:00 to 20:00',
        }
      : null,
    clocks: ended
      ? [
          clock(ended === 'E999' ? 'check' : 'ringBack', ended === 'E999' ? 3 : 30),
          clock('standard', 120),
        ]
      : [],
    consent: ended === 'UCR2' ? 'yes' : null,
    createdAt,
  }
}

async function teamsCard(app: FakeApp, { conversation }: { conversation: { id: string } }) {
  const service = `${app.origin}/simulator/teams-service`
  const { appId, appPassword } = app.keys.teams
  const form = {
    grant_type: 'client_credentials',
    client_id: appId,
    client_secret: appPassword,
    scope: 'https://api.botframework.com/.default',
  }
  const token = await fetch(`${service}/login/t/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  const { access_token } = (await token.json()) as { access_token: string }
  const content = {
    type: 'AdaptiveCard',
    version: '1.5',
    body: [
      {
        type: 'TextBlock',
        text: 'Three quick checks',
        weight: 'Bolder',
        size: 'Medium',
        wrap: true,
      },
      {
        type: 'TextBlock',
        text: 'Is anyone hard to wake, fighting for breath, in chest pain or bleeding badly?',
        wrap: true,
      },
    ],
    actions: ['Yes', 'None', 'Not sure'].map((title, at) => ({
      type: 'Action.Submit',
      id: String(at + 1),
      title,
      data: { answer: at + 1 },
    })),
  }
  await fetch(`${service}/v3/conversations/${encodeURIComponent(conversation.id)}/activities`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${access_token}` },
    body: JSON.stringify({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
    }),
  })
}
