import type { Contact } from '../record/contact.ts'
import { hasArrived, isLost, meaningOf, withText } from '../record/texts.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Parts } from '../turn.ts'
import { note } from './note.ts'

/** What Twilio says of a text of ours. */
export interface Fate {
  /** The outbox row it was sent for; `<contact>:<turn>:0` for the reply of a turn. */
  outbox: string
  sid: string
  status: string
  code?: string
}

/** Whether a text was the reply to one of theirs, which no row of the outbox sent. */
const isReply = (outbox: string) => /:0$/.test(outbox)

/**
 * Whoever writes with them sees below each text of theirs what became of it, and learns by a card of its own of one that did
 * not arrive.
 */
export function toldInTeams(
  { id, turn, handoff, thread }: Contact,
  now: string,
  fate: { of: string; lost: boolean; first?: true; texts?: number }
): OutboxRow[] {
  if (handoff?.value !== 'connected') return []
  const shows = [
    ...(thread ? [{ do: 'state', ...fate }] : []),
    ...(fate.lost ? [{ do: 'not-delivered' }] : []),
  ]
  return shows.map((body, n) => ({
    ...{ id: `${id}:${turn}:${1 + n}`, contact: id, kind: 'thread', recipient: `thread:${id}` },
    ...{ body, due: now, tries: 0, state: 'waiting' },
  }))
}

/**
 * Twilio's word on a text it took, in whatever order its words come: kept in the log, and one that never arrived becomes
 * a person's task. That a reply arrived is not kept: they answer it, or silence is noticed.
 */
export function deliveries(parts: Parts) {
  return async function delivered({ outbox, sid, status, code }: Fate): Promise<void> {
    const lost = isLost(status)
    if (!lost && (!hasArrived(status) || isReply(outbox))) return
    const [contact = ''] = outbox.split(':')
    const meaning = meaningOf(code)
    await note(parts, {
      contact,
      same: `delivery:${outbox}:${sid}:${status}`,
      entry: {
        kind: lost ? 'not-delivered' : 'delivered',
        detail: { id: outbox, sid, status, ...(code && { code }), ...(meaning && { meaning }) },
      },
      task: lost,
      outbox: (next, at) => toldInTeams(next, at, { of: outbox, lost }),
      change: (of, at) => ({
        ...of,
        texts: withText(of.texts ?? [], { id: outbox, sid, at, status, ...(code && { code }) }),
      }),
    })
  }
}
