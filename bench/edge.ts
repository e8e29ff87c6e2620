import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { bundle } from '../src/edge/bundle.ts'
import { newKeyring, writeKeyring } from '../src/security/keyring.ts'
import { signTwilio } from '../src/security/twilio-signature.ts'

/**
 * What the Worker weighs, and how long workerd takes from nothing to its first signed reply: beside a Worker of one line,
 * so that the runtime's own start is not counted. Prints JSON.
 */
const REPEATS = Number(process.env.BENCH_REPEATS ?? 5)
const URL_ = 'http://127.0.0.1:8787/twilio/voice'
const TOKEN = 'a-token-of-the-bench'
const FORM = new Map([
  ['CallSid', `CA${'0'.repeat(32)}`],
  ['From', '+447700900123'],
  ['To', '+442079460100'],
])
const NOTHING =
  "import { DurableObject } from 'cloudflare:workers'\nexport class Home extends DurableObject {}\nexport default { fetch: () => new Response('9 9 9') }"

async function firstReply(script: string): Promise<number> {
  const flare = {
    cf: false,
    modules: true,
    script,
    compatibilityDate: '2026-10-01',
    compatibilityFlags: ['nodejs_compat'],
    durableObjects: { HOMES: { className: 'Home', useSQLite: true } },
    bindings: {
      MODE: 'demo',
      DATA_KEYS: writeKeyring(newKeyring()),
      // With the pages of staff.
      SESSION_KEY: 'a-session-key-of-the-bench',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: TOKEN,
    },
  }
  const started = performance.now()
  const worker = new Miniflare(convertV4MiniflareOptions(flare))
  const answer = await worker.dispatchFetch(URL_, {
    method: 'POST',
    body: new URLSearchParams([...FORM]).toString(),
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'X-Twilio-Signature': signTwilio(TOKEN, URL_, FORM),
    },
  })
  const words = await answer.text()
  const took = performance.now() - started
  await worker.dispose()
  if (!words.includes('9 9 9')) throw new Error(`the first reply was not a good one: ${words}`)
  return took
}

const { script, gzip } = bundle()
const starts: number[] = []
for (let repeat = 0; repeat < REPEATS; repeat++)
  starts.push((await firstReply(script)) - (await firstReply(NOTHING)))
starts.sort((a, b) => a - b)
process.stdout.write(JSON.stringify({ gzip, start: starts[Math.floor(starts.length / 2)] }))
