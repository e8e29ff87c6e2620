import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { begin, step } from '../src/conversation/step.ts'
import type { Facts, State, Turn } from '../src/conversation/types.ts'
import { readFlows } from '../src/flows/library.ts'
import { machinesOf } from '../src/flows/machines.ts'

/** The twelve questions of `peers/twelve.json`. An arrow may record an outcome on its way. */
export interface Twelve {
  start: string
  questions: Record<
    string,
    { ask: string; danger?: true; answers: Record<string, { to: string; outcome?: string }> }
  >
}

/** What is known as somebody rings in the early afternoon, when all services are open. */
export const FACTS: Facts = {
  now: '2026-11-24T14:20:00Z',
  place: 'lewisham',
  channel: 'voice',
  cover: 'yes',
  open: ['UCR2', 'CSD', 'EMH'],
  lines: [],
  phone: 'mobile',
  repeat: false,
  resume: 'no',
  known: { area: 'unasked', codes: [] },
  settings: { headInjury: 'E999', shareUrgent: 'yes' },
}

/**
 * Our pure step as an engine of `peers/play.js`: the questions as a flow file of ours, with the ways out that every flow
 * has, compiled as at the start of the service. The state of each call is kept as text between its turns.
 */
export function open(twelve: Twelve) {
  const exits = readFileSync(join('flows', 'exits.v1.yaml'), 'utf8')
  const { library, problems } = readFlows(
    new Map([
      ['twelve.v1.yaml', flowFile(twelve)],
      ['exits.v1.yaml', exits],
    ])
  )
  const release = machinesOf(library).get('twelve.v1')
  if (problems.length > 0 || !release) throw new Error(problems.join('\n'))
  const { runnable } = release
  const calls = new Map<string, string>()
  const outcomes = new Map<string, string>()

  function done(call: string, { state, effects }: Turn) {
    let said = 'Goodbye.'
    for (const effect of effects) {
      if (effect.kind === 'ask') said = twelve.questions[effect.step]?.ask ?? effect.step
      if (effect.kind === 'outcome') outcomes.set(call, effect.codes.join())
    }
    if (!state.done) {
      calls.set(call, JSON.stringify(state))
      return { said }
    }
    const outcome = outcomes.get(call)
    calls.delete(call)
    outcomes.delete(call)
    return { said, outcome }
  }
  return {
    begin: (call: string) => done(call, begin(runnable, FACTS)),
    answer(call: string, value: string) {
      const state = JSON.parse(calls.get(call) ?? '') as State
      return done(call, step(runnable, state, { type: 'ANSWER', value }, FACTS))
    },
    bytes: (call: string) => Buffer.byteLength(calls.get(call) ?? ''),
    close: () => undefined,
  }
}

/** JSON is YAML too. An outcome is a step of its own, as our flows have it. */
function flowFile({ start, questions }: Twelve): string {
  const steps: Record<string, object> = { bye: { kind: 'end' } }
  const target = (to: string) => (to === 'end' ? 'bye' : to)
  for (const [name, { danger, answers }] of Object.entries(questions)) {
    const next: Record<string, string> = {}
    for (const [answer, { to, outcome }] of Object.entries(answers)) {
      next[answer] = target(to)
      if (outcome === undefined) continue
      next[answer] = `${name}-${answer}`
      steps[`${name}-${answer}`] = { kind: 'outcome', codes: [outcome], then: target(to) }
    }
    steps[name] = danger
      ? { kind: 'yes-no', danger: 'yes', next: { ...next, 'not-sure': next.yes } }
      : { kind: 'choice', next }
  }
  return JSON.stringify({ flow: 'twelve', version: 1, hazards: [], start, exits: 1, steps })
}
