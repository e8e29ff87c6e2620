import type { ClientOptions, Reply } from './client.ts'
import { judgeHouse, openHouse, outcomeOf } from './house.ts'
import { PEOPLE } from './people.ts'
import type { Rig, Run } from './rig.ts'
import { type Copying, teamsInCopies } from './teams-copies.ts'

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

/** So many conversations at a time, and chats in Teams after them. */
interface Size {
  conversations: number
  callers: number
  chats: number
}

/** Each webhook of these is sent in copies, and every copy must get the same bytes. */
async function inCopies(
  rig: Rig,
  { conversations, callers, chats }: Size,
  how: { send: (copies: Copies) => Send; teams: Copying }
) {
  const copies: Copies = { sent: 0, refused: 0, other: 0 }
  const send = how.send(copies)
  const house = await openHouse(rig, 'house', { client: { send, deadline: 20_000 } })
  let begun = 0
  await house.client.talks(PEOPLE, callers, () => begun++ >= conversations)
  const found = await judgeHouse(house)
  const teams = await teamsInCopies(house, chats, how.teams)
  const refused = copies.refused + teams.refused
  const faults = [
    ...(copies.other > 0 ? [`${copies.other} copies got other bytes`] : []),
    ...(refused > 0 ? [`${refused} copies were refused`] : []),
    ...teams.faults,
  ]
  const outcome = outcomeOf(house.client.turns.length + teams.activities, [house], [found], {
    faults,
    figures: { copies: copies.sent + teams.copies, 'of them in Teams': teams.copies },
  })
  return { ...outcome, lost: outcome.lost + teams.lost, doubled: outcome.doubled + teams.doubled }
}

const TIMES = [2, 5, 50]

const A3: Run = {
  id: 'A3',
  name: 'each webhook comes 2, 5 or 50 times, one after the other',
  goal: 'byte-equal replies, one turn each',
  leastSuccess: 1,
  async run(rig) {
    let n = 0
    const size = { conversations: rig.of(4, 40, 400), callers: 4, chats: rig.of(1, 4, 40) }
    return inCopies(rig, size, {
      send: (copies) => async (_, once) => {
        const times = TIMES[n++ % TIMES.length] ?? 2
        const replies: Reply[] = []
        while (replies.length < times) replies.push(await once())
        return compared(copies, replies)
      },
      teams: { times: 5, atOnce: false },
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
    const size = { conversations: rig.of(6, 60, 1000), callers: 2, chats: rig.of(1, 4, 40) }
    return inCopies(rig, size, {
      send: (copies) => async (_, once) =>
        compared(copies, await Promise.all(Array.from({ length: AT_ONCE }, () => once()))),
      teams: { times: AT_ONCE, atOnce: true },
    })
  },
}

export const REPEATS: readonly Run[] = [A3, A4]
