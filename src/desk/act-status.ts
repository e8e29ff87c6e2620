import type { StaffAct } from '../handoff/acts.ts'
import { holds } from '../places/roster.ts'
import { withStatuses } from '../places/status.ts'
import { no, ok } from './answers.ts'
import type { Doing } from './doing.ts'
import { owned } from './promises.ts'
import { activeOf } from './statuses.ts'
import { SAID } from './words.ts'
import { giveOwner } from './write-owner.ts'

type Of = Doing<Extract<StaffAct, { do: 'status' }>>

/** A service says that it is not as usual, why, and until when. What it would have taken goes elsewhere, with its open work. */
export const standing = {
  async status(doing: Of) {
    const { act, place, staff, desk, parts, prove } = doing
    if (!holds(staff, 'supervisor', 'admin')) return no(SAID.notYours)
    if (!place.services[act.service]) return no(SAID.noService)
    const { replacement } = act
    if (replacement !== undefined && (!place.services[replacement] || replacement === act.service))
      return no(SAID.noService)
    const waits = place.services[act.service]?.fallback === 'next-opening'
    if (act.now === 'red' && waits && replacement === undefined) return no(SAID.noReplacement)
    if (act.now !== 'green' && (act.reason === '' || act.until === undefined))
      return no(SAID.whyUntil)
    if (act.until !== undefined && act.until <= parts.now()) return no(SAID.whyUntil)
    const wrong = act.now === 'green' ? null : await proveWith(doing, prove)
    if (wrong !== null) return no(SAID.notProved(wrong))
    const before = await desk.get(place.place, 'status', act.service)
    const { do: _, service: __, ...rest } = act
    const body = { ...rest, by: staff.id, at: parts.now() }
    const row = { place: place.place, kind: 'status', id: act.service } as const
    const turn = before?.turn ?? 0
    const put = await desk.put({ ...row, rank: act.service, owner: '', turn: turn + 1, body }, turn)
    if (put !== 'saved') return no(SAID.again)
    const moved =
      act.now === 'red' && replacement !== undefined ? await reown(doing, replacement) : 0
    doing.offer(place.place)
    return ok(moved > 0 ? SAID.statusMoved(moved) : SAID.done)
  },
}

/** The flows are proved for the place as it would be: nothing leads to a service that is shut, and everything has an owner. */
async function proveWith(
  { act, place, desk, parts }: Of,
  prove: Of['prove']
): Promise<string | null> {
  if (!prove) return SAID.cannotProve
  const rows = (await desk.list(place.place, 'status')).filter(({ id }) => id !== act.service)
  const { service, now, replacement } = act
  const next =
    now === 'green' ? [] : [{ service, now, ...(replacement !== undefined && { replacement }) }]
  const plain = parts.plain?.(place.place) ?? place
  return prove(withStatuses(plain, [...activeOf(rows, parts.now()), ...next]))
}

/** Open promises of a service that is shut go to whoever does its work meanwhile. */
async function reown(doing: Of, replacement: string): Promise<number> {
  const { act, place, desk } = doing
  const from = place.services[act.service]?.owner
  const to = place.services[replacement]?.owner
  if (from === undefined || to === undefined || from === to) return 0
  const open = await owned(desk, place.place, from)
  let moved = 0
  for (const { contact, code } of open)
    moved += await giveOwner(doing, contact, { code, service: act.service, to })
  return moved
}
