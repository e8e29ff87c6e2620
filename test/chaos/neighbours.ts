import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { teamsKeys } from '../../src/security/teams-keys.ts'
import { teamsToken } from '../../src/security/teams-token.ts'
import { readTwiml } from '../../src/simulator/twiml.ts'
import { VOICE } from '../../src/simulator/twiml-grammar.ts'
import { run as command } from '../cli/run.ts'
import { startRedis } from '../store/redis-server.ts'
import { contactsOf, type Seen } from './audit.ts'
import { LEWISHAM, post, type Reply, wordsIn } from './client.ts'
import type { ChildDoor } from './door.ts'
import { type House, openHouse } from './house.ts'
import { nextNumber, PEOPLE } from './people.ts'
import type { Outcome, Run } from './rig.ts'
import { xmlFault } from './well-formed.ts'
import type { Fault } from './world/faults.ts'

const POLISH = 'Boli mnie noga i nie mogę wstać z podłogi'
const hex = () => randomBytes(16).toString('hex')
/** So many people at once are no flood here. */
const UNLIMITED = {
  LIMITS: 'staff:1000000/60,calls:1000000/60,texts:1000000/60,place:1000000/60',
}
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const p99 = (all: readonly number[]) =>
  Math.round([...all].sort((a, b) => a - b)[Math.max(0, Math.ceil(all.length * 0.99) - 1)] ?? 0)

interface Told {
  from: string
  words: string
  reply: Reply | Error
  ms: number
}

/** A text nobody wrote before, and how long its answer took. */
async function writes(door: ChildDoor, words: string, from = nextNumber()): Promise<Told> {
  const form = { MessageSid: `SM${hex()}`, From: from, To: LEWISHAM, Body: words, NumMedia: '0' }
  const began = performance.now()
  const reply = await post(door, '/twilio/sms', form).catch((error: Error) => error)
  return { from, words, reply, ms: performance.now() - began }
}

/** An answer in words of the flow that Twilio can read. */
const isGood = ({ reply }: Told) =>
  !(reply instanceof Error) &&
  reply.status === 200 &&
  xmlFault(reply.body) === '' &&
  /Check 1 of 3/.test(wordsIn(reply.body))

/** Their contacts by number, once each has what is waited for. */
async function once(
  door: ChildDoor,
  told: readonly Told[],
  has: (seen: Seen) => boolean,
  most = 90_000
): Promise<Map<string, Seen[]>> {
  const until = performance.now() + most
  for (;;) {
    // A store that was down may need a moment more.
    const seen = await contactsOf(door).catch(() => [])
    const byFrom = Map.groupBy(seen, ({ person }) => person.address ?? '')
    const all = told.every(({ from }) => byFrom.get(from)?.some(has))
    if (all || performance.now() > until) return byFrom
    await sleep(500)
  }
}

const translations = ({ timeline }: Seen) =>
  timeline.filter(({ kind }) => kind === 'translated' || kind === 'not-translated')

/** The words stay as they were written; beside them stands one translation, or that there is none. */
function judgeTold(told: readonly Told[], byFrom: Map<string, Seen[]>) {
  let [lost, doubled] = [0, 0]
  for (const { from, words } of told) {
    const own = byFrom.get(from) ?? []
    const lines = own.flatMap(({ timeline }) => timeline)
    if (!lines.some(({ heard }) => heard === words)) lost++
    const beside = own.flatMap(translations).length
    if (beside === 0) lost++
    doubled += Math.max(0, beside - 1) + Math.max(0, own.length - 1)
  }
  return { lost, doubled }
}

const nasty = (words: string) =>
  JSON.stringify({
    data: { translations: [{ translatedText: words, detectedSourceLanguage: 'pl' }] },
  })

const TRANSLATE: readonly (readonly [string, Fault | 'gone'])[] = [
  ['400', { kind: 'status', status: 400 }],
  ['429', { kind: 'status', status: 429, after: 1 }],
  ['500', { kind: 'status', status: 500 }],
  ['503', { kind: 'status', status: 503 }],
  ['reset', { kind: 'reset' }],
  ['nobody there', 'gone'],
  ['hang', { kind: 'hang' }],
  ['slow', { kind: 'slow', ms: 5_000 }],
  ['empty', { kind: 'status', status: 200, body: '' }],
  ['HTML', { kind: 'status', status: 200, body: '<html><body>Sorry</body></html>' }],
  ['10 MB', { kind: 'status', status: 200, body: nasty('x'.repeat(10_000_000)) }],
]

