import type { ShiftEffect } from '../handoff/shift.ts'
import type { Desk } from '../store/desk.ts'
import { takeHandoff } from '../turn/handed.ts'
import type { Parts } from '../turn.ts'

/** Whose shift it is. */
export interface OfShift {
  parts: Parts
  desk: Desk
  place: string
  staff: string
}

/** Tells the handoffs what a shift makes of them: whoever rests is asked no more, whoever is gone is replaced. */
export async function followShift(
  { parts, staff }: OfShift,
  effects: readonly ShiftEffect[]
): Promise<void> {
  for (const effect of effects) {
    if (effect.kind === 'decline')
      await takeHandoff(parts, effect.contact, { type: 'DECLINED', by: staff, reason: 'not free' })
    if (effect.kind === 'lost')
      await takeHandoff(parts, effect.contact, { type: 'LOST', staff, why: effect.why })
  }
}
