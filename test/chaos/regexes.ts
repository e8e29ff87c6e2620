import { seekIn } from '../../src/turn/hear.ts'
import { openApp, shipped, texting } from '../app/opened.ts'
import { attacks } from './regex-attack.ts'
import { type Found, regexesIn } from './regex-scan.ts'
import type { Outcome, Rig, Run } from './rig.ts'

const LENGTHS = [16, 22, 28, 300, 3_000, 30_000, 100_000]
const MOST_MS = 10
/** What a busy machine adds is not in every try. */
const TRIES = 5
/** And what takes this long is slow on any. */
const SURELY_MS = 300

/** Expressions that are known to be slow: a run that does not see it in them would see it in none. */
const SLOW: readonly Pick<Found, 'source' | 'flags' | 'everywhere'>[] = [
  { source: '^(a+)+$', flags: '', everywhere: false },
  { source: '^(?:x|x\\d?)*y', flags: '', everywhere: false },
  { source: '\\s+$', flags: '', everywhere: false },
  { source: '\\d+\\d+z', flags: 'g', everywhere: true },
  { source: '(\\w+\\s?)+!!', flags: '', everywhere: false },
  { source: '<[^<]*b[^>]*>', flags: 'g', everywhere: true },
]

interface Slow {
  ms: number
  text: string
}

/** The first text that keeps an expression busy for longer than it may; short ones first, so that none takes for ever. */
function slowText(
  regex: Pick<Found, 'source' | 'flags' | 'everywhere'>,
  { most, longest }: { most: number; longest: number }
): Slow | null {
  for (const length of LENGTHS.filter((one) => one <= longest))
    for (const text of attacks(regex.source, length, most)) {
      const ms = leastTime(regex, text)
      if (ms > MOST_MS) return { ms, text }
    }
  return null
}

function leastTime({ source, flags, everywhere }: Parameters<typeof slowText>[0], text: string) {
  const all = new RegExp(source, [...new Set(`${flags.replace('y', '')}g`)].join(''))
  let least = Number.POSITIVE_INFINITY
  let ms = 0
  for (let n = 0; n < TRIES && least > MOST_MS && ms < SURELY_MS; n++) {
    all.lastIndex = 0
    const from = process.threadCpuUsage()
    if (everywhere) text.replace(all, '')
    else all.test(text)
    const { user, system } = process.threadCpuUsage(from)
    ms = (user + system) / 1000
    least = Math.min(least, ms)
  }
  return least
}

interface Made {
  at: string
  source: string
  flags: string
}

/** What stands behind every `new RegExp` of ours: a conversation is held while each one is noted, with where it was made. */
async function madeRegexes(): Promise<Made[]> {
  const made = new Map<string, Made>()
  const real = globalThis.RegExp
  globalThis.RegExp = new Proxy(real, {
    construct(target, given) {
      const regex = Reflect.construct(target, given) as RegExp
      const [, at] = /\/src\/(\S+\.ts:\d+):\d+/.exec(new Error().stack?.split('\n')[2] ?? '') ?? []
      if (at) made.set(`${at} ${regex.source}`, { at, source: regex.source, flags: regex.flags })
      return regex
    },
  })
  const app = openApp()
  try {
    const From = '+447700900001'
    for (const words of SAID) await app.post('/twilio/sms', texting(words, { From }))
    for (const { place } of shipped().places.values()) seekIn(place).phone('double oh seven')
  } finally {
    globalThis.RegExp = real
    await app.close()
  }
  return [...made.values()]
}
/** To an outcome whose team is named. */
const SAID = ['help', ...Array.from({ length: 12 }, () => ['2', '1', 'SE6 1AT']).flat()]

/** G13: every expression of the source, against 100 kB made to keep it busy. */
async function everyRegex(rig: Rig): Promise<Outcome> {
  const most = rig.of(72, 240, 1_000)
  // A square is seen at 30 kB already, and npm test need not wait for more.
  const trying = { most, longest: rig.of(30_000, 100_000, 100_000) }
  const { found, made } = regexesIn('src')
  const held = await madeRegexes()
  const faults: string[] = []
  for (const { file, line, source, flags, everywhere } of found) {
    const slow = slowText({ source, flags, everywhere }, trying)
    if (slow) faults.push(toldOf(`${file}:${line}`, source, slow))
  }
  for (const { at, source, flags } of held) {
    const slow = slowText({ source, flags, everywhere: true }, trying)
    if (slow) faults.push(toldOf(at, source, slow))
  }
  for (const at of made.filter((at) => !held.some((one) => one.at === at)))
    faults.push(`${at} makes an expression that nothing here made: it was not tried`)
  const missed = SLOW.filter((one) => slowText(one, trying) === null)
  for (const { source } of missed) faults.push(`/${source}/ is slow, and was not found to be`)
  return {
    runs: found.length + held.length,
    lost: 0,
    doubled: 0,
    success: 1 - missed.length / SLOW.length,
    faults,
    figures: { written: found.length, made: held.length, 'attacks each': most * LENGTHS.length },
  }
}

const toldOf = (at: string, source: string, { ms, text }: Slow) =>
  `${at} /${source}/ takes ${ms.toFixed(0)} ms for ${text.length} signs of ${JSON.stringify(text.slice(0, 12))}…${JSON.stringify(text.slice(-6))}`

export const REGEXES: readonly Run[] = [
  {
    id: 'G13',
    name: 'Every regular expression of the source, against texts made to keep it busy',
    goal: '≤ 10 ms of processor for 100 kB; six that are known to be slow are all found',
    leastSuccess: 1,
    small: true,
    run: everyRegex,
  },
]
