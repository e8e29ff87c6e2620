import type { Reply } from '../../src/channels/inbound.ts'
import { message as smsDocument } from '../../src/channels/sms.ts'
import { twiml } from '../../src/channels/voice.ts'
import { cut } from '../../src/channels/xml.ts'
import { segments } from '../../src/words/text.ts'
import { diceBy } from '../app/forms.ts'
import {
  calling,
  type Form,
  messageSid,
  nextOf,
  type OpenedApp,
  openApp,
  texting,
  wordsOf,
} from '../app/opened.ts'
import { messagesOf } from './gsm.ts'
import { openWithTeams, routesOf } from './hostile.ts'
import type { Outcome, Rig, Run } from './rig.ts'
import { xmlFault } from './well-formed.ts'

const MOST_FAULTS = 5

/** Words that are not as words are, already spelt as a form spells them: what no text of JavaScript can hold is in them. */
const ODD_BYTES = [
  ...['%FF', '%C0%AF', '%ED%A0%80', '%ED%BF%BF', '%F4%90%80%80', '%E2%82', '%80%80', '%FE%FF'],
  ...['%00', '%01%02%1F', '%7F', '%C2%85', '%0B%0C', '%EF%BF%BE', '%EF%BF%BF', '%EF%BB%BF'],
]
/** And those that it can. */
const ODD_WORDS = [
  ...['\ud800', '\udfff', 'a\ud83d', '\ude00b', '\u202ehtael', '\u2066x\u2069', '\u200f', '\u061c'],
  ...[
    '👩‍👩‍👧‍👦',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    'e\u0301\u0301\u0301',
    '\u200b\u200d\ufeff',
    '\u2028\u2029',
    '\u0000',
    '\ufffe',
  ],
  ...[
    ']]>',
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '&#0;',
    '&#x1F;',
    '&b;',
    '<Hangup/>',
    '"\'<>&',
    '<!--',
  ],
]

/** Enough of a text to know it by. */
const shown = (text = '') => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)

const reply = (words: string, hint = words): Reply => ({
  lang: 'en',
  turn: 1,
  contact: 'c',
  parts: [{ step: 's', words, slow: false }],
  listen: { screen: 'one-key', hints: [hint], bargeInSpeech: true, seconds: 5 },
  dial: null,
  choices: [{ value: 'yes', label: words, key: '1' }],
  ended: null,
  silent: false,
})

/** Words of a few odd pieces and a few that are not. */
function oddBy(rig: Rig) {
  const { any, below, often, letters } = diceBy(rig.random)
  const pieces = [...ODD_WORDS, 'help', 'no', ' ', '1', 'SE6 1AT', 'Torridon Road']
  const text = () =>
    Array.from({ length: 1 + below(6) }, () => (often(0.8) ? any(pieces) : letters())).join('')
  const bytes = () =>
    Array.from({ length: 1 + below(6) }, () =>
      often(0.6) ? any(ODD_BYTES) : encodeURIComponent(any(pieces).toWellFormed())
    ).join('')
  return { text, bytes, any, often }
}

/** G7: whatever is in a text, what is answered is XML, and what was said is kept. */
async function oddWords(rig: Rig): Promise<Outcome> {
  const { text, bytes, any } = oddBy(rig)
  const app = openApp()
  rig.after(() => app.close())
  const many = rig.of(1_000, 20_000, 100_000)
  const faults: string[] = []
  let [answered, call, at] = [0, calling(), '/twilio/voice']
  const note = (what: string, said: string) => {
    if (what !== '' && faults.length < MOST_FAULTS) faults.push(`${shown(said)}: ${what}`)
  }
  for (let n = 0; n < many; n++) {
    // Channel by channel: the marks of XML are written in two places.
    const words = text()
    note(xmlFault(twiml(reply(words)).body), words)
    note(xmlFault(smsDocument(reply(words)).body), words)
    const body = any([bytes(), encodeURIComponent(words.toWellFormed())])
    const spoken = rig.random() < 0.5
    if (at === '/twilio/voice') call = calling()
    const { MessageSid, From, To } = texting('')
    const form: Form = spoken ? call : { MessageSid: MessageSid!, From: From!, To: To! }
    const field = spoken ? any(['SpeechResult', 'Digits', 'Confidence']) : 'Body'
    const asked = `${new URLSearchParams(form)}&${field}=${body}`
    const answer = await app.raw(spoken ? at : '/twilio/sms', asked)
    app.log.length = 0
    note(answer.status === 200 ? xmlFault(answer.body) : `${answer.status}`, body)
    if (answer.status === 200) answered += 1
    if (spoken) at = answer.body.includes('action=') ? nextOf(answer) : '/twilio/voice'
    if (!spoken && n % 50 === 0) note(await keptAs(app, From!, decoded(body)), body)
  }
  return { runs: many * 3, lost: 0, doubled: 0, success: answered / many, faults }
}

