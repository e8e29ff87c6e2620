import type { Clock } from './contact.ts'

/** Whether a promise is still owed: it runs, or its time has passed and nobody has kept it. */
export const isOpen = ({ state }: Pick<Clock, 'state'>): boolean =>
  state === 'running' || state === 'missed'
