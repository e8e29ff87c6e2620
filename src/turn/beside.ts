import { inDanger } from '../handoff/rank.ts'
import type { Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Standing } from './find.ts'
import { tellRow } from './tell-row.ts'

/** Its number among the rows of a turn. */
const ROW = 70

/**
 * Danger that reaches us from a number which somebody of ours is with in another contact: they can ask at once, and are told.
 * Whoever else is free is asked to come all the same.
 */
export function tellBeside({ beside, stored }: Standing, contact: Contact): OutboxRow[] {
  if (beside === undefined || !isInDanger(contact) || (stored && isInDanger(stored))) return []
  const told = { what: 'beside', owner: beside, due: '', tries: 0 }
  const row = tellRow(contact, told, contact.updatedAt)
  return [{ ...row, id: `${contact.id}:${contact.turn}:${ROW}` }]
}

const CODES: readonly string[] = ['E999', 'EPOL', 'EMH']

const isInDanger = ({ handoff, codes }: Contact): boolean =>
  (handoff !== undefined && inDanger(handoff.context)) || codes.some((code) => CODES.includes(code))