/** What a form says, by the rules of the web: what is no UTF-8 becomes the replacement sign. */
const decoded = (body: string) => new URLSearchParams(`x=${body}`).get('x') ?? ''

async function keptAs(app: OpenedApp, from: string, said: string): Promise<string> {
  const { timeline } = await app.contactOf(from)
  const heard = timeline.map((line) => line.heard).find((words) => words !== undefined)
  if (said.trim() === '' || heard === said) return ''
  return `it was kept as ${shown(heard)}`
}

/** What was there before and must be there after: nobody may add to what everything is made of. */
const PROTOTYPES = [Object, Array, Function, String, Number, Map, Promise].map((of) => of.prototype)
const standing = () => PROTOTYPES.map((one) => Reflect.ownKeys(one).map(String).join()).join('|')
const TRICKS = [
  '__proto__=1&polluted=1',
  '__proto__[polluted]=1',
  'constructor[prototype][polluted]=1',
  'constructor.prototype.polluted=1',
  'polluted[]=1&polluted[]=2',
  'CallSid[]=CA1&From[a]=b',
  '__proto__.polluted=1',
]
const TRICKY_JSON = [
  '"__proto__":{"polluted":1}',
  '"constructor":{"prototype":{"polluted":1}}',
  '"value":{"__proto__":{"polluted":1},"choice":"yes","turn":1}',
  '"channelData":{"__proto__":{"polluted":1},"tenant":{"__proto__":{"polluted":1},"id":"x"}}',
  '"entities":[{"__proto__":{"polluted":1}}]',
]

/** G8: names of the language itself, names twice, lists where one is asked for; over every route. */
async function oddNames(rig: Rig): Promise<Outcome> {
  const opened = await openWithTeams(rig)
  const { app, service, token } = opened
  const before = standing()
  const faults: string[] = []
  let [runs, twice, refused] = [0, 0, 0]
  const check = (what: string) => {
    runs += 1
    app.log.length = 0
    const added = standing() !== before || 'polluted' in {}
    if (added && faults.length < MOST_FAULTS) faults.push(`${what}: it was added to every object`)
  }
  const dup = (what: string, status: number) => {
    twice += 1
    if (status === 400) refused += 1
    else if (faults.length < MOST_FAULTS) faults.push(`${what}: ${status}, not 400`)
  }
  for (const { method, path } of routesOf(app))
    for (const trick of TRICKS) {
      const at = path.replace(':ref', '__proto__')
      if (path.startsWith('/twilio')) {
        const body = `${new URLSearchParams(calling({ MessageSid: messageSid() }))}&${trick}`
        await app.raw(at, body)
        check(`${path} ${trick}`)
        dup(`${path}, From twice`, (await app.raw(at, `${body}&From=x`)).status)
        dup(
          `${path}, From twice, spelt in two ways`,
          (await app.raw(at, `${body}&%46rom=x`)).status
        )
        continue
      }
      const headers = {
        Authorization: `Bearer ${method === 'POST' ? token : 'a-staff-token-of-the-tests'}`,
      }
      const answer = await app.send(`${at}?${trick}`, { method, headers })
      if (answer.status >= 500) faults.push(`${path}?${trick}: ${answer.status}`)
      check(`${path}?${trick}`)
    }
  for (const trick of TRICKY_JSON) {
    const { id: _, ...rest } = { id: '', ...messageTo(service) }
    const body = `${JSON.stringify(rest).slice(0, -1)},${trick}}`
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    await app.send('/api/messages', { method: 'POST', headers, body })
    check(`/api/messages ${trick}`)
  }
  for (const name of ['phone', 'place', 'limit', 'from'])
    dup(`contacts, ${name} twice`, (await app.api(`contacts?${name}=1&${name}=2`)).status)
  return { runs, lost: 0, doubled: 0, success: refused / twice, faults }
}

const messageTo = ({ serviceUrl }: { serviceUrl: string }) => ({
  type: 'message',
  channelId: 'msteams',
  serviceUrl,
  conversation: { id: 'a:odd' },
  from: { id: '29:odd' },
  text: 'hello',
})

