import { contactsOf } from './audit.ts'
import type { ClientOptions, Reply } from './client.ts'
import { judgeHouse, openHouse, outcomeOf } from './house.ts'
import { PEOPLE } from './people.ts'
import type { Rig, Run } from './rig.ts'
import type { Form } from './world/callbacks.ts'

type Send = NonNullable<ClientOptions['send']>

/** Copies of one webhook, and what was wrong with their replies. */
interface Copies {
  sent: number
  /** Not answered with 2xx. */
  refused: number
  /** Other bytes than the first reply. */
  other: number
}

function compared(copies: Copies, replies: readonly Reply[]): Reply {
  const [first] = replies
  copies.sent += replies.length
  copies.refused += replies.filter(({ status }) => status >= 300).length
  copies.other += replies.filter(({ body }) => body !== first?.body).length
  return first as Reply
}

/** Each webhook of these conversations is sent in copies, and every copy must get the same bytes. */
async function inCopies(
  rig: Rig,
  conversations: number,
  callers: number,
  how: (copies: Copies) => Send
) {
  const copies: Copies = { sent: 0, refused: 0, other: 0 }
  const house = await openHouse(rig, 'house', { client: { send: how(copies), deadline: 20_000 } })
  let begun = 0
  await house.client.talks(PEOPLE, callers, () => begun++ >= conversations)
  const faults = [
    ...(copies.other > 0 ? [`${copies.other} copies got other bytes`] : []),
    ...(copies.refused > 0 ? [`${copies.refused} copies were refused`] : []),
  ]
  const figures = { copies: copies.sent }
  return outcomeOf(house.client.turns.length, [house], [await judgeHouse(house)], {
    faults,
    figures,
  })
}

const TIMES = [2, 5, 50]

const A3: Run = {
  id: 'A3',
  name: 'each webhook comes 2, 5 or 50 times, one after the other',
  goal: 'byte-equal replies, one turn each',
  leastSuccess: 1,
  async run(rig) {
    let n = 0
    return inCopies(rig, rig.of(4, 40, 400), 4, (copies) => async (_, once) => {
      const times = TIMES[n++ % TIMES.length] ?? 2
      const replies: Reply[] = []
      while (replies.length < times) replies.push(await once())
      return compared(copies, replies)
    })
  },
}

const AT_ONCE = 20

const A4: Run = {
  id: 'A4',
  name: 'each webhook comes 20 times at once',
  goal: 'byte-equal replies, none refused, one turn each',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    return inCopies(
      rig,
      rig.of(6, 60, 1000),
      2,
      (copies) => async (_, once) =>
        compared(copies, await Promise.all(Array.from({ length: AT_ONCE }, () => once())))
    )
  },
}

/** Questions whose answers lead on, whichever is given; the checks for danger come before them. */
const SAFE =
  /Who needs help|What is it about|on the floor|pass out|bad new pain|Which GP|ring the number/
const turnOf = ({ body }: Reply) => Number(/action="[^"]*t=(\d+)/.exec(body)?.[1] ?? -1)

/** Every answer to a safe question has a rival, sent at the same moment. The call goes on with the one that won. */
function rivals(
  pressed: Map<string, string[]>,
  pairs: { count: number; refused: number },
  { random }: Rig
): Send {
  return async ({ form }, once) => {
    const note = ({ From = '', Digits }: Form) => {
      if (Digits) pressed.set(From, [...(pressed.get(From) ?? []), Digits])
    }
    note(form)
    if (!SAFE.test(asked.get(form.CallSid ?? '') ?? '') || !form.Digits) {
      const reply = await once()
      asked.set(form.CallSid ?? '', reply.body)
      return reply
    }
    const others = ['1', '2', '3'].filter((digit) => digit !== form.Digits)
    const rival = { ...form, Digits: others[Math.floor(others.length * random())] ?? '' }
    note(rival)
    pairs.count += 1
    const replies = await Promise.all([once(form), once(rival)])
    pairs.refused += replies.filter(({ status }) => status >= 300).length
    const [last] = replies.sort((a, b) => turnOf(b) - turnOf(a))
    asked.set(form.CallSid ?? '', (last as Reply).body)
    return last as Reply
  }
}
/** The last reply of each call. */
const asked = new Map<string, string>()

const A5: Run = {
  id: 'A5',
  name: 'two different keys for one question at once',
  goal: 'one answers, the other is seen to be late; neither is lost',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const wanted = rig.of(20, 1000, 10_000)
    const pressed = new Map<string, string[]>()
    const pairs = { count: 0, refused: 0 }
    const { door, client } = await openHouse(rig, 'house', {
      client: { send: rivals(pressed, pairs, rig) },
    })
    const callers = PEOPLE.filter(({ channel }) => channel === 'voice')
    await client.talks(callers, 8, () => pairs.count >= wanted)
    const seen = await contactsOf(door)
    const found = { lost: 0, doubled: 0, late: 0, faults: [] as string[] }
    for (const { ref, person, timeline } of seen) {
      const heard = timeline.flatMap(({ heard = '' }) => (/^[0-9]$/.test(heard) ? [heard] : []))
      const keys = pressed.get(person.address ?? '') ?? []
      found.late += timeline.filter(({ kind }) => kind === 'late').length
      found.lost += Math.max(0, keys.length - heard.length)
      found.doubled += Math.max(0, heard.length - keys.length)
      if ([...heard].sort().join() !== [...keys].sort().join())
        found.faults.push(`${ref} heard ${heard}, pressed were ${keys}`)
      if (timeline.some(({ seq }, i) => seq !== i + 1)) found.faults.push(`${ref} has gaps`)
    }
    if (seen.length !== client.had.length) found.lost += client.had.length - seen.length
    // Each pair has exactly one that was too late.
    if (found.late !== pairs.count) found.faults.push(`${found.late} late of ${pairs.count} pairs`)
    const { lost, doubled, late, faults } = found
    const success = 1 - pairs.refused / (2 * pairs.count)
    return {
      runs: pairs.count,
      lost,
      doubled,
      success,
      faults: faults.slice(0, 8),
      figures: { late, calls: seen.length },
    }
  },
}

export const REPEATS: readonly Run[] = [A3, A4, A5]
