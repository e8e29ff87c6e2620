import { type Client, type Had, isBroken, type Turn, wordsIn } from './client.ts'
import type { ChildDoor } from './door.ts'
import type { Effect, Ledger } from './world/ledger.ts'

/** A contact as the staff API gives it, as far as it is compared. */
export interface Seen {
  ref: string
  status: string
  codes: string[]
  person: { address?: string }
  timeline: {
    seq: number
    kind: string
    channel?: string
    heard?: string
    said?: string
    detail?: Record<string, unknown>
  }[]
}

/** What was found, by the ledgers of the client and the stand-ins against the door's staff API. */
export interface Audited {
  /** Contacts the door has, and turns that were acknowledged. */
  contacts: number
  turns: number
  texts: number
  lost: number
  doubled: number
  /** What was lost or doubled, the first few in words. */
  faults: string[]
}

type Api = Pick<ChildDoor, 'api'>

const AT_ONCE = 8
const PAGE = 200

/** Every contact with its timeline. */
export async function contactsOf(door: Api): Promise<Seen[]> {
  const refs: string[] = []
  for (let after: string | null = ''; after !== null; ) {
    const page: { contacts: { ref: string }[]; next: string | null } = await door.api(
      `contacts?limit=${PAGE}${after && `&after=${encodeURIComponent(after)}`}`
    )
    refs.push(...page.contacts.map(({ ref }) => ref))
    after = page.next
  }
  const seen: Seen[] = []
  const reading = refs.values()
  const reader = async () => {
    for (const ref of reading) seen.push(await door.api<Seen>(`contacts/${ref}`))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, reader))
  return seen
}

/**
 * Compares what was acknowledged with what is there. Lost: an acknowledged conversation without a contact, a turn
 * without its line, a text that was agreed to and did not arrive. Doubled: a second contact of one conversation, a line
 * or a text more than was sent. Where a webhook was never acknowledged, its turn may be there or not.
 */
export async function audit({
  door,
  client,
  ledger,
}: {
  door: Api
  client: Pick<Client, 'had' | 'turns' | 'unanswered'>
  ledger: Ledger
}): Promise<Audited> {
  const seen = await contactsOf(door)
  const byAddress = Map.groupBy(seen, ({ person }) => person.address ?? '')
  const handsets = ledger.handsets()
  const found = { lost: 0, doubled: 0, faults: [] as string[] }
  const note = (what: 'lost' | 'doubled', by: number, words: string) => {
    if (by <= 0) return
    found[what] += by
    found.faults.push(`${what}: ${words}`)
  }
  for (const had of client.had) {
    const own = byAddress.get(had.from) ?? []
    const open = client.unanswered.filter(({ from }) => from === had.from).length
    compareTurns(had, own, open, note)
    compareTexts(had, handsets.get(had.from) ?? [], open, note)
    compareEnds(own, handsets.get(had.from) ?? [], note)
  }
  return {
    contacts: seen.length,
    turns: client.turns.length,
    texts: ledger.of('text').length,
    ...found,
    faults: found.faults.slice(0, 8),
  }
}

export type Note = (what: 'lost' | 'doubled', by: number, words: string) => void

function compareTurns(had: Had, own: readonly Seen[], open: number, note: Note) {
  const { from, turns } = had
  const kept = turns.filter(({ reply }) => !isBroken(reply.body))
  if (kept.length === 0) return
  note('lost', own.length === 0 ? kept.length : 0, `no contact of ${from}`)
  note('doubled', own.length - 1, `${own.length} contacts of ${from}`)
  const lines = own.flatMap(({ timeline }) => timeline)
  for (const { timeline, ref } of own) {
    const gaps = timeline.filter(({ seq }, i) => seq !== i + 1).length
    note('lost', gaps, `the log of ${ref} is ${timeline.map(({ seq }) => seq).join(',')}`)
  }
  const heard = lines.filter(
    ({ channel, kind }) => channel !== undefined && kind !== 'gone' && kind !== 'spilled'
  )
  if (own.length > 0)
    note(
      'lost',
      kept.length - heard.length,
      `${kept.length} turns of ${from} acknowledged, ${heard.length} kept`
    )
  note(
    'doubled',
    heard.length - kept.length - open,
    `${heard.length} turns of ${from} kept, ${kept.length} sent: ${kinds(heard)}`
  )
  note('doubled', lines.filter(({ kind }) => kind === 'gone').length - 1, `${from} hung up twice`)
  if (own.length > 0) compareWords(had, kept, heard, note)
}

