import { readFileSync } from 'node:fs'
import { median } from './median.js'

/**
 * Plays the twelve questions on one engine, in memory, and prints JSON: microseconds of processor a turn, turns a second,
 * and the bytes of state kept between two turns. A turn is the greeting or one answer. `node play.js <engine>`
 *
 * An engine is `open(flow) → { begin(call), answer(call, text), bytes(call), close() }`. `begin` and `answer` resolve to
 * what is said and, once it is known, the outcome; between them nothing of a call is held but what the engine has stored.
 */
const flow = JSON.parse(readFileSync(new URL('twelve.json', import.meta.url), 'utf8'))
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4)
const { open } = await import(engineOf(process.argv[2]))
const engine = await open(flow)

let call = 0
await play(SECONDS / 2) // until the compiler has seen it all
const rounds = []
for (let round = 0; round < 3; round++) rounds.push(await play(SECONDS / 3))
const of = (name) => median(rounds.map((round) => round[name]))
process.stdout.write(JSON.stringify({ cpu: of('cpu'), rate: of('rate'), bytes: of('bytes') }))
await engine.close()
process.exit(0)

async function play(seconds) {
  const started = performance.now()
  const before = process.cpuUsage()
  let turns = 0
  let bytes = 0
  while (performance.now() - started < seconds * 1000) {
    const dialogue = flow.dialogues[call % flow.dialogues.length]
    bytes = Math.max(bytes, await one(`call-${call++}`, dialogue))
    turns += dialogue.answers.length + 1
  }
  const { user, system } = process.cpuUsage(before)
  const rate = (turns * 1000) / (performance.now() - started)
  return { cpu: (user + system) / turns, rate, bytes }
}

/** One whole dialogue: every question must be asked in its turn, and the outcome must be the one it leads to. */
async function one(id, { answers, outcome }) {
  let at = flow.start
  let { said } = await engine.begin(id)
  let ended
  let bytes = 0
  for (const answer of answers) {
    const { ask } = flow.questions[at]
    if (said !== ask) throw new Error(`${id}: asked "${said}" where "${ask}" was next`)
    bytes = engine.bytes(id)
    ended = await engine.answer(id, answer)
    said = ended.said
    at = flow.questions[at].answers[answer].to
  }
  if (at !== 'end' || ended.outcome !== outcome)
    throw new Error(`${id}: ended at ${at} with ${ended.outcome}, not with ${outcome}`)
  return bytes
}

/** Ours is the source of this service, beside which the others are set. */
function engineOf(name) {
  return name === 'ours' ? '../ours.ts' : `./${name}.js`
}
