import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { signature as twilioSignature } from '../app/opened.ts'
import { message } from '../channels/teams-stand-in.ts'
import type { ChildDoor } from './door.ts'
import { openWithTeams } from './hostile.ts'
import { openHouse } from './house.ts'
import { PEOPLE } from './people.ts'
import type { Outcome, Rig, Run } from './rig.ts'
import { lines, memoryOf, pour, type Spoken, speak } from './sockets.ts'
import { signature } from './world/callbacks.ts'

const MB = 1024 * 1024
const FORM = 'application/x-www-form-urlencoded'
const MOST_FAULTS = 8
const ROUTES = [
  ['/twilio/voice', FORM],
  ['/twilio/sms', FORM],
  ['/twilio/status', FORM],
  ['/api/messages', 'application/json'],
] as const

/** The head of a request to a door, with what else its lines say. */
const head = (path: string, type: string, ...more: readonly string[]) =>
  lines(`POST ${path} HTTP/1.1`, 'Host: door.test', `Content-Type: ${type}`, ...more, '')

const junk = (bytes: number) => Buffer.alloc(bytes, 'a=1&')
const chunk = (bytes: number) =>
  Buffer.concat([Buffer.from(`${bytes.toString(16)}\r\n`), junk(bytes), Buffer.from('\r\n')])

/** One body of a size, told of in some way; true of the ways that do not lie. */
const FRAMINGS: readonly [name: string, lies: boolean, send: Sending][] = [
  [
    'its length told',
    false,
    (path, type, bytes) => [head(path, type, `Content-Length: ${bytes}`), bytes, junk],
  ],
  [
    'in chunks',
    false,
    (path, type, bytes) => [head(path, type, 'Transfer-Encoding: chunked'), bytes, chunk],
  ],
  [
    'as short as it is not',
    true,
    (path, type, bytes) => [head(path, type, 'Content-Length: 20'), bytes, junk],
  ],
  [
    'as long as it is not',
    true,
    (path, type, bytes) => [head(path, type, `Content-Length: ${bytes}`), 100, junk],
  ],
]
type Sending = (
  path: string,
  type: string,
  bytes: number
) => [string, number, (bytes: number) => Buffer]

/** G3: bodies no webhook has, which must neither be taken nor held. */
async function large(rig: Rig): Promise<Outcome> {
  const { door, client } = await openHouse(rig)
  const memory = memoryOf(door)
  const sizes = rig.size === 'small' ? [1, 10] : [1, 10, 100]
  const faults: string[] = []
  let [runs, refused] = [0, 0]
  const all = async (megabytes: number) => {
    for (const [path, type] of ROUTES)
      for (const [name, lies, make] of FRAMINGS) {
        const [start, bytes, piece] = make(path, type, megabytes * MB)
        const got = await speak(door.port, async (socket) => {
          socket.write(start)
          await pour(socket, bytes, piece)
          // Only who lies has no more to say: whoever is told 413 is not to be reset as well.
          if (lies) socket.end()
        })
        runs += 1
        const fine =
          got.status === 413 || (got.status === 0 && got.closed) || (lies && isRefusal(got))
        if (fine) refused += 1
        else if (faults.length < MOST_FAULTS)
          faults.push(`${megabytes} MB to ${path}, ${name}: ${toldOf(got)}`)
      }
  }
  // What a process takes once for its first requests is not what a body takes.
  await Promise.all(PEOPLE.map((person) => client.talk(person)))
  await all(1)
  const before = memory.now()
  memory.forget()
  for (const megabytes of sizes) await all(megabytes)
  const more = Math.max(0, memory.most() - before)
  if (more > 20) faults.push(`${more.toFixed(1)} MB more were held`)
  await stillWell(client, faults)
  const figures = { 'held more, MB': more.toFixed(1), 'held before, MB': before.toFixed(0) }
  return { runs, lost: 0, doubled: 0, success: refused / runs, faults, figures }
}

