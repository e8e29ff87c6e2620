import type { Context, Facts } from '../conversation/types.ts'

/** Everything a rule may read. Each is an enum, so that the checker can list every value. */
export interface Readable {
  adult: Context['adult']
  area: Context['area']
  overheard: 'yes' | 'no'
  practice: 'known' | 'none'
  safe: 'yes' | 'no'
  urgent: 'yes' | 'no'
  phone: Facts['phone']
  number: 'asked' | 'none'
  channel: Facts['channel']
  resume: Facts['resume']
  cover: Facts['cover']
  unsafe: 'yes' | 'no'
  ucr: 'open' | 'closed'
  crisis: 'open' | 'closed'
  cluster: 'open' | 'closed'
  'head-injury': Facts['settings']['headInjury']
  'share-urgent': Facts['settings']['shareUrgent']
}

type Reading = {
  [Field in keyof Readable]: (context: Context, facts: Facts) => Readable[Field]
}
const yes = (is: boolean) => (is ? 'yes' : 'no')
const open = (code: string) => (_: Context, facts: Facts) =>
  facts.open.includes(code) ? 'open' : 'closed'

/** How each readable field is read. One at a time, so that a rule depends on what it declares and on nothing else. */
export const fields: Reading = {
  adult: (context) => context.adult,
  area: (context) => context.area,
  overheard: (context) => yes(context.overheard),
  practice: (context) => (context.kept.practice ? 'known' : 'none'),
  safe: (context, facts) =>
    yes(context.codes.includes('SAFE') || facts.known.codes.includes('SAFE')),
  urgent: (context, facts) => {
    const urgent = (code: string) => URGENT.has(code)
    // A call that broke off leaves a HOLD: it says nothing of how urgent the need is.
    const earlier = facts.known.codes.filter((code) => code !== 'HOLD')
    return yes(context.codes.some(urgent) || earlier.some(urgent))
  },
  phone: (_, facts) => facts.phone,
  number: (context) => (context.kept.number ? 'asked' : 'none'),
  channel: (_, facts) => facts.channel,
  resume: (_, facts) => facts.resume,
  cover: (_, facts) => facts.cover,
  unsafe: (context) => yes(context.kept.unsafe === 'yes' || context.overheard),
  ucr: open('UCR2'),
  crisis: open('EMH'),
  cluster: open('CSD'),
  'head-injury': (_, facts) => facts.settings.headInjury,
  'share-urgent': (_, facts) => facts.settings.shareUrgent,
}
const URGENT = new Set(['E999', 'EPOL', 'LIFT', 'E111', 'EMH', 'UCR2', 'SAFE', 'HOLD'])

interface Rule<Reads extends keyof Readable, Answers extends string> {
  reads: readonly Reads[]
  answers: readonly Answers[]
  decide: (fields: Pick<Readable, Reads>) => Answers
}

const rule = <const Reads extends keyof Readable, const Answers extends string>(
  reads: readonly Reads[],
  answers: readonly Answers[],
  decide: (fields: Pick<Readable, Reads>) => Answers
): Rule<Reads, Answers> => ({ reads, answers, decide })

/**
 * The only logic a flow may name. A rule is pure and total over the values of the fields it reads, and has a
 * table test. A flow that needs an "if" gets a new rule here, never an expression in the flow file.
 */
export const rules = {
  /** May the two-hour response be promised? 18 or over, not known to be elsewhere, taking work now (domain 6.0). */
  'ucr-gate': rule(['ucr', 'adult', 'area'], ['go', 'closed', 'not-eligible'], (f) => {
    if (f.adult === 'no' || f.area === 'elsewhere') return 'not-eligible'
    return f.ucr === 'open' ? 'go' : 'closed'
  }),
  'crisis-open': rule(['crisis'], ['open', 'closed'], (f) => f.crisis),
  /** Can the cluster team still see someone today? (H1) */
  'slot-today': rule(['cluster'], ['yes', 'no'], (f) => (f.cluster === 'open' ? 'yes' : 'no')),
  'has-practice': rule(['practice'], ['known', 'none'], (f) => f.practice),
  'head-injury': rule(['head-injury'], ['ring', 'take'], (f) =>
    f['head-injury'] === 'A&E' ? 'take' : 'ring'
  ),
  overheard: rule(['overheard'], ['yes', 'no'], (f) => f.overheard),
  /** Is "are they here?" still to be asked? Both searches failed counts as asked. */
  'place-check': rule(['area'], ['ask', 'skip'], (f) =>
    f.area === 'unasked' || f.area === 'elsewhere' ? 'ask' : 'skip'
  ),
  safeguarding: rule(['safe'], ['yes', 'no'], (f) => f.safe),
  /** Without consent, urgent codes go on with number, place and need only; others wait for a call. */
  'share-anyway': rule(['urgent', 'share-urgent'], ['go', 'wait'], (f) =>
    f.urgent === 'yes' && f['share-urgent'] === 'yes' ? 'go' : 'wait'
  ),
  /** Is there a number to ring, or has one been asked for in this conversation? */
  'number-known': rule(['phone', 'number'], ['yes', 'no'], (f) =>
    f.phone === 'withheld' && f.number === 'none' ? 'no' : 'yes'
  ),
  /** What the ending offers: a text to a mobile, a person to ring for someone on a landline, nothing where it may harm. */
  offer: rule(['channel', 'phone', 'unsafe'], ['text', 'ring', 'none'], (f) => {
    if (f.channel !== 'voice' || f.unsafe === 'yes') return 'none'
    if (f.phone === 'mobile') return 'text'
    return f.phone === 'landline' ? 'ring' : 'none'
  }),
  resume: rule(['resume'], ['no', 'offer'], (f) => (f.resume === 'no' ? 'no' : 'offer')),
  /** Q0 is asked only where a call waits for a person; a text gets its promise and the checks at once. */
  'may-wait': rule(['channel', 'cover'], ['yes', 'no'], (f) =>
    f.channel === 'voice' && f.cover === 'yes' ? 'yes' : 'no'
  ),
} satisfies Record<string, unknown>

export type RuleName = keyof typeof rules
export const ruleNames = Object.keys(rules) as [RuleName, ...RuleName[]]

/** Answers a named rule at this moment, from the fields it declares. */
export function decide(name: RuleName, context: Context, facts: Facts): string {
  const { reads, decide } = rules[name] as unknown as Rule<keyof Readable, string>
  return decide(
    Object.fromEntries(
      reads.map((field) => [field, fields[field](context, facts)])
    ) as unknown as Readable
  )
}