const EDGES: readonly [what: string, text: string, messages: number][] = [
  ['160 of the alphabet', 'a'.repeat(160), 1],
  ['161', 'a'.repeat(161), 2],
  ['306', 'a'.repeat(306), 2],
  ['307', 'a'.repeat(307), 3],
  ['80 euros', '€'.repeat(80), 1],
  ['81 euros', '€'.repeat(81), 2],
  ['a euro across the end of a message', `${'a'.repeat(152)}€${'a'.repeat(10)}`, 2],
  ['the same, which makes it three', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 3],
  ['70 signs with one curly quote', `’${'a'.repeat(69)}`, 1],
  ['71', `’${'a'.repeat(70)}`, 2],
  ['134', `’${'a'.repeat(133)}`, 2],
  ['135', `’${'a'.repeat(134)}`, 3],
  ['an emoji across the 67th', `${'é’'.repeat(33)}🚑${'a'.repeat(65)}`, 2],
  ['the same, which makes it three', `${'é’'.repeat(33)}🚑${'a'.repeat(66)}`, 3],
  ['ten messages of the alphabet', 'a'.repeat(1530), 10],
  ['ten messages of any', '’'.repeat(670), 10],
  ['nothing', '', 0],
]

/** G9: the door's count of messages is the standard's, and not a sign of a text is lost either way. */
async function messages(rig: Rig): Promise<Outcome> {
  const { any, below } = diceBy(rig.random)
  const app = openApp()
  rig.after(() => app.close())
  const faults: string[] = []
  const wrong = (what: string) => void (faults.length < MOST_FAULTS && faults.push(what))
  for (const [what, text, wanted] of EDGES)
    if (messagesOf(text).length !== wanted || segments(text) !== wanted)
      wrong(
        `${what}: ${segments(text)} by the door, ${messagesOf(text).length} by the tables, not ${wanted}`
      )
  const signs = [
    ...'abc XYZ012@£\n',
    ...'€^{}[]~|\\',
    ...'’“–ñüß',
    ...'ąłЖ漢',
    '🚑',
    '👩‍👧',
    '\u0301',
  ]
  const many = rig.of(2_000, 50_000, 500_000)
  let intact = 0
  let sent = 0
  for (let n = 0; n < many; n++) {
    const few = signs.slice(0, any([13, 22, 29, signs.length]))
    const length = below(any([80, 170, 340, 1600]))
    const text = cut(Array.from({ length }, () => any(few)).join(''), 1600)
    if (segments(text) !== messagesOf(text).length)
      wrong(`${shown(text)}: ${segments(text)}, not ${messagesOf(text).length}`)
    const out = smsDocument({ ...reply(text), choices: [] })
    const read = text.trim() === '' ? text : wordsOf({ ...out, status: 200 })
    if (read.trim() !== text.trim()) wrong(`${shown(text)} goes out as ${shown(read)}`)
    if (n % 50 !== 0 || text.trim() === '') continue
    sent += 1
    const form = texting(text)
    await app.post('/twilio/sms', form)
    const kept = await keptAs(app, form.From!, form.Body!)
    if (kept === '') intact += 1
    else wrong(`${shown(form.Body)}: ${kept}`)
  }
  return {
    runs: many + EDGES.length,
    lost: sent - intact,
    doubled: 0,
    success: intact / sent,
    faults,
  }
}

/** Who may show up as a caller, and whether anything may be sent to them. */
const CALLERS: readonly [what: string, from: string, sendable: boolean][] = [
  ['withheld', 'anonymous', false],
  ['withheld, in capitals', 'ANONYMOUS', false],
  ['withheld, in digits', '+266696687', false],
  ['restricted', 'Restricted', false],
  ['restricted, in digits', '+7378742833', false],
  ['nothing', '', false],
  ['a SIP address', 'sip:alice@example.org', false],
  ['a SIP address with a number', 'sip:+447700900001@example.org;transport=tls', false],
  ['a short code', '63336', false],
  ['a name', 'NHSnoreply', false],
  ['a Teams or WhatsApp address', 'whatsapp:+447700900002', false],
  ['premium', '+449098790123', false],
  ['premium, adult', '+449088790124', false],
  ['shared cost', '+448445790125', false],
  ['shared cost, 0870', '+448709790126', false],
  ['a personal number', '+447015790127', false],
  ['a pager', '+447640790128', false],
  ['too short', '+44', false],
  ['too long', '+4477009001234567890', false],
  ['letters', '+44seven', false],
  ['a landline', '+441632960129', true],
  ['a mobile', '+447700900130', true],
]

/** G12: whoever rings or texts is answered and kept, and nothing is ever sent to what cannot or may not be sent to. */
async function callers(rig: Rig): Promise<Outcome> {
  const rounds = rig.of(1, 20, 200)
  const faults: string[] = []
  let [runs, kept] = [0, 0]
  for (let round = 0; round < rounds; round++)
    for (const [what, From, sendable] of CALLERS) {
      const app = openApp()
      runs += 2
      const found = [...(await rings(app, From)), ...(await writes(app, From, sendable))]
      const contacts = await app.contacts()
      kept += Math.min(2, contacts.length)
      const tried = (await outboxOf(app)).filter(({ to }) => !sendable && to === From)
      const all = [...found, ...tried.map(() => 'a text was to be sent there')]
      for (const fault of all.slice(0, MOST_FAULTS)) faults.push(`${what} (${From}): ${fault}`)
      await app.close()
    }
  const shown = [...new Set(faults)].slice(0, 12)
  return { runs, lost: runs - kept, doubled: 0, success: kept / runs, faults: shown }
}