const kinds = (lines: readonly { kind: string }[]) => lines.map(({ kind }) => kind).join(' ')

/** Each acknowledged reply is the one that was logged, in the same order. */
export function compareWords(
  { from }: Pick<Had, 'from'>,
  kept: readonly Turn[],
  heard: Seen['timeline'],
  note: Note
) {
  const plain = (text: string) => text.replace(/\s+/g, ' ').trim()
  let at = 0
  for (const { reply } of kept) {
    const words = plain(wordsIn(reply.body))
    const logged = heard.findIndex(({ said = '' }, i) => i >= at && words.startsWith(plain(said)))
    note(
      'lost',
      logged < 0 ? 1 : 0,
      `${from} heard "${words.slice(0, 60)}", which is not in the log`
    )
    if (logged >= 0) at = logged + 1
  }
}

function compareTexts(
  { person, from, complete, turns }: Had,
  got: readonly Effect[],
  open: number,
  note: Note
) {
  const wants = person.wantsText === true && complete ? 1 : 0
  // Who heard the safe words on the way may be looked after by other texts, each once.
  const broken = turns.some(({ reply }) => isBroken(reply.body))
  const agreed = person.wantsText === true ? Math.max(wants, open > 0 ? 1 : 0) : 0
  const most = broken ? new Set(got.map(({ outbox }) => outbox)).size : agreed
  note('lost', wants - got.length, `${from} agreed to a text and got none`)
  const rows = got.map(({ outbox }) => outbox).join(' ')
  note('doubled', got.length - most, `${from} got ${got.length} texts, not ${most}: ${rows}`)
}

/** How a text ended is in the log once. */
function compareEnds(own: readonly Seen[], got: readonly Effect[], note: Note) {
  const ends = own.flatMap(endsOf)
  for (const id of new Set(got.flatMap(({ outbox = [] }) => outbox))) {
    const times = ends.filter((end) => end === id).length
    note('lost', times === 0 ? 1 : 0, `the end of text ${id} is not in the log`)
    note('doubled', times - 1, `the end of text ${id} is in the log ${times} times`)
  }
}

/**
 * Waits until the door has noted how each text ended that a handset got: before that it may still send one again. What
 * it never notes is found by the audit.
 */
export async function rowsReported(door: Api, ledger: Ledger, ms = 60_000): Promise<void> {
  const end = performance.now() + ms
  const sent = () => ledger.of('text').flatMap(({ outbox = [] }) => outbox)
  while (performance.now() < end) {
    const noted = new Set((await contactsOf(door)).flatMap((contact) => endsOf(contact)))
    if (sent().every((id) => noted.has(id))) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** The outbox rows of a contact whose end is in its log. */
const endsOf = ({ timeline }: Pick<Seen, 'timeline'>) =>
  timeline.flatMap(({ kind, detail }) =>
    kind === 'sent' || kind === 'not-sent' ? [String(detail?.id)] : []
  )

/** Sends acknowledged webhooks again: how many got other bytes than the first time. */
export async function repeated(client: Client, turns: readonly Turn[]): Promise<number> {
  let other = 0
  const sending = turns.filter(({ status, reply }) => !status && !isBroken(reply.body)).values()
  const sender = async () => {
    for (const turn of sending) {
      const { body } = await client.again(turn)
      if (body !== turn.reply.body) other += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sender))
  return other
}

/** Waits until every text that was agreed to has come: what a door held that died, another may take only later. */
export async function textsArrived(client: Client, ledger: Ledger, ms = 90_000): Promise<void> {
  const wanted = client.had.filter(({ person, complete }) => person.wantsText && complete)
  const end = performance.now() + ms
  while (performance.now() < end) {
    const handsets = ledger.handsets()
    if (wanted.every(({ from }) => handsets.has(from))) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