const D1: Run = {
  id: 'D1',
  name: 'Translate is ill in eleven ways while people write in their language',
  goal: 'turn p99 <= 1.5 s; the words stay; never a blank answer',
  leastSuccess: 1,
  async run(rig) {
    const { door, world } = await openHouse(rig, 'house', { without: ['teams'], env: UNLIMITED })
    const { translate } = world
    const told: Told[] = []
    const unmet: string[] = []
    let met = 0
    for (const [how, fault] of TRANSLATE) {
      if (fault === 'gone') await translate.down()
      else translate.faults.set('translate', fault)
      const each = Array.from({ length: rig.of(2, 20, 100) })
      told.push(...(await Promise.all(each.map(() => writes(door, POLISH)))))
      await sleep(rig.of(200, 1_000, 5_000))
      if (fault !== 'gone' && translate.faults.met() === met) unmet.push(how)
      met = translate.faults.met()
      translate.faults.clear()
      if (fault === 'gone') await translate.up()
      // Until it is asked again as ever, or the next fault would meet nobody.
      await askedAgain(door)
    }
    const byFrom = await once(door, told, (seen) => translations(seen).length > 0)
    const times = told.map(({ ms }) => ms)
    const faults = unmet.map((how) => `nothing met the fault ${how}`)
    if (p99(times) > 1_500) faults.push(`turn p99 was ${p99(times)} ms`)
    return {
      runs: told.length,
      ...judgeTold(told, byFrom),
      success: told.filter(isGood).length / told.length,
      faults,
      figures: { 'p99 ms': p99(times), 'faults met': translate.faults.met() },
    }
  },
}

const MARKED: readonly string[] = [
  '</Say><Dial><Number>+449011234567</Number></Dial><Say>',
  '<speak><break time="60s"/></speak> &nbsp; &#0; ]]>',
  'one\r\ntwo\n\nthree\u2028four',
  '\u0000\u0008\u001b[31m red \uD800 half',
  '=HYPERLINK("http://evil.example")\u202E gnikcart',
]
const UNFIT = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]|\p{Cs}/u

const D2: Run = {
  id: 'D2',
  name: 'Translate answers with marks, lines and control characters',
  goal: 'every answer is well-formed; the translation is plain text, in the log alone',
  leastSuccess: 1,
  async run(rig) {
    const { door, world } = await openHouse(rig, 'house', { without: ['teams'], env: UNLIMITED })
    const told: Told[] = []
    const faults: string[] = []
    for (const words of MARKED) {
      world.translate.faults.set('translate', { kind: 'status', status: 200, body: nasty(words) })
      const mine: Told[] = []
      for (let n = 0; n < rig.of(1, 20, 200); n++) mine.push(await writes(door, POLISH))
      // Whatever is said next must not hold it either.
      for (const { from } of [...mine])
        mine.push(await writes(door, 'nie rozumiem ani słowa', from))
      await once(door, mine, (seen) => translations(seen).length > 0)
      told.push(...mine)
      const said = mine
        .map(({ reply }) => (reply instanceof Error ? '' : wordsIn(reply.body)))
        .join(' ')
      if (/449011234567|60s|evil\.example|31m|\bthree\b/.test(said))
        faults.push(`"${words}" was said to someone`)
    }
    const seen = await contactsOf(door)
    const english = seen.flatMap(translations).map(({ detail }) => String(detail?.english))
    const unfit = english.filter((text) => UNFIT.test(text))
    if (unfit.length > 0) faults.push(`${unfit.length} translations hold what is no plain text`)
    const first = told.filter(({ words }) => words === POLISH)
    const good = told.filter(
      ({ reply }) =>
        !(reply instanceof Error) && reply.status === 200 && xmlFault(reply.body) === ''
    )
    return {
      runs: told.length,
      lost: first.length * 2 - english.length,
      doubled: 0,
      success: good.length / told.length,
      faults,
      figures: { translations: english.length },
    }
  },
}

/** Log lines of a door that bear a code, with their times. */
const codesOf = (door: ChildDoor) =>
  door
    .out()
    .split('\n')
    .flatMap((line) => {
      if (!line.startsWith('{')) return []
      const { part, code, time } = JSON.parse(line) as Record<string, string>
      return [{ part, code, at: Date.parse(time ?? '') }]
    })

