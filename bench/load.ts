import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { signTwilio } from '../src/security/twilio-signature.ts'

const TOKEN = 'b'.repeat(32)
const PUBLIC = 'http://bench.invalid'
const ACCOUNT = `AC${'0'.repeat(32)}`
/** Clear of danger; about oneself; a fall; up; no head injury; no new pain; no practice, no postcode. */
const KEYS = ['2', '2', '2', '1', '1', '2', '2', '2', '2']

export interface Load {
  turns: number
  seconds: number
  /** Milliseconds a turn, sorted. */
  times: number[]
  failed: number
}

/** Whole calls, one after the other, by so many callers at once, until the time is up. Each waits for its reply. */
export async function load(port: number, callers: number, seconds: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const until = performance.now() + seconds * 1000
  const times: number[] = []
  let failed = 0
  const started = performance.now()
  await Promise.all(Array.from({ length: callers }, (_, i) => caller(i)))
  agent.destroy()
  return {
    turns: times.length,
    seconds: (performance.now() - started) / 1000,
    times: times.sort((a, b) => a - b),
    failed,
  }

  async function caller(i: number) {
    for (let n = 0; performance.now() < until; n++) {
      const CallSid = `CA${randomBytes(16).toString('hex')}`
      const From = `+4477009${String((i * 1000 + n) % 100_000).padStart(5, '0')}`
      let path = '/twilio/voice'
      for (const Digits of [undefined, ...KEYS]) {
        if (performance.now() >= until) return
        const body = await turn(path, {
          AccountSid: ACCOUNT,
          ApiVersion: '2010-04-01',
          CallSid,
          CallStatus: 'in-progress',
          Direction: 'inbound',
          From,
          To: '+442079460100',
          Caller: From,
          Called: '+442079460100',
          ...(Digits && { Digits }),
        })
        const next = /action="([^"]+)"/.exec(body)?.[1]
        path = next ? next.replaceAll('&amp;', '&') : '/twilio/voice/turn?t=1'
      }
    }
  }

  async function turn(path: string, form: Record<string, string>): Promise<string> {
    const signature = signTwilio(TOKEN, PUBLIC + path, new Map(Object.entries(form)))
    const from = performance.now()
    const { status, body } = await post(
      agent,
      port,
      path,
      new URLSearchParams(form).toString(),
      signature
    )
    times.push(performance.now() - from)
    if (status !== 200) failed++
    return body
  }
}

/** Sends a form and its signature to a path of the server. */
export type Poster = (
  path: string,
  body: string,
  signature: string
) => Promise<{ status: number; body: string }>

/** Connections that are kept, to one server. */
export function posting(port: number, most: number): { post: Poster; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: most })
  return {
    post: (path, body, signature) => post(agent, port, path, body, signature),
    close: () => agent.destroy(),
  }
}

function post(
  agent: Agent,
  port: number,
  path: string,
  body: string,
  signature: string
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      'X-Twilio-Signature': signature,
      'Content-Length': Buffer.byteLength(body),
    }
    const asked = request(
      { agent, host: '127.0.0.1', port, path, method: 'POST', headers },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() })
        )
      }
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

export const quantile = (sorted: readonly number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
export const median = (values: readonly number[]) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5
  )