const isRefusal = ({ status }: Spoken) => status >= 400 && status < 500
const toldOf = ({ status, closed, ms, text }: Spoken) =>
  `${status}, ${closed ? 'closed' : 'left open'} after ${ms.toFixed(0)} ms: ${text.slice(0, 80)}`

/** Whoever rings a door that has been ill-treated is answered. */
async function stillWell(
  client: Awaited<ReturnType<typeof openHouse>>['client'],
  faults: string[]
) {
  for (const person of PEOPLE)
    if (!(await client.talk(person)).complete)
      faults.push(`afterwards ${person.channel} is not answered`)
}

const ENCODINGS = [
  'gzip',
  'GZIP',
  'x-gzip',
  'deflate',
  'br',
  'zstd',
  'gzip, gzip',
  'compress',
  ' gzip',
]

/** G4: what is compressed is not unpacked. */
async function compressed(rig: Rig): Promise<Outcome> {
  const { door, client } = await openHouse(rig)
  const memory = memoryOf(door)
  const bomb = gzipSync(Buffer.alloc(rig.of(10, 50, 50) * MB, 'a=1&'))
  const small = gzipSync('a=1')
  const faults: string[] = []
  let [runs, refused] = [0, 0]
  await Promise.all(PEOPLE.map((person) => client.talk(person)))
  const before = memory.now()
  memory.forget()
  for (const [path, type] of ROUTES)
    for (const encoding of ENCODINGS)
      for (const body of [small, bomb]) {
        const told = [
          `Content-Encoding: ${encoding}`,
          `Content-Length: ${body.length}`,
          'Connection: close',
        ]
        const got = await speak(door.port, (socket) => {
          socket.write(head(path, type, ...told))
          socket.write(body)
        })
        runs += 1
        const fine = got.status === 415 || (body === bomb && got.status === 413)
        if (fine) refused += 1
        else if (faults.length < MOST_FAULTS) faults.push(`${encoding} to ${path}: ${toldOf(got)}`)
      }
  const more = Math.max(0, memory.most() - before)
  if (more > 20) faults.push(`${more.toFixed(1)} MB more were held`)
  await stillWell(client, faults)
  const figures = { 'packed, kB': Math.round(bomb.length / 1024), 'held more, MB': more.toFixed(1) }
  return { runs, lost: 0, doubled: 0, success: refused / runs, faults, figures }
}

const CLOSED_MS = 10_000
/** Twice what is allowed: one that is still open then is open for good. */
const PATIENCE_MS = 20_000
const DRIP_MS = 400

/** Ways to take for ever: nothing at all, a head that does not end, a body that does not, a second request that never comes whole. */
const SLOW: readonly ((at: number) => string)[] = [
  () => '',
  (at) => (at === 0 ? 'POST /twilio/sms HTTP/1.1\r\nHost: door.test\r\n' : `X-${at}: 1\r\n`),
  (at) => (at === 0 ? 'POST /twilio/voice HT' : 'T'),
  (at) => (at === 0 ? head('/twilio/sms', FORM, 'Content-Length: 10000') : 'a'),
  (at) => (at === 0 ? head('/api/messages', 'application/json', 'Content-Length: 10000') : ' '),
  (at) => (at === 0 ? head('/twilio/sms', FORM, 'Transfer-Encoding: chunked') : '1\r\na\r\n'),
]

