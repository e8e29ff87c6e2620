import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packsOf } from '../../src/cli/flows-pack.ts'
import { readAll } from '../../src/cli/given.ts'
import { type Packing, pack } from '../../src/flows/pack.ts'
import type { Flow, Step } from '../../src/flows/schema.ts'

const read = readAll()

describe('the review packs in docs/flows', () => {
  it.each([...packsOf(read)])(
    '%s is up to date: else run `npm run flows -- pack`',
    (name, text) => {
      expect(readFileSync(join('docs/flows', name), 'utf8')).toBe(text)
    }
  )
})

/** Copies of a flow with one thing of one step changed: an arrow, a flag, a code, a rule's answer. */
function* changed(flow: Flow): Generator<[string, Flow]> {
  const names = Object.keys(flow.steps)
  for (const [name, step] of Object.entries(flow.steps)) {
    const put = (what: string, next: object): [string, Flow] => [
      `${name}: ${what}`,
      { ...flow, steps: { ...flow.steps, [name]: { ...step, ...next } as Step } },
    ]
    const others = (target: string) =>
      [...names, 'done'].filter((other) => other !== target && other !== name)
    if ('next' in step)
      for (const [answer, target] of Object.entries(step.next as Record<string, string>))
        for (const to of others(target))
          yield put(`${answer} → ${to}`, { next: { ...step.next, [answer]: to } })
    if ('then' in step) for (const to of others(step.then)) yield put(`then → ${to}`, { then: to })
    if ('nobody' in step)
      for (const to of others(step.nobody)) yield put(`nobody → ${to}`, { nobody: to })
    if ('gone' in step && step.gone) yield put('gone taken out', { gone: undefined })
    if ('otherwise' in step && step.otherwise)
      yield put('otherwise taken out', { otherwise: undefined })
    if ('keeps' in step && step.keeps) yield put('keeps taken out', { keeps: undefined })
    if (step.kind === 'yes-no')
      for (const flag of ['danger', 'risk', 'clears', 'once'] as const)
        if (step[flag]) yield put(`${flag} taken out`, { [flag]: undefined })
    if (step.kind === 'outcome')
      yield put('another code', { codes: step.codes.includes('INFO') ? ['NAV'] : ['INFO'] })
    if (step.kind === 'outcome') yield put('another time', { within: 'PT9H' })
    if (step.kind === 'person')
      yield put('another priority', { priority: step.priority === 'P4' ? 'P1' : 'P4' })
  }
}

describe('every arrow, flag, code and time stands in its pack', () => {
  const packing: Packing = {
    library: read.library,
    promises: [],
    words: () => [],
    signed: () => '',
  }
  it.each([...read.library.values()].map((flow) => [flow.flow, flow] as const))(
    '%s',
    (_name, flow) => {
      const before = pack(flow, packing)
      const unseen = [...changed(flow)].filter(([, other]) => pack(other, packing) === before)
      expect(unseen.map(([what]) => what)).toEqual([])
    }
  )
})