const D3: Run = {
  id: 'D3',
  name: 'Translate fails every other time',
  goal: 'shut within 5 s, tried now and then, open again once well; conversations do not feel it',
  leastSuccess: 1,
  async run(rig) {
    const { door, world } = await openHouse(rig, 'house', { without: ['teams'], env: UNLIMITED })
    const { translate } = world
    translate.faults.set('translate', { kind: 'status', status: 500 }, { share: 0.5 })
    const began = Date.now()
    const told: Told[] = []
    while (Date.now() - began < rig.of(7_000, 30_000, 600_000)) {
      told.push(await writes(door, POLISH))
      await sleep(200)
    }
    const asked = translate.asked.get('translate') ?? 0
    translate.faults.clear()
    const byFrom = await once(door, told, (seen) => translations(seen).length > 0, 180_000)
    const codes = codesOf(door).filter(({ part }) => part === 'translate')
    const shut = codes.find(({ code }) => code === 'neighbour-shut')
    const after = shut ? shut.at - began : Number.POSITIVE_INFINITY
    const parts = await readyOf(door)
    const times = told.map(({ ms }) => ms)
    return {
      runs: told.length,
      ...judgeTold(told, byFrom),
      success: told.filter(isGood).length / told.length,
      faults: [
        ...(after <= 5_000 ? [] : [`it was shut after ${after} ms`]),
        ...(codes.some(({ code }) => code === 'neighbour-back')
          ? []
          : ['it was never opened again']),
        ...(parts.translate ? [] : ['/readyz says that it is still shut']),
        ...(p99(times) <= 1_500 ? [] : [`turn p99 was ${p99(times)} ms`]),
      ],
      figures: { 'shut after ms': after, 'asked while ill': asked, 'p99 ms': p99(times) },
    }
  },
}

/** Resolves when Translate is no longer shut. */
async function askedAgain(door: ChildDoor) {
  const until = performance.now() + 30_000
  while (!(await readyOf(door)).translate && performance.now() < until) await sleep(250)
}

const readyOf = async (door: ChildDoor): Promise<Record<string, boolean>> =>
  (await (await fetch(`http://127.0.0.1:${door.port}/readyz`)).json()) as Record<string, boolean>

const HOUR = 3_600_000
const quiet = { info() {}, warn() {}, error() {} }

const ILLS: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'reset' },
  { kind: 'truncate' },
  { kind: 'hang' },
]
const AGES = [
  [25, true],
  [71.9, true],
  [72.1, false],
] as const

/** Teams tokens checked as the door does, with keys of so many hours, by twenty messages at once. */
async function aged({ world: { teams } }: House): Promise<{ tried: number; wrong: string[] }> {
  const wrong: string[] = []
  let tried = 0
  const cases = ILLS.flatMap((fault) =>
    AGES.flatMap(([hours, wanted]) =>
      ['openid', 'keys'].map((route) => ({ fault, hours, wanted, route }))
    )
  )
  for (const { fault, hours, wanted, route } of cases) {
    let age = 0
    const now = () => Date.now() + age * HOUR
    const keys = teamsKeys({ openId: teams.openIdUrl, log: quiet, now })
    const verify = teamsToken({ appId: teams.appId, keys, mayCall: () => true })
    const activity = teams.message('ada', 'hello') as { channelId: string; serviceUrl: string }
    const tokens = await Promise.all(Array.from({ length: 20 }, teams.bearer))
    const taken = (token = '') =>
      verify(token, activity).then(
        () => true,
        () => false
      )
    const name = `${hours} h, ${route} ${fault.kind}`
    if (!(await taken(tokens[0]))) wrong.push(`${name}: a fresh key was not taken`)
    teams.faults.set(route, fault)
    age = hours
    const before = teams.asked.get('openid') ?? 0
    const began = performance.now()
    const all = await Promise.all(tokens.map(taken))
    const ms = performance.now() - began
    const fetches = (teams.asked.get('openid') ?? 0) - before
    tried += all.length
    if (all.some((one) => one !== wanted)) wrong.push(`${name}: not ${wanted}`)
    if (ms > 3_500) wrong.push(`${name}: ${Math.round(ms)} ms`)
    if (fetches !== 1) wrong.push(`${name}: ${fetches} fetches for 20 messages`)
    teams.faults.clear()
  }
  return { tried, wrong }
}

