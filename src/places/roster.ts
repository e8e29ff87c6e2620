import type { Place, Role, Staff } from './shape.ts'

/** Someone on the roster by their id at this place. */
export const staffOf = (place: Pick<Place, 'staff'>, id: string): Staff | undefined =>
  place.staff.find((one) => one.id === id)

/** Someone on the roster by their Microsoft Entra object id, whatever its case. */
export const staffByEntra = (place: Pick<Place, 'staff'>, entra: string): Staff | undefined =>
  place.staff.find((one) => one.entra.toLowerCase() === entra.toLowerCase())

/** Whether someone holds one of these roles here. */
export const holds = (
  staff: Pick<Staff, 'roles'> | undefined,
  ...roles: readonly Role[]
): boolean => staff?.roles.some((role) => roles.includes(role)) ?? false

/** Who may be offered contacts. */
export const navigators = ({ staff }: Pick<Place, 'staff'>): Staff[] =>
  staff.filter((one) => holds(one, 'navigator'))
