/** What staff read lives with the record, where cards may read it too. */
export type * from '../record/views.ts'
