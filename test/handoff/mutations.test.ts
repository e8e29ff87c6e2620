import { describe, expect, it } from 'vitest'
import { type Live, RULES, type Rules } from '../../src/handoff/handoff.ts'
import type { Given } from '../../src/handoff/types.ts'
import { beginnings, everyEvent } from './events.ts'
import { explore } from './explore.ts'
import { judge } from './promises.ts'
import { STORIES, tell } from './stories.ts'

type Part = 'at' | 'waits'

function without(part: Part, value: Live, name: string): Rules {
  const { [name]: _, ...rest } = RULES[part][value] as Record<string, unknown>
  return { ...RULES, [part]: { ...RULES[part], [value]: rest } } as Rules
}
const lines = (['at', 'waits'] as const).flatMap((part) =>
  (Object.keys(RULES[part]) as Live[]).flatMap((value) =>
    Object.keys(RULES[part][value]).map((name): [Live, Part, string] => [value, part, name])
  )
)

/** Whether a story comes to something else than it should. */
function differs([, but, heard, value, effects]: (typeof STORIES)[number], rules: Rules): boolean {
  try {
    const turn = tell(but, heard, rules)
    expect(turn.state.value).toBe(value)
    expect(turn.effects).toEqual(
      expect.arrayContaining(effects.map((effect) => expect.objectContaining(effect)))
    )
    return false
  } catch {
    return true
  }
}

describe('taken out of the table, a story comes to something else:', () => {
  it.each(lines)('%s %s %s', (value, part, name) => {
    const rules = without(part, value, name)
    expect(STORIES.filter((story) => differs(story, rules)).map(([what]) => what)).not.toEqual([])
  })
})

describe('taken out of the table, a proof turns red:', () => {
  it.each<[Live, Part, string, Given['channel'], string]>([
    [
      'offered',
      'waits',
      'offer',
      'sms',
      'a wait runs, or somebody can be asked, or a person is there',
    ],
    ['accepted', 'waits', 'join', 'sms', 'whoever is rung has a time'],
    ['waiting', 'waits', 'alone', 'sms', 'nobody is left alone in a call without a time'],
    ['offered', 'waits', 'alone', 'sms', 'nobody is left alone in a call without a time'],
    [
      'accepted',
      'at',
      'CHANGED',
      'sms',
      'the navigator who is ready is joined as soon as danger is asked',
    ],
    ['accepted', 'at', 'LOST', 'sms', 'what staff are taken up with is what it remembers'],
    ['accepted', 'at', 'GONE', 'sms', 'the person who leaves is out of the call'],
    ['connected', 'at', 'LOST', 'sms', 'what staff are taken up with is what it remembers'],
    ['connected', 'at', 'GONE', 'sms', 'the person who leaves is out of the call'],
    ['connected', 'at', 'LEG', 'voice', 'who it believes to be in the call is there'],
    ['wrapping', 'at', 'LEG', 'voice', 'who it believes to be in the call is there'],
    ['accepted', 'at', 'LEG', 'voice', 'who is there is known to be'],

    ['waiting', 'at', 'NONE', 'sms', 'who waits for a person hears it when nobody is left'],
  ])(
    '%s %s %s, by %s',
    (value, part, name, channel, law) => {
      const { see, all } = judge()
      const rules = without(part, value, name)
      const found = explore(
        beginnings(channel, 'few'),
        everyEvent(channel, 'few'),
        see,
        rules,
        20_000
      )
      expect([...all(found).keys()]).toContain(law)
    },
    60_000
  )
})