/** Rings, says no to each danger, and then whatever leads to an end. */
async function rings(app: OpenedApp, From: string): Promise<string[]> {
  const form = calling({ From })
  let answer = await app.post('/twilio/voice', form)
  for (let n = 0; n < 30 && answer.body.includes('<Gather'); n++)
    answer = await app.post(nextOf(answer), { ...form, Digits: n < 3 ? '2' : '1' })
  await app.post('/twilio/status', { ...form, CallStatus: 'completed' })
  const sound = answer.status === 200 && xmlFault(answer.body) === ''
  return sound ? [] : [`its call came to ${answer.status} ${answer.body}`]
}

async function writes(app: OpenedApp, From: string, sendable: boolean): Promise<string[]> {
  app.clock.now = '2026-11-26T14:20:00Z'
  const answers = []
  for (const Body of ['my mum fell', '2', '2', '2', '1'])
    answers.push(await app.post('/twilio/sms', texting(Body, { From })))
  const faults = answers.filter(({ status }) => status !== 200).map(({ status }) => `${status}`)
  const written = answers.filter(({ body }) => body.includes('<Message'))
  if (sendable && written.length === 0) faults.push('nothing was answered')
  if (!sendable && written.length > 0) faults.push('a text was answered there')
  return faults
}

/** Everything that waits to be sent, now or at any later time, silences and checks included. */
async function outboxOf(app: OpenedApp): Promise<{ to: unknown }[]> {
  for (const later of ['2026-11-26T15:20:00Z', '2026-11-27T14:20:00Z', '2027-01-26T14:20:00Z']) {
    app.clock.now = later
    for (const timer of await app.store.claimTimers(later, 1000)) {
      await app.fire(timer)
      await app.store.settleTimer(timer, { done: true })
    }
  }
  const rows = await app.store.claimOutbox('2030-01-01T00:00:00Z', 1000)
  return rows.map(({ body }) => ({ to: body.to }))
}

/** G14: words that came from outside may be of any length; a document stays within what a provider reads. */
async function longWords(rig: Rig): Promise<Outcome> {
  const most = 32 * 1024
  const { any } = diceBy(rig.random)
  const faults: string[] = []
  let [runs, heard] = [0, 0]
  for (const length of [100, 4_000, 32_000, 64_000, 200_000])
    for (const sign of ['a ', '& ', '"<', '漢 ', '🚑', 'words of a sentence. '])
      for (let n = 0; n < rig.of(1, 10, 100); n++) {
        const words = sign.repeat(length / sign.length)
        const last = 'Press 1 for yes.'
        const made: Reply = {
          ...reply(words, any([words, 'yes'])),
          parts: [
            { step: 'a', words, slow: false },
            { step: 'b', words, slow: true },
            { step: 'c', words: last, slow: false },
          ],
        }
        for (const { body } of [
          twiml(made),
          twiml({ ...made, ended: 'ordinary', listen: null }),
          smsDocument(made),
        ]) {
          runs += 1
          const bytes = Buffer.byteLength(body)
          const fault = xmlFault(body) || (bytes > most ? `${bytes} bytes` : '')
          if (fault !== '' && faults.length < MOST_FAULTS)
            faults.push(`${length} of ${sign}: ${fault}`)
          if (body.includes(last) || body.includes('<Message')) heard += 1
        }
      }
  return { runs, lost: 0, doubled: 0, success: heard / runs, faults }
}

export const ODD: readonly Run[] = [
  {
    id: 'G7',
    name: 'Words that are no UTF-8, that no XML may hold, that run from right to left',
    goal: 'every answer is well-formed XML; what was said is kept',
    leastSuccess: 1,
    small: true,
    run: oddWords,
  },
  {
    id: 'G8',
    name: 'Names of the language itself, names twice, lists, over every route',
    goal: 'nothing polluted; a name given twice is 400',
    leastSuccess: 1,
    small: true,
    run: oddNames,
  },
  {
    id: 'G9',
    name: 'Texts counted in messages, against the tables of the standard',
    goal: 'the same count for each; every text whole, in and out',
    leastSuccess: 1,
    small: true,
    run: messages,
  },
  {
    id: 'G12',
    name: 'Callers who are nobody, or who may not be sent to',
    goal: 'answered and kept; no send attempt to the unsendable',
    leastSuccess: 1,
    small: true,
    run: callers,
  },
  {
    id: 'G14',
    name: 'Words of any length, spoken and written',
    goal: 'no document over 32 kB; the last words are still heard',
    leastSuccess: 1,
    small: true,
    run: longWords,
  },
]