const D9: Run = {
  id: 'D9',
  name: 'the keys of Teams cannot be fetched, and are a day or three days old',
  goal: 'served from those in hand up to 72 h; one fetch in flight, 3 s at most',
  leastSuccess: 1,
  async run(rig) {
    const house = await openHouse(rig, 'house', { without: ['translate'], env: UNLIMITED })
    const { door, world } = house
    const say = async (who: string, id?: string) => {
      const body = JSON.stringify(world.teams.message(who, 'hello', id))
      const began = performance.now()
      const { status } = await fetch(`http://127.0.0.1:${door.port}/api/messages`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: await world.teams.bearer() },
        body,
      })
      return { status, ms: performance.now() - began }
    }
    const first = await say('first')
    const said: { status: number; ms: number }[] = []
    for (const fault of [{ kind: 'status', status: 500 }, { kind: 'hang' }] as const) {
      for (const route of ['openid', 'keys']) world.teams.faults.set(route, fault)
      for (let n = 0; n < rig.of(2, 10, 100); n++) said.push(await say(`${fault.kind}-${n}`))
    }
    world.teams.faults.clear()
    const { tried, wrong } = await aged(house)
    const served = said.filter(({ status }) => status === 200)
    return {
      runs: said.length + tried,
      lost: said.length - served.length,
      doubled: 0,
      success: (served.length + tried) / (said.length + tried),
      faults: [
        ...(first.status === 200 ? [] : [`the first message got ${first.status}`]),
        ...wrong,
      ],
      figures: { 'slowest ms': Math.round(Math.max(...said.map(({ ms }) => ms))) },
    }
  },
}

const FALLER = PEOPLE.find(({ wantsText }) => wantsText)

/** A refusal for good comes first: once Twilio is shut nobody would meet it. */
const REST: readonly (readonly [string, Fault])[] = [
  ['404', { kind: 'status', status: 404, body: '{"code":20404,"message":"not found"}' }],
  ['401', { kind: 'status', status: 401, body: '{"code":20003,"message":"Authenticate"}' }],
  ['429', { kind: 'status', status: 429, after: 2 }],
  ['500', { kind: 'status', status: 500 }],
  ['hang', { kind: 'hang' }],
]

const D10: Run = {
  id: 'D10',
  name: "Twilio's REST side answers 401, 404, 429, 500 or nothing while people ring",
  goal: 'live calls go on; a 401 is said within 60 s; texts arrive once, or are a person’s task',
  leastSuccess: 1,
  async run(rig) {
    const house = await openHouse(rig, 'house', {
      without: ['teams', 'translate'],
      env: UNLIMITED,
      client: { patience: 5_000 },
    })
    const { door, client, world } = house
    const faults: string[] = []
    const people = rig.of(2, 10, 50)
    const refused = new Set<string>()
    let saidAfter = 0
    for (const [how, fault] of REST) {
      for (const route of ['CreateMessage', 'ListMessage']) world.twilio.faults.set(route, fault)
      const [began, before] = [Date.now(), client.had.length]
      await client.talks([FALLER as never], 4, () => client.had.length - before >= people)
      if (how === '401') saidAfter = await saidOf(door, began)
      await sleep(rig.of(500, 2_000, 10_000))
      if (how === '404') {
        for (const { from } of client.had) refused.add(from)
        await settled404(door, [...refused])
      }
      world.twilio.faults.clear()
    }
    if (saidAfter > 60_000) faults.push('nobody was told of the 401 within 60 s')
    const wait = performance.now() + 240_000
    const owed = client.had.filter(({ from, complete }) => complete && !refused.has(from))
    const got = () => world.ledger.handsets()
    while (owed.some(({ from }) => !got().has(from)) && performance.now() < wait) await sleep(500)
    await world.twilio.quiet()
    const lost = owed.filter(({ from }) => !got().has(from)).length
    const doubled = [...got().values()].reduce((sum, texts) => sum + texts.length - 1, 0)
    const seen = (await contactsOf(door)).filter(({ person }) => refused.has(person.address ?? ''))
    const tasks = seen.filter(({ timeline }) => timeline.some(({ kind }) => kind === 'not-sent'))
    if (tasks.length !== refused.size)
      faults.push(`${tasks.length} of ${refused.size} became a task`)
    const times = client.turns.map(({ ms }) => ms)
    if (p99(times) > 1_500) faults.push(`turn p99 was ${p99(times)} ms`)
    const complete = client.had.filter((one) => one.complete).length
    return {
      runs: client.had.length,
      lost,
      doubled,
      success: complete / client.had.length,
      faults,
      figures: { turns: times.length, 'p99 ms': p99(times), 'the 401 said after ms': saidAfter },
    }
  },
}

async function saidOf(door: ChildDoor, began: number): Promise<number> {
  const until = Date.now() + 60_000
  for (;;) {
    const said = codesOf(door).find(({ code, at }) => code === 'neighbour-refused' && at >= began)
    if (said) return said.at - began
    if (Date.now() > until) return Number.POSITIVE_INFINITY
    await sleep(100)
  }
}

async function settled404(door: ChildDoor, from: readonly string[]) {
  const told = from.map((one) => ({ from: one }) as Told)
  await once(door, told, ({ timeline }) => timeline.some(({ kind }) => kind === 'not-sent'), 60_000)
}

