import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Guard } from './guard.ts'
import type { ConsoleEnv, ConsoleParts } from './parts.ts'

/** How often a stream asks whether its reader is still staff, in milliseconds; it also keeps proxies from closing it. */
export const LOOK_MS = 15_000
/** Changes that come together are told once. */
const GATHER_MS = 100

/**
 * Tells a page that its place's desk has changed, and nothing else: what changed is fetched by the page, and so is held
 * to the table of access again. Ends when the reader goes, is signed out, expires, or loses a role.
 */
export function live({ changed }: ConsoleParts, guard: Guard, lookMs = LOOK_MS) {
  return function live(c: Context<ConsoleEnv>) {
    const { session, place } = c.get('me')
    c.header('X-Accel-Buffering', 'no')
    return streamSSE(c, (stream) => {
      const { promise: over, resolve: end } = Promise.withResolvers<void>()
      let tell: ReturnType<typeof setTimeout> | undefined
      const send = (event: string) => stream.writeSSE({ event, data: '' }).catch(() => end())
      const stop = changed(place.place, () => {
        tell ??= setTimeout(() => {
          tell = undefined
          void send('changed')
        }, GATHER_MS)
      })
      const look = setInterval(async () => {
        // A store that is down says nothing about who they are: the next look asks again.
        const me = await guard.who(session).catch(() => undefined)
        if (me === null) await send('out').finally(end)
        else await send('here')
      }, lookMs)
      stream.onAbort(end)
      void send('here')
      return over.finally(() => {
        stop()
        clearInterval(look)
        clearTimeout(tell)
      })
    })
  }
}
