import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Content } from '../../src/content.ts'
import { readContent } from '../../src/door/folders.ts'
import { watchContent } from '../../src/door/watch.ts'
import { openLog } from '../../src/observe.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import {
  type Answer,
  calling,
  type Form,
  nextOf,
  type OpenedApp,
  openApp,
  texting,
} from '../app/opened.ts'
import { copies } from '../cli/run.ts'
import { isBroken } from './client.ts'
import type { Outcome, Rig, Run } from './rig.ts'
import { xmlFault } from './well-formed.ts'

const MOST_FAULTS = 6
const COVER = '+442079460110'
const OTHER = '+442079460190'

/** Someone in the middle of telling: their call or texts, and what they were last asked. */
interface Talk {
  channel: 'voice' | 'sms'
  form: Form
  path: string
  last: Answer
}

async function begin(app: OpenedApp, channel: Talk['channel']): Promise<Talk> {
  if (channel === 'voice') {
    const form = calling()
    const last = await app.post('/twilio/voice', form)
    return { channel, form, path: '/twilio/voice', last }
  }
  const form = texting('my mum fell')
  return { channel, form, path: '/twilio/sms', last: await app.post('/twilio/sms', form) }
}

/** Whether a question waits for them. */
const waits = ({ channel, last: { body } }: Talk) =>
  channel === 'voice' ? body.includes('<Gather') : body.includes('<Message')

