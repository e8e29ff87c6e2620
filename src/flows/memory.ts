import { type Context, type Facts, KEPT } from '../conversation/types.ts'
import type { Thinking } from './logic.ts'
import { fields } from './rules.ts'

/** What a conversation remembers while it is explored, by field. A field that is missing is not settled yet. */
export type Memory = Readonly<Record<string, unknown>>

/** One thing that was settled when it was first read: a field, and the value taken on this path. */
export type Choice = readonly [field: string, value: unknown]

type Domain = readonly unknown[]

/**
 * What a contact may have told us before this conversation, one value of each sort that a rule can tell apart.
 * Settled at the first read, so that nothing is multiplied in vain.
 */
const TOLD: Record<string, Domain> = {
  adult: ['unknown', 'no'],
  area: ['unasked', 'here', 'elsewhere'],
  'kept.who': [undefined, 'self', 'other'],
  'kept.practice': [undefined, 'known'],
}
/** Facts that stay as they are for a whole conversation. */
const LASTING: Record<string, Domain> = {
  channel: ['voice', 'sms'], // Teams follows the arrows of a text message
  phone: ['mobile', 'landline', 'withheld'],
  headInjury: ['E999', 'A&E'],
  shareUrgent: ['yes', 'no'],
  resume: ['no', 'fresh', 'stale'],
  resumeAt: [undefined],
  'known.codes': [[], ['INFO'], ['E111'], ['SAFE']],
}
/** Facts that may change from one turn to the next, and counts that are taken at their least and at their limit. */
const PASSING: Record<string, Domain> = {
  cover: ['yes', 'no'],
  unclear: [0, 3],
  abuse: [0, 1],
}
const YES_NO: Domain = ['yes', 'no']
const PASSED = new Set(['unclear', 'abuse'])

/** Narrows what is explored: fewer channels for a quick look, or the steps a conversation can be carried on from. */
export type Domains = Readonly<Record<string, Domain>>

/** What every conversation begins with. */
export const FIRST: Memory = {
  attempt: 1,
  cleared: false,
  codes: [],
  options: [],
  optionArea: 'unasked',
  overheard: false,
}
const KEPT_AS = KEPT.map((field) => [field, `kept.${field}`] as const)

/** A copy of a kept field that nobody has settled: it is passed on, and not read. */
const UNSETTLED = Symbol('unsettled')

/** Follows one turn: what it reads, writes and settles. One is made for a whole exploration; `start` begins a turn. */
export function follow(narrowed: Domains) {
  const domains: Domains = { ...TOLD, ...LASTING, ...PASSING, ...narrowed }
  const plan: { field: string; at: number; domain: Domain }[] = []
  let memory: Record<string, unknown> = {}
  let choices: Choice[] = []
  const reads = new Set<string>()
  const written = new Set<string>()

  /** The value of a field: as remembered, or taken now and remembered. */
  function read(field: string): unknown {
    if (field in memory) {
      if (!written.has(field)) reads.add(field)
      return memory[field]
    }
    if (field in TOLD || field in LASTING) reads.add(field)
    else if (field.startsWith('kept.')) {
      reads.add(field)
      return undefined
    }
    return settle(field, domains[field] ?? YES_NO)
  }
  function settle(field: string, domain: Domain): unknown {
    const known = choices.find(([name]) => name === field)
    if (known) return known[1]
    const step = plan[choices.length] ?? { field, at: 0, domain }
    if (choices.length === plan.length) plan.push(step)
    const value = step.domain[step.at]
    choices.push([field, value])
    if (field in TOLD || field in LASTING) memory[field] = value
    return value
  }

  const list = (prefix: string) => ({
    includes: (name: string) => read(`${prefix}.${name}`) === 'yes',
  })
  const settings = new Proxy({}, { get: (_, name) => read(String(name)) })
  const known = new Proxy({}, { get: (_, name) => read(`known.${String(name)}`) })
  const open = list('open')
  const lines = list('lines')
  const facts = new Proxy(
    {},
    {
      get(_, name) {
        if (name === 'open') return open
        if (name === 'lines') return lines
        if (name === 'settings') return settings
        if (name === 'known') return known
        return read(String(name))
      },
    }
  )
  const kept = keptFields(() => memory, read)
  const context = new Proxy(
    {},
    {
      get(_, name) {
        if (name === 'facts') return facts
        if (name === 'kept') return kept
        if (name === 'form') return memory.form ?? 'self' // words only: no arrow reads it
        return read(String(name))
      },
    }
  ) as unknown as Thinking

  function write(field: string, value: unknown) {
    if (PASSED.has(field)) return
    memory[field] = value
    written.add(field)
  }
  function remember(change: Partial<Context>) {
    for (const [field, value] of Object.entries(change))
      if (field === 'kept') rememberKept(value as Record<string, unknown>)
      else write(field, value)
  }
  function rememberKept(after: Record<string, unknown>) {
    for (const [field, name] of KEPT_AS) {
      const value = after[field]
      if (value === UNSETTLED || (memory[name] === value && (name in memory || !(name in TOLD))))
        continue
      write(name, value)
    }
  }

  return {
    context,
    remember,
    /** Begins a turn from what is remembered. */
    start(from: Memory) {
      memory = { ...from }
      choices = []
      reads.clear()
      written.clear()
    },
    /** What the turn did. `reads` and `written` are good until the next turn starts. */
    result: () => ({ memory: memory as Memory, choices, reads, written }),
    /** Whether the same turn is to be run again with another choice. */
    another(): boolean {
      for (let last = plan.at(-1); last; last = plan.at(-1)) {
        last.at += 1
        if (last.at < last.domain.length) return true
        plan.pop()
      }
      return false
    },
  }
}

/** Kept answers: a spread copies a field (its descriptor is asked for first), any other access reads it. */
function keptFields(memory: () => Memory, read: (field: string) => unknown): object {
  let copying: string | symbol | undefined
  return new Proxy(
    {},
    {
      ownKeys: () =>
        KEPT.filter((field) => `kept.${field}` in TOLD || memory()[`kept.${field}`] !== undefined),
      getOwnPropertyDescriptor(_, name) {
        copying = name
        return { enumerable: true, configurable: true, value: undefined }
      },
      get(_, name) {
        const field = `kept.${String(name)}`
        if (copying !== name) return read(field)
        copying = undefined
        const all = memory()
        return field in all ? all[field] : UNSETTLED
      },
    }
  )
}

/** Leaves out what no later turn can read. */
export function prune(memory: Memory, matters: ReadonlySet<string>): Memory {
  return Object.fromEntries(
    Object.entries(memory).filter(([field]) => field in FIRST || matters.has(field))
  )
}

/** A field's value as far as any rule, guard or arrow can tell: what two memories must share to behave alike. */
export function told(field: string, memory: Memory): string {
  if (!(field in memory)) return '?'
  const value = memory[field]
  if (field === 'options') return String((value as []).length)
  if (field !== 'codes' && field !== 'known.codes') return String(value)
  const codes = value as readonly string[]
  const context = { codes } as Context
  const facts = { known: { codes: [] as readonly string[] } } as Facts
  return `${codes.length > 0} ${fields.safe(context, facts)} ${fields.urgent(context, facts)}`
}
