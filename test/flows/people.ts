import { begin, step } from '../../src/conversation/step.ts'
import type { Effect, Facts, Heard, Turn } from '../../src/conversation/types.ts'
import { compile } from '../../src/flows/compile.ts'
import { flowOf, library } from './shipped.ts'

/** A weekday afternoon: everything open, someone there, a mobile. */
export function facts(changes: Partial<Facts> = {}): Facts {
  return {
    now: '2026-11-24T14:20:00Z',
    place: 'lewisham',
    channel: 'voice',
    cover: 'yes',
    open: ['UCR2', 'EMH', 'CSD'],
    lines: [],
    phone: 'mobile',
    repeat: false,
    resume: 'no',
    known: { area: 'unasked', codes: [] },
    settings: { headInjury: 'E999', shareUrgent: 'yes' },
    ...changes,
  }
}

const compiled = compile(flowOf('resident.v1'), library)
const runnable = {
  machine: compiled.machine,
  name: 'resident',
  version: 1,
} as unknown as Parameters<typeof begin>[0]

/** What one person hears and what is recorded of them. */
export interface Told extends Turn {
  /** The steps that spoke in the last turn, in order. */
  said: string[]
  /** Every code recorded so far, in order. */
  codes: string[]
}

const SPEAKS = ['say', 'ask', 'person', 'end']
const speaks = (effect: Effect) => SPEAKS.includes(effect.kind) && 'step' in effect

/**
 * One person's conversation: answers by name, everything else as it is heard: `silence`, `unclear`, `person`, `gone`,
 * `nobody`, `danger self`, `found here`, `found elsewhere`.
 */
export function call(heard: readonly string[], given: Facts = facts()): Told {
  let turn = begin(runnable, given)
  const codes: string[] = []
  const note = () => {
    for (const effect of turn.effects) if (effect.kind === 'outcome') codes.push(...effect.codes)
  }
  note()
  for (const words of heard) {
    turn = step(runnable, turn.state, hearing(words), given)
    note()
  }
  const said = turn.effects.filter(speaks).map((effect) => ('step' in effect ? effect.step : ''))
  return { ...turn, said, codes }
}

/** Three times no: danger is cleared. */
export const CLEAR = ['no', 'no', 'no'] as const

function hearing(words: string): Heard {
  const [first, second] = words.split(' ')
  if (first === 'danger') return { type: 'DANGER', of: (second ?? 'body') as 'body' }
  if (first === 'found')
    return { type: 'FOUND', values: ['one'], area: (second ?? 'here') as 'here' }
  const event = words.toUpperCase()
  const known = [
    'SILENCE',
    'UNCLEAR',
    'PERSON',
    'GONE',
    'NOBODY',
    'AGAIN',
    'LANGUAGE',
    'ABUSE',
    'JOINED',
  ]
  if (known.includes(event)) return { type: event } as Heard
  return { type: 'ANSWER', value: words }
}