/** G5: sockets that drip, and beside them people who ring. */
async function dripping(rig: Rig): Promise<Outcome> {
  const { door, client } = await openHouse(rig)
  const many = rig.of(60, 500, 500)
  const talkFor = async (ms: number) => {
    const [end, from] = [performance.now() + ms, client.turns.length]
    await client.talks(PEOPLE, 4, () => performance.now() > end)
    const took = client.turns
      .slice(from)
      .map((turn) => turn.ms)
      .sort((a, b) => a - b)
    return { turns: took.length, p99: took[Math.floor(took.length * 0.99)] ?? 0 }
  }
  await talkFor(1_000)
  const alone = await talkFor(rig.of(1_000, 5_000, 20_000))
  const slow = Promise.all(
    Array.from({ length: many }, (_, n) =>
      speak(door.port, drip(SLOW[n % SLOW.length]!), PATIENCE_MS)
    )
  )
  const beside = await talkFor(rig.of(4_000, 9_000, 20_000))
  const ended = await slow
  const longest = Math.max(...ended.map(({ ms }) => ms))
  const taken = ended.filter(({ status }) => status >= 200 && status < 300).length
  // A machine that is late for everyone is late for these too.
  const latest = CLOSED_MS + 500 + 5 * beside.p99
  const open = ended.filter(({ closed, ms }) => !closed || ms > latest)
  const whole = client.had.filter(({ complete }) => complete).length / client.had.length
  const faults = [
    ...open.slice(0, 3).map((one) => `a slow one: ${toldOf(one)}`),
    ...(taken > 0 ? [`${taken} that dripped were taken`] : []),
    // The machine has other work; what a flood of sockets does to a door without limits is a hundredfold.
    ...(beside.p99 > Math.max(250, 4 * alone.p99)
      ? [`p99 went from ${alone.p99.toFixed(0)} to ${beside.p99.toFixed(0)} ms`]
      : []),
  ]
  const figures = {
    'turns beside': beside.turns,
    'p99 ms alone': alone.p99.toFixed(1),
    'p99 ms beside': beside.p99.toFixed(1),
    'longest slow one, ms': longest.toFixed(0),
  }
  return { runs: many, lost: client.unanswered.length, doubled: 0, success: whole, faults, figures }
}

const drip = (next: (at: number) => string) => (socket: Socket) => {
  let at = 0
  const write = () => {
    const more = next(at++)
    if (more !== '' && socket.writable) socket.write(more)
  }
  write()
  const every = setInterval(write, DRIP_MS)
  socket.once('close', () => clearInterval(every))
}

