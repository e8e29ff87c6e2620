import type { StaffView, WaitingView } from '../record/views.ts'
import { maySee } from './access.ts'
import type { News } from './pages/layout.ts'
import type { Me } from './parts.ts'
import { DANGER, spacedRef } from './words.ts'

/**
 * What is announced to somebody: what they are asked to take, at once where danger is not cleared; and, to those who
 * lead, a danger that waits with nobody asked. The id changes with the news, so that each is said once.
 */
export function newsFor(
  me: Me,
  queue: readonly WaitingView[],
  mine: StaffView | undefined
): News[] {
  return queue
    .filter(({ value }) => value === 'waiting' || value === 'offered')
    .flatMap((one) => {
      const danger = one.danger !== 'cleared'
      const asked = mine?.offers.includes(one.contact) ?? false
      if (asked) return [{ id: `${one.contact}:asked`, danger, words: askedWords(me, one) }]
      if (!danger || !me.can('supervisor') || one.asked.length > 0) return []
      const words = `Reference ${spacedRef(one.ref)} waits, and nobody is asked. ${DANGER[one.danger].words}.`
      return [{ id: `${one.contact}:alone`, danger, words }]
    })
}

function askedWords(me: Me, one: WaitingView): string {
  const ref = spacedRef(one.ref)
  if (!maySee(me.staff.roles, one)) return `You are asked to take ${ref}. It is restricted.`
  return `You are asked to take ${ref}. ${DANGER[one.danger].words}.`
}
