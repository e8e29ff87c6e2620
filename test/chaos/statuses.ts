import { type Seen as Contact, contactsOf } from './audit.ts'
import { openInside } from './later.ts'
import { PEOPLE } from './people.ts'
import type { Run } from './rig.ts'

/** What Twilio may say of a text, from the least to the most: its words come in any order, and the highest stands. */
const LADDER = ['queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed']
const highest = (words: readonly string[]) =>
  words.reduce((so, word) => (LADDER.indexOf(word) > LADDER.indexOf(so) ? word : so))

/** Texts of one contact. */
const EACH = 40
/** What is told of a text: a text that arrives, one that is lost, one that is said to be both. */
const SETS = [
  ['queued', 'sent', 'delivered', 'failed'],
  ['queued', 'sending', 'sent', 'delivered'],
  ['queued', 'sent', 'sent', 'undelivered'],
]
const ORDERS = permutations([0, 1, 2, 3])

/** Every order of a few things. */
function permutations(of: readonly number[]): number[][] {
  if (of.length < 2) return [[...of]]
  return of.flatMap((first) =>
    permutations(of.filter((one) => one !== first)).map((rest) => [first, ...rest])
  )
}

interface Text {
  contact: string
  sid: string
  words: string[]
}

/** Texts with what is told of each, in an order of its own; every order comes as often as any other. */
function textsOf(contacts: readonly string[], sets: number): Text[] {
  return Array.from({ length: sets }, (_, n) => {
    const set = SETS[Math.floor(n / ORDERS.length) % SETS.length] ?? []
    const words = (ORDERS[n % ORDERS.length] ?? []).map((at) => set[at] ?? '')
    const contact = contacts[Math.floor(n / EACH) % contacts.length] ?? ''
    return { contact, sid: `SM${n.toString(16).padStart(32, '0')}`, words }
  })
}

/** What the staff API says of the texts of a contact, and of the work they made for a person. */
interface Seen extends Contact {
  id: string
  texts?: { status: string }[]
  clocks: { code: string; state: string }[]
}

const A6: Run = {
  id: 'A6',
  name: 'what Twilio says of a text comes in every order',
  goal: 'the highest word stands; each loss is in the log once, and is a person’s task',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const sets = rig.of(288, 10_000, 100_000)
    const { app, client, door } = openInside(rig)
    const ringing = PEOPLE.filter(({ channel }) => channel === 'voice').slice(0, 1)
    let begun = 0
    await client.talks(ringing, 1, () => begun++ >= Math.ceil(sets / EACH))
    const seen = async () => (await contactsOf(door)) as Seen[]
    const contacts = (await seen()).map(({ id }) => id)
    const texts = textsOf(contacts, sets)
    let refused = 0
    for (const [at, text] of texts.entries())
      for (const status of text.words) {
        const path = `/twilio/status?o=${encodeURIComponent(`${text.contact}:9:${(at % EACH) + 1}`)}`
        const form = {
          MessageSid: text.sid,
          MessageStatus: status,
          From: '+442079460100',
          To: '+447700900123',
        }
        if ((await app.post(path, form)).status !== 204) refused += 1
      }
    const byContact = Map.groupBy(texts, ({ contact }) => contact)
    const faults = (await seen()).flatMap((one) => wrongIn(one, byContact.get(one.id) ?? []))
    return {
      runs: sets,
      lost: faults.filter((fault) => fault.startsWith('lost')).length,
      doubled: faults.filter((fault) => fault.startsWith('doubled')).length,
      success: 1 - refused / (4 * sets),
      faults: faults.slice(0, 5),
      figures: { orders: ORDERS.length, contacts: contacts.length },
    }
  },
}

function wrongIn({ ref, texts = [], clocks, timeline }: Seen, told: readonly Text[]): string[] {
  const ends = (all: readonly string[]) => [...all].sort().join()
  const wanted = told.map(({ words }) => highest(words))
  const had = texts.map(({ status }) => status)
  const lines = (kind: string, sid: string) =>
    timeline.filter((line) => line.kind === kind && line.detail?.sid === sid).length
  const losses = told.filter(({ words }) => /failed|undelivered/.test(highest(words)))
  const tasks = clocks.filter(({ code, state }) => code === 'TEXT' && state === 'running').length
  return [
    ...(ends(had) === ends(wanted) ? [] : [`lost: ${ref} has ${ends(had)}, not ${ends(wanted)}`]),
    ...losses.flatMap(({ sid }) => {
      const times = lines('not-delivered', sid)
      if (times === 1) return []
      return [
        `${times === 0 ? 'lost' : 'doubled'}: the loss of ${sid} is in the log ${times} times`,
      ]
    }),
    ...(losses.length > 0 && tasks !== 1
      ? [`wrong: ${ref} has ${tasks} tasks about its texts`]
      : []),
  ]
}

export const STATUSES: readonly Run[] = [A6]
