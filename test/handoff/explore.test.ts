import { expect, it } from 'vitest'
import { beginnings, everyEvent } from './events.ts'
import { explore } from './explore.ts'
import { judge } from './promises.ts'

it.each(['voice', 'sms'] as const)(
  'whatever anyone does, every %s ends with a person or a promise',
  (channel) => {
    const { see, all } = judge()
    const found = explore(beginnings(channel), everyEvent(channel), see)
    const broken = all(found)
    const values: Record<string, number> = {}
    for (const { state } of found.nodes) values[state.value] = (values[state.value] ?? 0) + 1
    console.log(`${channel}: ${found.nodes.length} situations, ${found.turns} turns`, values)
    expect(found.cut).toBe(false)
    expect(Object.fromEntries(broken)).toEqual({})
  },
  300_000
)
