import type { Handler } from 'hono'
import { voiceToken } from '../security/voice-token.ts'
import type { Guard } from './guard.ts'
import { phonePage } from './pages/phone.ts'
import { refusedPage } from './pages/refused.ts'
import type { ConsoleEnv, ConsoleParts } from './parts.ts'
import { inHand, offersTo, show } from './shown.ts'

/** The softphone: its window, its token, and its word that it is still there. */
export function phoneRoutes(
  parts: ConsoleParts,
  guard: Guard
): Readonly<Record<string, Handler<ConsoleEnv>>> {
  const { views, softphone, demo } = parts
  const kind = softphone ? 'twilio' : demo ? 'simulated' : 'none'
  return {
    'GET /phone': (c) =>
      show(
        parts,
        guard,
        c,
        { title: 'Phone', path: '/phone', bare: true, script: 'phone' },
        async (desk) => {
          const [offers, contact] = await Promise.all([offersTo(views, desk), inHand(views, desk)])
          return phonePage(desk, { offers, contact, kind })
        }
      ),
    'POST /phone/token': async (c) => {
      const me = c.get('me')
      if (!softphone) return refusedPage(c, 404, me)
      const { region } = softphone
      const token = await voiceToken(softphone, me.staff.id, (parts.clock ?? Date.now)())
      return c.json({ token, ...(region && { region }) })
    },
    'POST /phone/alive': async (c) => {
      const { place, staff } = c.get('me')
      await parts.phoneAlive(place.place, staff.id)
      return c.json({ ok: true, words: '' })
    },
  }
}
