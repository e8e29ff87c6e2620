import { setup } from 'xstate'
import type { Context, Effect, Facts, Heard } from '../conversation/types.ts'

/** What a machine carries while it thinks: what it remembers, and the facts of this turn. */
export interface Thinking extends Context {
  facts: Facts
}
export interface Args {
  context: Thinking
  event: Heard
}
export type Guard = (args: Args) => boolean

/** The one kind of machine there is: it collects effects and changes what it remembers. */
export const logic = setup({
  types: { context: {} as Thinking, events: {} as Heard, input: {} as Facts },
  actions: {
    effect: (_, _effect: Effect) => {}, // collected by step(), never run
  },
})

export const effect = (params: Effect | ((args: Args) => Effect)) => ({ type: 'effect', params })
export const final = (params: Effect | ((args: Args) => Effect)) => ({
  type: 'final',
  entry: effect(params),
})
export const set = (change: (args: Args) => Partial<Thinking>) => logic.assign(change as never)
/** A new question begins: its attempts start again. */
export const fresh = set(() => ({ attempt: 1, options: [] }))
