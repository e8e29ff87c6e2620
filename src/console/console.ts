import { type Handler, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { DoorError } from '../errors.ts'
import { type StaffAct, staffActShape } from '../handoff/acts.ts'
import { acted, givenBy } from './acting.ts'
import { type Guard, openGuard } from './guard.ts'
import { safeHeaders } from './headers.ts'
import { live } from './live.ts'
import { refusedPage } from './pages/refused.ts'
import { pages } from './pages.ts'
import type { ConsoleEnv, ConsoleParts } from './parts.ts'
import { phoneRoutes } from './phone.ts'
import { answer } from './shown.ts'
import { backTo, signInRoutes } from './sign-in.ts'

const BODY_BYTES = 64 * 1024

/** What staff see and do, to be mounted at /console. Every route has its row in access.ts. */
export function consoleApp(parts: ConsoleParts): Hono<ConsoleEnv> {
  const guard = openGuard(parts)
  const app = new Hono<ConsoleEnv>()
  const route = (row: string, handler: Handler<ConsoleEnv>) => {
    const [method = '', path = ''] = row.split(' ')
    app.on(method, path, guard.row(row), handler)
  }
  app.use(safeHeaders(parts.softphone !== undefined), bodyLimit({ maxSize: BODY_BYTES }))
  const entry = signInRoutes(parts, guard)
  route('GET /sign-in', entry.page)
  route('GET /sign-in/start', entry.start)
  route('GET /sign-in/callback', entry.callback)
  route('POST /sign-in/as', entry.as)
  route('POST /sign-out', entry.out)
  route('GET /live', live(parts, guard))
  for (const [row, handler] of Object.entries(pages(parts, guard))) route(row, handler)
  for (const [row, handler] of Object.entries(phoneRoutes(parts, guard))) route(row, handler)
  for (const { shape } of staffActShape.options)
    route(`POST /acts/${shape.do.value}`, acting(parts, guard, shape.do.value))
  app.route('/files', parts.files)
  app.all('*', (c) => refusedPage(c, 404))
  app.onError((error, c) => {
    const retry = error instanceof DoorError && error.retry
    const fault = error instanceof DoorError ? `${error.code}: ${error.message}` : error.name
    parts.log.error({ part: 'console', fault }, 'A page of the console came to nothing')
    return refusedPage(c, retry ? 503 : 500)
  })
  return app
}

/** One of the acts, by a form or by JSON. */
function acting(parts: ConsoleParts, guard: Guard, kind: StaffAct['do']): Handler<ConsoleEnv> {
  return async function acting(c) {
    const me = c.get('me')
    const given = await givenBy(c, me.place.timeZone)
    if (!given) return refusedPage(c, 415, me)
    const { back, ...rest } = given
    const { result, refused } = await acted(parts, me, kind, rest)
    if (refused) return refusedPage(c, refused, me)
    return answer(c, guard, result, backTo(typeof back === 'string' ? back : undefined))
  }
}
