import type { Role } from '../places/shape.ts'
import type { StaffAct } from './acts.ts'

/** Those who can be asked to take a contact: a restricted one goes to safeguarding. */
export const TAKES = ['navigator', 'safeguarding'] as const
/** Those who lead a shift, or may be asked. */
export const LEADS = ['navigator', 'supervisor', 'safeguarding'] as const

/** Who may do what, by whatever surface. A role alone is not enough: what it is done to is looked at besides. */
export const ACTS: Readonly<Record<StaffAct['do'], readonly Role[]>> = {
  accept: TAKES,
  decline: TAKES,
  later: TAKES,
  danger: TAKES,
  bring: TAKES,
  hold: TAKES,
  mute: TAKES,
  drop: TAKES,
  leave: TAKES,
  say: TAKES,
  'hand-back': TAKES,
  'wrap-up': TAKES,
  'ring-out': TAKES,
  shift: TAKES,
  'end-shift': ['supervisor'],
  own: LEADS,
  'close-promise': LEADS,
  status: ['supervisor', 'admin'],
  'not-these': ['safeguarding'],
  decide: LEADS,
  'ring-by': LEADS,
  'key-worker': LEADS,
  agree: LEADS,
  'agree-no-more': LEADS,
  'same-person': LEADS,
  died: LEADS,
  // Safeguarding for what only they may see.
  'not-died': ['supervisor', 'safeguarding'],
  'near-miss': ['navigator', 'supervisor', 'safeguarding', 'auditor'],
}
