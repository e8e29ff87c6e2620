import { readActivity, senderOf } from '../channels/teams-activity.ts'
import { number } from '../channels/twilio-form.ts'
import type { Content } from '../content.ts'
import { staffByEntra } from '../places/roster.ts'
import type { Contact } from '../record/contact.ts'
import type { Store } from '../store/contract.ts'

/** What the Worker asks of a home's store: reading only; turns are run where the store is. */
export const READS = [
  ...(['byCall', 'byRef', 'load', 'timeline', 'list', 'recent', 'nextDue'] as const),
] as const
export type Read = (typeof READS)[number]
export interface Asked {
  read: Read
  with: unknown[]
}
export type Answer<R extends Read> = Awaited<ReturnType<Store[R]>>

const PARTITIONS = 64
/** Partitions that share a home, and so one thread and one storage of at most 10 GB. */
const IN_A_HOME = 8

/** The Durable Object of a place's partition. */
export const homeOf = (place: string, partition: number) =>
  `${place}:${Math.floor(partition / IN_A_HOME)}`

/** Whether a partition is the home's of this name. One that does not know its name sees to all: too many do no harm. */
export const partitionsOf =
  (home: string | undefined) =>
  (partition: string): boolean => {
    const [, place = '', number] = /^(.*):(\d+)$/.exec(partition) ?? []
    return home === undefined || homeOf(place, Number(number)) === home
  }

/** The home of a contact's partition, such as `lewisham:37`. */
export const homeWith = ({ place, partition }: Pick<Contact, 'place' | 'partition'>) =>
  homeOf(place, Number(partition.slice(place.length + 1)))

/** Every home of these places. */
export const homesOf = (places: Iterable<string>): string[] =>
  [...places].flatMap((place) =>
    Array.from({ length: PARTITIONS / IN_A_HOME }, (_, n) => homeOf(place, n * IN_A_HOME))
  )

/** The home that keeps a place's desk, and sees who is to be asked for whom. It takes no turns. */
export const deskOf = (place: string) => `${place}:queue`

/** The place of a home, and whether it is the one of its desk. */
export function placeOf(home: string | undefined): { place: string; isDesk: boolean } {
  const [place = '', which] = home?.split(':') ?? []
  return { place, isDesk: which === 'queue' }
}

/** Where those go whom no place of ours serves: they are answered there, and nothing is kept. */
const NOWHERE = 'nowhere:0'

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

interface Whose {
  home: string
  sought: { by: 'byCall' | 'load'; is: string } | undefined
}

function soughtBy(
  { ParentCallSid, RecordingSid, CallSid, From }: Record<string, string>,
  outbox: string | null
): Whose['sought'] {
  if (ParentCallSid) return { by: 'byCall', is: ParentCallSid }
  // A recording is told of by its call alone.
  if (RecordingSid && CallSid && !From) return { by: 'byCall', is: CallSid }
  const [contact = ''] = outbox?.split(':') ?? []
  return ID.test(contact) ? { by: 'load', is: contact } : undefined
}

const placeBy = ({ places }: Content, given: string) =>
  [...places.values()].find(({ place }) => place.numbers.some(({ number }) => number === given))
    ?.place.place

/** Finds whose home a webhook belongs to, by the rule that chose the partition of its contact. */
export function finder(
  content: () => Content,
  partition: (place: string, address: string) => number
) {
  const home = (place: string | undefined, address: string, conversation: string) =>
    place === undefined
      ? NOWHERE
      : homeOf(place, partition(place, address === 'withheld' ? conversation : address))
  const reachedBy = (number: string) => placeBy(content(), number)
  return {
    /**
     * The home of a Twilio form by its numbers, and what to look for first: the leg of a call bears other numbers than the
     * call, and a text may go to another number than its contact rang from. `outbox` names the row a text was sent for, or
     * the contact whose handoff a call is part of.
     */
    twilio(form: Record<string, string>, outbox: string | null): Whose {
      const [from, to] = [number.parse(form.From), number.parse(form.To)]
      const reached = reachedBy(to)
      // Of a text or call of ours the person is whom it went to.
      const theirs =
        reached === undefined && reachedBy(from) !== undefined
          ? home(reachedBy(from), to, `${from}:${to}`)
          : home(reached, from, form.CallSid ?? `${to}:${from}`)
      return { home: theirs, sought: soughtBy(form, outbox) }
    },
    /**
     * The home of a Teams message: for whoever is on a roster that of the desk. It is not yet verified: who made it up
     * reaches a home that refuses it.
     */
    teams(body: string): string {
      const { tenant, from, conversation, aadObjectId } = senderOf(readActivity(body), body)
      const reached = [...content().places.values()].find(
        ({ place }) => place.teams.tenant === tenant
      )?.place
      const isStaff = reached && aadObjectId !== null && staffByEntra(reached, aadObjectId)
      return isStaff ? deskOf(reached.place) : home(reached?.place, from, conversation)
    },
  }
}