const SAFE = /9 ?9 ?9[\s\S]*1 ?1 ?1/

const D15: Run = {
  id: 'D15',
  name: 'every neighbour and the store are down, and people ring',
  goal: 'every caller hears the safe words; each is a contact afterwards, once',
  leastSuccess: 1,
  needs: ['redis-server'],
  async run(rig) {
    const redis = await startRedis()
    rig.after(redis.stop)
    const { door, world } = await openHouse(rig, 'house', { store: redis.url, env: UNLIMITED })
    await Promise.all([world.twilio.down(), world.teams.down(), world.translate.down()])
    await redis.kill()
    const callers = Array.from({ length: rig.of(40, 1_000, 1_000) }, (_, n) => n)
    const ringing = callers.values()
    const heard: { from: string; safe: boolean; dial: boolean; ms: number }[] = []
    const caller = async () => {
      for (const n of ringing) {
        const from = nextNumber()
        const form = { CallSid: `CA${hex()}`, From: from, To: LEWISHAM, CallStatus: 'ringing' }
        const began = performance.now()
        const reply = await post(door, '/twilio/voice', form, { deadline: 15_000 }).catch(
          () => null
        )
        const body = reply?.status === 200 ? reply.body : ''
        const safe = SAFE.test(wordsIn(body)) && xmlFault(body) === ''
        heard.push({ from, safe, dial: /<Dial\b/.test(body), ms: performance.now() - began })
        if (n % 4 === 0) await post(door, '/twilio/status', { ...form, CallStatus: 'completed' })
      }
    }
    await Promise.all(Array.from({ length: 32 }, caller))
    // The door dies too: what it kept beside the store is brought in by the next.
    await door.kill()
    await redis.start()
    await door.start()
    const told = heard.map(({ from }) => ({ from }) as Told)
    const byFrom = await once(door, told, ({ timeline }) => timeline.length > 0)
    const own = heard.map(({ from }) => byFrom.get(from) ?? [])
    const lines = own.map((all) =>
      all.flatMap(({ timeline }) => timeline).filter(({ kind }) => kind === 'spilled')
    )
    const times = heard.map(({ ms }) => ms)
    return {
      runs: heard.length,
      lost: lines.filter((all) => all.length === 0).length,
      doubled:
        lines.filter((all) => all.length > 1).length + own.filter((all) => all.length > 1).length,
      success: heard.filter(({ safe }) => safe).length / heard.length,
      faults: heard.every(({ dial }) => dial) ? [] : ['someone was not put through to the cover'],
      figures: { 'longest wait ms': Math.round(Math.max(...times)), 'p99 ms': p99(times) },
    }
  },
}

const MOST_BYTES = 64 * 1024

const D16: Run = {
  id: 'D16',
  name: 'the document Twilio runs when we do not answer',
  goal: 'well-formed, of Twilio’s grammar, static, under 64 kB, for every place',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const ran = await command(['flows', 'fallback', '--to', rig.folder])
    const files = readdirSync(rig.folder).filter((name) => name.endsWith('.xml'))
    const wrong = files.flatMap((name) =>
      faultsIn(readFileSync(join(rig.folder, name), 'utf8')).map((why) => `${name} ${why}`)
    )
    const places = readdirSync('places').filter((name) => name.endsWith('.yaml')).length
    const outcome: Outcome = {
      runs: files.length,
      lost: places - files.length,
      doubled: 0,
      success: ran.code === 0 ? 1 : 0,
      faults: wrong,
    }
    return outcome
  },
}

function faultsIn(xml: string): string[] {
  const wrong = [xmlFault(xml)].filter(Boolean)
  if (Buffer.byteLength(xml) >= MOST_BYTES) wrong.push('is too large')
  if (/https?:|action=|Redirect|Play|statusCallback/.test(xml)) wrong.push('asks someone')
  try {
    const verbs = readTwiml(xml, VOICE)
    const first = verbs.findIndex(({ name }) => name === 'Dial')
    const said = verbs.slice(0, first).map(({ text }) => text)
    if (!SAFE.test(said.join(' '))) wrong.push('rings before it says 999 and 111')
    if (verbs.at(-1)?.name !== 'Hangup') wrong.push('does not end')
  } catch (error) {
    wrong.push(error instanceof Error ? error.message : 'is not TwiML')
  }
  return wrong
}

/** What becomes of people when the neighbours are ill. */
export const NEIGHBOURS: readonly Run[] = [D1, D2, D3, D9, D10, D15, D16]