/** G6: many names, and brackets within brackets, whoever signed them. */
async function many(rig: Rig): Promise<Outcome> {
  const opened = await openWithTeams(rig)
  const { app, service, token } = opened
  const names = (count: number, make: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => make(n)).join('&')
  const deep = (open: string, count: number) => open.repeat(count)
  const within = (count: number) =>
    JSON.stringify(message(service, { value: 0 })).replace(
      '"value":0',
      `"value":${'['.repeat(count)}${']'.repeat(count)}`
    )
  const cases: readonly [what: string, body: string, json: boolean, refused: boolean][] = [
    ['100,000 names', names(100_000, (n) => `n${n}=1`), false, true],
    ['100,000 names without a value', '&'.repeat(100_000), false, true],
    ['the same name 20,000 times', names(20_000, () => 'a='), false, true],
    ['9,000 names that fit', names(9_000, (n) => `n${n}`), false, true],
    ['32,000 strokes that fit', '&'.repeat(64_000), false, true],
    ['64 kB of percent signs', '%'.repeat(64_000), false, true],
    ['100,000 brackets', deep('[', 100_000), true, true],
    ['100,000 braces', deep('{"a":', 100_000), true, true],
    ['64,000 brackets that fit', deep('[', 64_000), true, true],
    ['12,000 braces that fit', deep('{"a":', 12_000), true, true],
    ['a message with 30,000 brackets in it', within(30_000), true, false],
    [
      'a message with 12,000 names in it',
      `{${names(6_000, (n) => `"n${n}":1`).replaceAll('&', ',')}}`,
      true,
      true,
    ],
  ]
  const rounds = rig.of(10, 100, 1_000)
  const faults: string[] = []
  let [runs, fine, most] = [0, 0, 0]
  for (const [what, body, json, refused] of cases) {
    // Signed beforehand: it is not what is measured.
    const [path, headers] = json
      ? ([
          '/api/messages',
          { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        ] as const)
      : (['/twilio/sms', { 'Content-Type': FORM, ...signed(body) }] as const)
    const send = () => app.send(path, { method: 'POST', body, headers })
    const { ms, statuses } = await measured(rounds, send)
    runs += rounds
    most = Math.max(most, ms)
    const wrong = statuses.filter((status) =>
      refused ? ![400, 413].includes(status) : ![200, 400].includes(status)
    )
    fine += rounds - wrong.length
    if (wrong.length > 0) faults.push(`${what}: ${wrong[0]}`)
    if (ms > 20) faults.push(`${what}: ${ms.toFixed(1)} ms of processor`)
  }
  return {
    runs,
    lost: 0,
    doubled: 0,
    success: fine / runs,
    faults,
    figures: { 'most processor ms': most.toFixed(1) },
  }
}

const signed = (body: string) => ({
  'X-Twilio-Signature': twilioSignature(
    '/twilio/sms',
    Object.fromEntries(new URLSearchParams(body))
  ),
})

/** The median processor time of a request, in milliseconds. */
async function measured(rounds: number, send: () => Promise<{ status: number }>) {
  const took: number[] = []
  const statuses: number[] = []
  for (let n = 0; n < rounds; n++) {
    const from = process.threadCpuUsage()
    statuses.push((await send()).status)
    const { user, system } = process.threadCpuUsage(from)
    took.push((user + system) / 1000)
  }
  took.sort((a, b) => a - b)
  return { ms: took[Math.floor(rounds / 2)] ?? 0, statuses }
}

/** A text that would be taken, were it not for how it is sent; and a second request hidden behind it. */
function smuggling(door: ChildDoor, n: number): [what: string, bytes: string][] {
  const form = {
    MessageSid: `SM${String(n).padStart(32, '0')}`,
    From: '+447700900001',
    To: '+442079460100',
    Body: 'hello',
  }
  const body = new URLSearchParams(form).toString()
  const [sign, size] = [signature(door.token, `${door.publicUrl}/twilio/sms`, form), body.length]
  const hidden = lines('GET /livez HTTP/1.1', 'Host: x', '')
  const inChunks = `${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  const sent = (told: readonly string[], rest = body, start = 'POST /twilio/sms HTTP/1.1') =>
    `${lines(start, ...told, `Content-Type: ${FORM}`, `X-Twilio-Signature: ${sign}`)}\r\n${rest}`
  const host = `Host: 127.0.0.1:${door.port}`
  const [length, chunked] = [`Content-Length: ${size}`, 'Transfer-Encoding: chunked']
  return [
    ['a length and chunks', sent([host, length, chunked], inChunks)],
    ['chunks and a length', sent([host, chunked, length], inChunks)],
    [
      'a length and chunks, with a request behind',
      sent([host, 'Content-Length: 5', chunked], `0\r\n\r\n${hidden}`),
    ],
    ['two lengths', sent([host, length, 'Content-Length: 5'], body + hidden)],
    ['the same length twice', sent([host, length, length])],
    ['two lengths in one line', sent([host, `Content-Length: ${size}, ${size}`])],
    ['a length with a plus', sent([host, `Content-Length: +${size}`])],
    ['a length below nought', sent([host, 'Content-Length: -1'])],
    ['a length in hexadecimal', sent([host, `Content-Length: 0x${size.toString(16)}`])],
    ['a length and a letter', sent([host, `Content-Length: ${size}a`])],
    ['no length at all in its line', sent([host, 'Content-Length: '])],
    [
      'a length that is no number of this world',
      sent([host, `Content-Length: 9${'9'.repeat(30)}`]),
    ],
    ['chunks that are none', sent([host, 'Transfer-Encoding: xchunked'], inChunks)],
    ['chunks and then not', sent([host, 'Transfer-Encoding: chunked, identity'], inChunks)],
    ['chunks twice', sent([host, chunked, 'Transfer-Encoding: identity'], inChunks)],
    ['a blank before the colon', sent([host, 'Transfer-Encoding : chunked'], inChunks)],
    ['a tab before the value of a length', sent([host, `Content-Length\t: ${size}`])],
    [
      'a line that goes on in the next',
      sent([host, 'Transfer-Encoding:\r\n chunked', length], inChunks),
    ],
    ['a name with a blank in it', sent([host, 'Content Length: 5', length])],
    ['a line without a colon', sent([host, 'nonsense', length])],
    ['a nought byte in a line', sent([host, 'X-A: a\u0000b', length])],
    ['a bare return in a line', sent([host, 'X-A: a\rX-B: b', length])],
    ['a chunk of no size', sent([host, chunked], `Z\r\n${body}\r\n0\r\n\r\n`)],
    ['a chunk below nought', sent([host, chunked], `-5\r\n${body}\r\n0\r\n\r\n`)],
    [
      'a chunk larger than numbers are',
      sent([host, chunked], `FFFFFFFFFFFFFFFFFF\r\n${body}\r\n0\r\n\r\n`),
    ],
    ['a chunk that does not end where it says', sent([host, chunked], `5\r\n${body}\r\n0\r\n\r\n`)],
    ['no host', sent([length])],
    ['two hosts', sent([host, 'Host: other.test', length])],
    ['a host with a blank', sent(['Host: a b', length])],
    ['a host that is an address', sent(['Host: http://x/', length])],
    ['a host with a user', sent(['Host: user@x', length])],
    ['a host and a path', sent(['Host: x/y', length])],
    ['no version', sent([host, length], body, 'POST /twilio/sms')],
    ['a version that is none', sent([host, length], body, 'POST /twilio/sms HTTP/9.9')],
    ['a method that is none', sent([host, length], body, 'P?ST /twilio/sms HTTP/1.1')],
    ['a blank in the address', sent([host, length], body, 'POST /twilio /sms HTTP/1.1')],
    ['the preface of another version', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ]
}

/** G15: requests that two servers would read as two. */
async function smuggled(rig: Rig): Promise<Outcome> {
  const { door, client } = await openHouse(rig)
  const faults: string[] = []
  let [runs, refused] = [0, 0]
  for (let round = 0; round < rig.of(1, 5, 50); round++) {
    const tried = smuggling(door, round).map(async ([what, bytes]) => {
      const write = (socket: Socket) => void socket.write(Buffer.from(bytes, 'latin1'))
      return { what, got: await speak(door.port, write, 1_500) }
    })
    for (const { what, got } of await Promise.all(tried)) {
      runs += 1
      if (got.status === 400 && got.answers === 1) refused += 1
      else if (faults.length < MOST_FAULTS)
        faults.push(`${what}: ${got.answers} answers, ${toldOf(got)}`)
    }
  }
  await stillWell(client, faults)
  return { runs, lost: 0, doubled: 0, success: refused / runs, faults }
}

export const WIRE: readonly Run[] = [
  {
    id: 'G3',
    name: 'Bodies of 1, 10 and 100 MB, their length told, in chunks, and lied of',
    goal: '413 or the connection closed; ≤ 20 MB more held; good traffic after',
    leastSuccess: 1,
    run: large,
  },
  {
    id: 'G4',
    name: 'Compressed bodies, and one that would unpack to 50 MB',
    goal: '415, and nothing unpacked',
    leastSuccess: 1,
    run: compressed,
  },
  {
    id: 'G5',
    name: '500 sockets that drip, and people who ring beside them',
    goal: 'each closed in 10 s, none taken; every caller answered, as soon as before',
    leastSuccess: 1,
    run: dripping,
  },
  {
    id: 'G6',
    name: '100,000 names, and 100,000 brackets within each other',
    goal: '400 or 413; ≤ 20 ms of processor',
    leastSuccess: 1,
    small: true,
    run: many,
  },
  {
    id: 'G15',
    name: 'Requests that two servers would read as two, over a bare socket',
    goal: '400 for each, and no second answer',
    leastSuccess: 1,
    small: true,
    run: smuggled,
  },
]
