import { contactsOf } from './audit.ts'
import type { ClientOptions, Reply } from './client.ts'
import { type House, openHouse, openPair } from './house.ts'
import { has } from './judge.ts'
import { PEOPLE } from './people.ts'
import type { Rig, Run } from './rig.ts'
import type { Form } from './world/callbacks.ts'

type Send = NonNullable<ClientOptions['send']>

/** Questions whose answers lead on, whichever is given; the checks for danger come before them. */
const SAFE =
  /Who needs help|What is it about|on the floor|pass out|bad new pain|Which GP|ring the number/
const turnOf = ({ body }: Reply) => Number(/action="[^"]*t=(\d+)/.exec(body)?.[1] ?? -1)

/** What was pressed by whom, and the pairs among it. */
interface Pressed {
  keys: Map<string, string[]>
  pairs: number
  refused: number
}

/** Every answer to a safe question has a rival, sent at the same moment. The call goes on with the one that won. */
function rivals(pressed: Pressed, { random }: Rig): Send {
  /** The last reply of each call. */
  const asked = new Map<string, string>()
  const note = ({ From = '', Digits }: Form) => {
    if (Digits) pressed.keys.set(From, [...(pressed.keys.get(From) ?? []), Digits])
  }
  return async ({ form }, once) => {
    const { CallSid = '', Digits } = form
    note(form)
    const forms = [form]
    if (Digits && SAFE.test(asked.get(CallSid) ?? '')) {
      const others = ['1', '2', '3'].filter((digit) => digit !== Digits)
      forms.push({ ...form, Digits: others[Math.floor(others.length * random())] ?? '' })
      note(forms[1] as Form)
      pressed.pairs += 1
    }
    const replies = await Promise.all(forms.map((one) => once(one)))
    pressed.refused += replies.filter(({ status }) => status >= 300).length
    const [last] = replies.sort((a, b) => turnOf(b) - turnOf(a))
    asked.set(CallSid, (last as Reply).body)
    return last as Reply
  }
}

const CALLERS = 8

/** So many pairs; every key must be in the log once, and of each pair one as too late. */
async function race(
  rig: Rig,
  open: (client: Partial<ClientOptions>) => Promise<House>,
  pairs: number
) {
  const pressed: Pressed = { keys: new Map(), pairs: 0, refused: 0 }
  const { door, client } = await open({ send: rivals(pressed, rig) })
  const callers = PEOPLE.filter(({ channel }) => channel === 'voice')
  await client.talks(callers, CALLERS, () => pressed.pairs >= pairs)
  const seen = await contactsOf(door)
  const found = {
    lost: client.had.length - seen.length,
    doubled: 0,
    late: 0,
    faults: [] as string[],
  }
  for (const { ref, person, timeline } of seen) {
    const heard = timeline.flatMap(({ heard = '' }) => (/^[0-9]$/.test(heard) ? [heard] : []))
    const keys = pressed.keys.get(person.address ?? '') ?? []
    found.late += timeline.filter(({ kind }) => kind === 'late').length
    found.lost += Math.max(0, keys.length - heard.length)
    found.doubled += Math.max(0, heard.length - keys.length)
    if ([...heard].sort().join() !== [...keys].sort().join())
      found.faults.push(`${ref} heard ${heard}, pressed were ${keys}`)
    if (timeline.some(({ seq }, i) => seq !== i + 1)) found.faults.push(`${ref} has gaps`)
  }
  if (found.late !== pressed.pairs)
    found.faults.push(`${found.late} late of ${pressed.pairs} pairs`)
  return { ...found, pairs: pressed.pairs, refused: pressed.refused, calls: seen.length }
}

const A5: Run = {
  id: 'A5',
  name: 'two different keys for one question at once',
  goal: 'one answers, the other is seen to be late; neither is lost',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const wanted = rig.of(20, 1000, 10_000)
    const shared = rig.size !== 'small' && has('redis-server')
    const parts = [
      await race(rig, (client) => openHouse(rig, 'house', { client, without: ['teams'] }), wanted),
      // To two doors on one Redis, one key each.
      ...(shared ? [await race(rig, (client) => openPair(rig, client), wanted / 2)] : []),
    ]
    const sum = (of: (part: (typeof parts)[number]) => number) =>
      parts.reduce((total, part) => total + of(part), 0)
    const pairs = sum((part) => part.pairs)
    return {
      runs: pairs,
      lost: sum(({ lost }) => lost),
      doubled: sum(({ doubled }) => doubled),
      success: 1 - sum(({ refused }) => refused) / (2 * pairs),
      faults: parts.flatMap(({ faults }) => faults).slice(0, 8),
      figures: {
        late: sum(({ late }) => late),
        calls: sum(({ calls }) => calls),
        stores: parts.length,
      },
    }
  },
}

export const RIVALS: readonly Run[] = [A5]