async function answer(app: OpenedApp, talk: Talk, says: string): Promise<Talk> {
  if (talk.channel === 'sms') {
    const form = texting(says, { From: talk.form.From ?? '' })
    return { ...talk, last: await app.post('/twilio/sms', form) }
  }
  const path = nextOf(talk.last)
  const heard: Form = /^[\d*#]+$/.test(says) ? { Digits: says } : { SpeechResult: says }
  return { ...talk, path, last: await app.post(path, { ...talk.form, ...heard }) }
}

/** Why an answer is none that a caller may get; empty when it is good. */
const faultIn = ({ status, body }: Answer) =>
  status !== 200
    ? `${status} ${body}`
    : isBroken(body)
      ? 'the words of a door that is broken'
      : xmlFault(body)

const ANSWERS = [
  '2',
  '2',
  '1',
  '3',
  'no',
  'yes',
  'not sure',
  'SE6 1AT',
  '07700 900123',
  'Ann Smith',
  '4',
  '5',
]

/** Changes that may not be taken, to a place of three. */
const BAD: readonly [what: string, change: (text: string) => string][] = [
  ['half a file', (text) => text.slice(0, text.length / 2)],
  ['the first line', (text) => text.slice(0, 40)],
  ['an empty file', () => ''],
  ['nought bytes', () => '\0'.repeat(100)],
  ['another file', () => readFileSync('package.json', 'utf8')],
  ['hours that are none', (text) => text.replace('daily: 08:00-20:00', 'daily: 8am-8pm')],
  ['no cover at night', (text) => text.replace(/ {2}- \{ hours: \{ daily: 20:00-08:00.*\n/, '')],
  ['a number that is none', (text) => text.replace(`"${COVER}", second`, '"999", second')],
  ['a premium number', (text) => text.replace(`"${COVER}", second`, '"+449098790123x", second')],
  ['a flow that is not there', (text) => text.replace('resident: 1', 'resident: 99')],
  ['a language without words', (text) => text.replace('languages: [en]', 'languages: [en, xx]')],
  ['another place’s number', (text) => text.replace('+442079460100', '+441632960300')],
  ['another place’s name', (text) => text.replace('place: lewisham', 'place: southwark')],
  [
    'a service that leads to nothing',
    (text) => text.replace('fallback: next-opening', 'fallback: nowhere'),
  ],
  ['a name twice', (text) => `${text}\nname: Twice\n`],
  ['a tab', (text) => text.replace('\n  - {', '\n\t- {')],
]

/** C4: place files that are changed for the worse while people are in the middle of it. */
async function badFiles(rig: Rig): Promise<Outcome> {
  const copy = copies()
  rig.after(copy.remove)
  const { FLOWS_DIR: flows, PLACES_DIR: places, LOCALES_DIR: locales } = copy.env
  const told: { level: number; code?: string }[] = []
  const log = openLog('info', { write: (line: string) => void told.push(JSON.parse(line)) })
  const watched = watchContent({ flows, places, locales }, log)
  rig.after(watched.close)
  const app = openApp(undefined, { content: watched.content })
  rig.after(() => app.close())
  const file = copy.at('places/lewisham.yaml')
  const good = readFileSync(file, 'utf8')
  const better = good.replace(`"${COVER}", second`, `"${OTHER}", second`)
  const faults: string[] = []
  const wrong = (what: string) => void (faults.length < MOST_FAULTS && faults.push(what))
  const talks = await Promise.all(
    Array.from({ length: rig.of(10, 60, 200) }, (_, n) => begin(app, n % 2 ? 'sms' : 'voice'))
  )
  let [runs, taken] = [0, 0]
  const tried = rig.size === 'small' ? BAD.filter((_, n) => n % 4 === 0) : BAD
  for (const [what, change] of tried) {
    runs += 1
    const before = watched.content()
    await written(told, () => writeFileSync(file, change(good)))
    if (!told.some(({ level, code }) => level >= 50 && code === 'bad-flow'))
      wrong(`${what}: nobody was told`)
    if (watched.content() !== before || watched.sound()) wrong(`${what}: it was taken`)
    // A flow that is spoilt is not even looked at: flows are taken at a start.
    writeFileSync(copy.at('flows/danger.v1.yaml'), change(good))
    await goOn(app, talks, rig, (fault) => wrong(`${what}: ${fault}`))
    if ((await rung(app)) !== COVER) wrong(`${what}: another number is rung`)
    // And the next good file is taken: a watch that has given up keeps the old one too.
    await written(told, () => writeFileSync(file, better))
    if (watched.sound() && (await rung(app)) === OTHER) taken += 1
    await written(told, () => writeFileSync(file, good))
  }
  return {
    runs,
    lost: 0,
    doubled: 0,
    success: taken / runs,
    faults,
    figures: { 'live meanwhile': talks.length },
  }
}

/** Changes a file, and waits until the door has said what it makes of it. */
async function written(told: unknown[], change: () => void) {
  told.length = 0
  change()
  const end = performance.now() + 5_000
  while (told.length === 0 && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 10))
}

/** Each of them says one thing more. */
async function goOn(app: OpenedApp, talks: Talk[], rig: Rig, wrong: (fault: string) => void) {
  for (const [n, talk] of talks.entries()) {
    const says = ANSWERS[Math.floor(rig.random() * ANSWERS.length)] ?? '2'
    const next = waits(talk) ? await answer(app, talk, says) : await begin(app, talk.channel)
    const fault = faultIn(next.last)
    if (fault !== '' && (next.channel === 'voice' || next.last.status !== 200)) wrong(fault)
    talks[n] = next
  }
}

/** The number that is rung for someone in danger. */
async function rung(app: OpenedApp): Promise<string | undefined> {
  const talk = await begin(app, 'voice')
  const { last } = await answer(app, talk, '1')
  return /<Number[^>]*>([^<]+)</.exec(last.body)?.[1]
}

/** What a new build does to the flow that people are in the middle of. */
const BUILDS: readonly [
  what: string,
  gone: boolean,
  change: (copy: ReturnType<typeof copies>) => void,
][] = [
  ['a second version beside the first', false, secondVersion],
  [
    'a second version, and the first is gone',
    true,
    (copy) => {
      secondVersion(copy)
      rmSync(copy.at('flows/resident.v1.yaml'))
      rmSync(copy.at('locales/en/resident.v1.yaml'))
    },
  ],
  ['the same version with other names for its steps', true, renamed],
]

function secondVersion(copy: ReturnType<typeof copies>) {
  const flow = copy.read('flows/resident.v1.yaml').replace('version: 1', 'version: 2')
  writeFileSync(copy.at('flows/resident.v2.yaml'), flow)
  cpSync(copy.at('locales/en/resident.v1.yaml'), copy.at('locales/en/resident.v2.yaml'))
  for (const place of ['lewisham', 'southwark', 'southampton'])
    copy.change(`places/${place}.yaml`, 'resident: 1', 'resident: 2')
}

/** Steps of three flows get other names; who was being asked one of them is asked for what is no longer there. */
function renamed(copy: ReturnType<typeof copies>) {
  for (const [flow, step] of RENAMED)
    for (const file of [`flows/${flow}.v1.yaml`, `locales/en/${flow}.v1.yaml`]) {
      const text = copy.read(file)
      writeFileSync(
        copy.at(file),
        text.replaceAll(new RegExp(`(?<![\\w-])${step}(?![\\w-])`, 'g'), `${step}-new`)
      )
    }
}
const RENAMED = [
  ['danger', 'check-2'],
  ['resident', 'new-or-worse'],
  ['closing', 'may-name'],
  ['ill', 'spine'],
  ['home', 'worse-since'],
] as const

function contentOf(rig: Rig, change: (copy: ReturnType<typeof copies>) => void): Content {
  const copy = copies()
  rig.after(copy.remove)
  change(copy)
  const { FLOWS_DIR: flows, PLACES_DIR: places, LOCALES_DIR: locales } = copy.env
  return readContent({ flows, places, locales })
}

/** C5: a new build while people are in every state there is. */
async function newVersion(rig: Rig): Promise<Outcome> {
  const faults: string[] = []
  const wrong = (what: string) => void (faults.length < MOST_FAULTS && faults.push(what))
  const many = rig.of(30, 350, 2_000)
  let [runs, ended] = [0, 0]
  const states = new Set<string>()
  for (const [what, gone, change] of BUILDS) {
    const file = join(rig.folder, `${runs}.db`)
    const old = openApp(undefined, { store: openSqlite(file) })
    const talks = await live(old, rig, many, states)
    await old.close()
    const content = contentOf(rig, change)
    const app = openApp(undefined, { store: openSqlite(file), content: () => content })
    app.clock.now = '2026-11-24T14:21:00Z'
    for (const talk of talks) {
      runs += 1
      const fault = await carriedOn(app, talk.talk, goneFor(content, talk.state, gone, what))
      if (fault === '') ended += 1
      else wrong(`${what}, at ${talk.state}: ${fault}`)
    }
    const ours = app.log.find((line) => JSON.parse(line).level >= 50)
    if (ours !== undefined) wrong(`${what}: ${ours}`)
    await app.close()
  }
  return {
    runs,
    lost: runs - ended,
    doubled: 0,
    success: ended / runs,
    faults,
    figures: { states: states.size },
  }
}

/** Whether the state a conversation stands in is no longer there. */
function goneFor({ releases }: Content, state: string, gone: boolean, what: string): boolean {
  if (!gone) return false
  const machine = releases.get('resident.v1')?.machine
  return what.includes('is gone') || (machine !== undefined && !(state in machine.states))
}

/** People who have come as far as chance took them, and whom a question waits for; every state that can be met is sought. */
async function live(app: OpenedApp, rig: Rig, many: number, states: Set<string>) {
  const talks: { talk: Talk; state: string }[] = []
  const met = new Map<string, number>()
  for (let tries = 0; talks.length < many && tries < many * 4; tries++) {
    let talk = await begin(app, tries % 3 === 0 ? 'sms' : 'voice')
    const turns = Math.floor(rig.random() * 16)
    for (let n = 0; n < turns && waits(talk); n++) {
      const safe =
        n < 3 && rig.random() < 0.85 ? '2' : ANSWERS[Math.floor(rig.random() * ANSWERS.length)]
      const next = await answer(app, talk, safe ?? '2')
      if (!waits(next)) break
      talk = next
    }
    const state = await stateOf(app, talk)
    // No more than a fair share of them at the first question.
    if (!waits(talk) || state === '' || (met.get(state) ?? 0) > Math.max(2, many / 20)) continue
    met.set(state, (met.get(state) ?? 0) + 1)
    states.add(state)
    talks.push({ talk, state })
  }
  return talks
}

async function stateOf(app: OpenedApp, { form: { From = '' } }: Talk): Promise<string> {
  const seen = (await app.contactOf(From)) as unknown as {
    conversation?: { step: string; done: boolean }
  }
  return seen.conversation && !seen.conversation.done ? seen.conversation.step : ''
}

/** Goes on to the end. Where their state is gone, a person comes in the very next turn. */
async function carriedOn(app: OpenedApp, from: Talk, gone: boolean): Promise<string> {
  const state = await stateOf(app, from)
  let talk = await answer(app, from, '1')
  const first = faultIn(talk.last)
  if (first !== '') return first
  if (gone && !reachesPerson(talk)) return `no person came: ${talk.last.body.slice(-200)}`
  for (let n = 0; n < 30; n++) {
    if (talk.channel === 'voice' && !waits(talk))
      return talk.last.body.includes('<Response>') ? '' : talk.last.body
    if (talk.channel === 'sms' && !waits(talk)) return ''
    if ((await stateOf(app, talk)) === '') return ''
    talk = await answer(app, talk, n < 20 ? (ANSWERS[n % ANSWERS.length] ?? '1') : '0')
    const fault = faultIn(talk.last)
    if (fault !== '') return fault
  }
  return `it never ended, from ${state}`
}

/** By day the cover is rung, after the danger line where danger was not asked; a text says that a person will ring. */
const reachesPerson = ({ channel, last: { body } }: Talk) =>
  channel === 'voice' ? /<Dial|finding you a person/.test(body) : /a person will/i.test(body)

export const CHANGES: readonly Run[] = [
  {
    id: 'C4',
    name: 'Place files changed for the worse while people are in the middle of it',
    goal: 'the old one stays, somebody is told, nobody is cut off; the next good one is taken',
    leastSuccess: 1,
    small: true,
    run: badFiles,
  },
  {
    id: 'C5',
    name: 'A new build while 1,000 people are in every state there is',
    goal: '0 stuck: each goes on in the version it began with, or comes to a person',
    leastSuccess: 1,
    small: true,
    run: newVersion,
  },
]
