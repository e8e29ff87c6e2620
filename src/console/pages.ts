import type { Handler } from 'hono'
import { readReference } from '../record/reference.ts'
import type { Guard } from './guard.ts'
import { contactPage } from './pages/contact.ts'
import { promisesPage } from './pages/promises.ts'
import { queuePage } from './pages/queue.ts'
import { refusedPage } from './pages/refused.ts'
import { sheetPage } from './pages/sheet.ts'
import { shiftPage } from './pages/shift.ts'
import { statusPage } from './pages/status.ts'
import type { ConsoleEnv, ConsoleParts } from './parts.ts'
import { inHand, offersTo, show } from './shown.ts'

type Pages = Readonly<Record<string, Handler<ConsoleEnv>>>

/** The pages that are read, each with its row of the table. */
export function pages(parts: ConsoleParts, guard: Guard): Pages {
  const { views } = parts
  return {
    'GET /': (c) =>
      show(parts, guard, c, { title: 'My shift', path: '/' }, async (desk) => {
        const { place, staff } = desk.me
        const [offers, contact, promises] = await Promise.all([
          offersTo(views, desk),
          inHand(views, desk),
          views.promises(place.place, staff.id),
        ])
        return shiftPage(desk, { offers, contact, promises })
      }),
    'GET /queue': (c) => show(parts, guard, c, { title: 'Queue', path: '/queue' }, queuePage),
    'GET /promises': (c) =>
      show(parts, guard, c, { title: 'Promises', path: '/promises' }, async (desk) =>
        promisesPage(desk, await views.promises(desk.me.place.place))
      ),
    'GET /status': (c) =>
      show(parts, guard, c, { title: 'Services', path: '/status' }, async (desk) =>
        statusPage(desk, await views.statuses(desk.me.place.place))
      ),
    'GET /shift': (c) =>
      show(parts, guard, c, { title: 'Handover sheet', path: '/shift' }, async (desk) => {
        const { place } = desk.me.place
        const [promises, statuses] = await Promise.all([
          views.promises(place),
          views.statuses(place),
        ])
        return sheetPage(desk, { promises, statuses })
      }),
    'GET /contacts/:ref': contactBy(parts, guard),
  }
}

function contactBy(parts: ConsoleParts, guard: Guard): Handler<ConsoleEnv> {
  return async function contactBy(c) {
    const me = c.get('me')
    const ref = readReference(c.req.param('ref') ?? '')
    const view = ref && (await parts.views.contact(me.place.place, ref))
    if (!view || view.place !== me.place.place) return refusedPage(c, 404, me)
    const frame = { title: `Contact ${ref}`, path: `/contacts/${ref}` }
    return show(parts, guard, c, frame, (desk) => contactPage(desk, view))
  }
}
