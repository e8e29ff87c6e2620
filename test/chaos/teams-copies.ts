import { randomUUID } from 'node:crypto'
import { contactsOf } from './audit.ts'
import type { House } from './house.ts'

/** What a person writes in Teams: the checks, a fall, and where they live. */
const WRITES = ['hello', '2', '2', '2', '1', '1', '2', '2']

/** Copies of one activity: so many one after the other, or at once. */
export interface Copying {
  times: number
  atOnce: boolean
}

/** Each message of these chats comes in copies: it must be one turn, and one card in the chat. */
export async function teamsInCopies({ world, door }: House, chats: number, how: Copying) {
  const { teams, ledger } = world
  let refused = 0
  const sent = async (activity: object) => {
    const response = await fetch(`${door.publicUrl}/api/messages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: await teams.bearer() },
      body: JSON.stringify(activity),
      signal: AbortSignal.timeout(20_000),
    })
    await response.arrayBuffer()
    if (!response.ok) refused += 1
  }
  const people = Array.from({ length: chats }, () => `ann-${randomUUID().slice(0, 8)}`)
  for (const who of people)
    for (const text of WRITES) {
      const activity = teams.message(who, text)
      const copies = Array.from({ length: how.times }, () => activity)
      if (how.atOnce) await Promise.all(copies.map(sent))
      else for (const copy of copies) await sent(copy)
    }
  const faults: string[] = []
  const cards = Map.groupBy(ledger.of('message'), ({ to = '' }) => to)
  const wrong = (what: string, had: number) => {
    if (had === WRITES.length) return 0
    faults.push(`${what}: ${had}, not ${WRITES.length}`)
    return had - WRITES.length
  }
  const differences = people.map((who) =>
    wrong(`cards in ${who}'s chat`, cards.get(`a:${who}`)?.length ?? 0)
  )
  const inTeams = (await contactsOf(door)).filter(
    ({ timeline }) => timeline[0]?.channel === 'teams'
  )
  if (inTeams.length !== chats) faults.push(`${inTeams.length} contacts of ${chats} chats`)
  for (const { ref, timeline } of inTeams)
    differences.push(
      wrong(`turns of ${ref}`, timeline.filter(({ channel }) => channel === 'teams').length)
    )
  return {
    activities: chats * WRITES.length,
    copies: chats * WRITES.length * how.times,
    refused,
    lost: differences.reduce((sum, by) => sum + Math.max(0, -by), 0),
    doubled: differences.reduce((sum, by) => sum + Math.max(0, by), 0),
    faults: faults.slice(0, 4),
  }
}
