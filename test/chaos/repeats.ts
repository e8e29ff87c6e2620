import type { ClientOptions, Reply } from './client.ts'
import { judgeHouse, openHouse, outcomeOf } from './house.ts'
import { PEOPLE } from './people.ts'
import type { Rig, Run } from './rig.ts'

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

export const REPEATS: readonly Run[] = [A3, A4]
