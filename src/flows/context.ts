import type { Area, Context, Facts, Kept } from '../conversation/types.ts'

/**
 * What a conversation remembers at its first word: what this contact has already told us. Codes recorded earlier stay
 * in the facts, so that a hang-up in this conversation is still seen to have recorded nothing.
 */
export function firstContext(facts: Facts): Context {
  const { known } = facts
  return {
    form: known.who ?? 'self',
    adult: known.adult ?? 'unknown',
    area: known.area,
    attempt: 1,
    unclear: 0,
    abuse: 0,
    cleared: false,
    codes: [],
    options: [],
    optionArea: 'unasked',
    overheard: false,
    kept: {
      ...(known.who && { who: known.who }),
      ...(known.practice && { practice: known.practice }),
    },
  }
}

/** Adds outcome codes to this conversation's. A code is never taken away, so a contact's level may rise and never fall. */
export function record(context: Context, codes: readonly string[]): Pick<Context, 'codes'> {
  return { codes: [...context.codes, ...codes.filter((code) => !context.codes.includes(code))] }
}

/** What is personal is kept on the contact, by an effect; the machine remembers only that it was given. */
const PERSONAL: readonly Kept[] = ['number', 'name', 'code-word', 'postcode']

/** Remembers an answer, and what follows from it for the questions to come. */
export function keep(context: Context, field: Kept, value: string): Partial<Context> {
  const shown = PERSONAL.includes(field) && value !== 'none' ? 'given' : value
  const kept = { ...context.kept, [field]: shown }
  switch (field) {
    case 'who':
      return who(context, kept, value)
    case 'practice':
      return value === 'none' ? {} : { kept, area: 'here' }
    case 'postcode':
      return { kept, area: value === 'none' ? 'unknown' : context.optionArea }
    case 'here':
      return { kept, area: HERE[value] ?? 'unknown' }
    case 'overheard':
      return { kept, overheard: value !== 'no' }
    case 'child':
      return value === 'no' ? { kept } : { kept, adult: 'no' }
    case 'unsafe':
      return { kept: { ...kept, unsafe: value === 'no' ? 'no' : 'yes' } }
    case 'resume':
      return value === 'start-again'
        ? { kept: {}, codes: [], form: 'self', adult: 'unknown', area: 'unasked' }
        : { kept }
    default:
      return { kept }
  }
}

const HERE: Record<string, Area> = { yes: 'here', no: 'elsewhere' }

function who(context: Context, kept: Context['kept'], value: string): Partial<Context> {
  if (value === 'known') return {}
  if (value === 'child') return { kept, form: 'other', adult: 'no' }
  return {
    kept,
    form: value === 'other' ? 'other' : 'self',
    adult: context.adult === 'no' ? 'no' : 'yes',
  }
}
