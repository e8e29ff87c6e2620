import { createClient } from '@redis/client'
import { Hono } from 'hono'
import { readForm } from '../src/security/form.ts'
import { twilioSigned } from '../src/security/twilio-signature.ts'

/** One commit: the call's record is put in the place of its old one. */
const COMMIT = "return redis.call('SET', KEYS[1], ARGV[1])"

/**
 * The least that a durable webhook could be: Hono, the form, the same signature check and a fixed reply; and, where a
 * Redis is named, one script that writes so many bytes and is waited for.
 */
export async function bareApp(
  token: string,
  publicUrl: string,
  redis?: { url: string; bytes: number }
): Promise<Hono> {
  const commit = redis ? await committer(redis) : undefined
  const app = new Hono()
  app.post('/*', async (c) => {
    const pairs = readForm(await c.req.text())
    const { pathname, search } = new URL(c.req.url)
    const given = c.req.header('X-Twilio-Signature') ?? ''
    if (!twilioSigned([token], publicUrl + pathname + search, pairs, given))
      return c.text('no', 403)
    await commit?.(pairs.get('CallSid') ?? '')
    return c.body('<Response><Say>Hello</Say></Response>', 200, { 'Content-Type': 'text/xml' })
  })
  return app
}

async function committer({ url, bytes }: { url: string; bytes: number }) {
  const client = await createClient({ url, RESP: 2, disableOfflineQueue: true })
    .on('error', () => undefined)
    .connect()
  const sha = await client.scriptLoad(COMMIT)
  const value = 'v'.repeat(bytes)
  return (call: string) => client.sendCommand(['EVALSHA', sha, '1', call, value])
}
