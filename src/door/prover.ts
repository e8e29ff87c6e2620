import { createHash, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as z from 'zod'
import type { Place } from '../places/shape.ts'
import { type Folders, readContent } from './folders.ts'
import { proverFor } from './prove.ts'

/** What is asked of a prover: a place as it would be, and the releases that whoever asks runs for it. */
const askedShape = z.object({
  // It names a file.
  place: z.looseObject({ place: z.string().regex(/^[a-z][a-z\d-]{0,60}$/) }),
  releases: z.record(z.string(), z.string()),
})
export type ProofAsked = z.infer<typeof askedShape>

const MOST_BYTES = 512 * 1024

/**
 * Proves for a Worker, which has neither the memory nor a second process for it, that the flows hold for a place as it would
 * be. It says no where it holds other flows than the one who asks. One proof at a time: each takes a whole core.
 */
export function proverApp(folders: Folders, token: string): Hono {
  const prove = proverFor(folders.places)
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = (place: Place) => {
    const proving = last.then(() => prove(place))
    last = proving.catch(() => undefined)
    return proving
  }
  return new Hono()
    .use(bodyLimit({ maxSize: MOST_BYTES, onError: (c) => c.body(null, 413) }))
    .post('/', async (c) => {
      const [, given = ''] = /^Bearer (.+)$/.exec(c.req.header('Authorization') ?? '') ?? []
      if (!same(given, token)) return c.json({ error: 'Send PROVER_TOKEN as a bearer' }, 401)
      const asked = askedShape.safeParse(await c.req.json().catch(() => null))
      if (!asked.success) return c.json({ error: 'Send a place, and its releases' }, 400)
      const { place, releases } = asked.data
      if (!isOurs(folders, place.place, releases))
        return c.json({ wrong: 'the prover has other flows than the service; bring it up to date' })
      return c.json({ wrong: await inTurn(place as unknown as Place) })
    })
}

/** Whether these are the flows and words that stand in the folders now. */
function isOurs(folders: Folders, name: string, releases: ProofAsked['releases']): boolean {
  const ours = readContent(folders).places.get(name)?.releases
  if (!ours || ours.size !== Object.keys(releases).length) return false
  return [...ours].every(([key, { hash }]) => releases[key] === hash)
}

const same = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))
const digest = (text: string) => createHash('sha256').update(text).digest()
