import type { Inbound } from '../channels/inbound.ts'
import type { Content } from '../content.ts'
import type { Effect } from '../conversation/types.ts'
import { understand, understandFirst } from '../conversation/understand.ts'
import { DoorError } from '../errors.ts'
import { apply } from '../record/apply.ts'
import type { LogEntry } from '../record/contact.ts'
import type { Commit } from '../store/contract.ts'
import type { Parts } from '../turn.ts'
import { alert } from './alert.ts'
import { findStanding, type Standing } from './find.ts'
import { seekIn } from './hear.ts'
import { clockTimers, deciding, entriesOf, type Settled, settle } from './settle.ts'
import type { Spilled } from './spill.ts'
import {
  follow,
  hearingAt,
  start,
  type Thinking,
  type Thought,
  thinking,
  vocabularyOf,
} from './think.ts'

const TRIES = 5

/**
 * Brings into the store what reached us while it was down: the contact it belongs to, or a new one, with a task for a
 * person and a clock. Once only, by the id of the webhook, however often it is called. `turn` runs an ordinary turn.
 * Rejects with 'store-down' while trying again helps, and with 'not-found' where the place is gone.
 */
export async function replay(
  parts: Parts,
  spilled: Spilled,
  turn: (inbound: Inbound) => Promise<unknown>
): Promise<void> {
  const inbound = reaching(parts.content(), spilled)
  for (let tries = 0; tries < TRIES; tries++) {
    const id = await unseen(parts, spilled)
    if (id === null) return
    // The end of a call, and who joined it, need nobody who listens: they are turns like any other.
    const { kind } = inbound.heard
    const ends = kind === 'gone' || kind === 'joined'
    if (ends && (await couldTake(parts, inbound, turn))) return
    const commit = await committing(parts, spilled, inbound, id)
    if (!commit) return
    const { result } = await parts.store.commit(commit)
    if (result === 'overtaken') continue
    if (result === 'saved') parts.committed()
    return
  }
  throw new DoorError('overtaken', 'a replay: five other turns were saved first', true)
}

/** False where no turn can be made of it, which trying again will not mend: it becomes a line and a task instead. */
async function couldTake(
  parts: Parts,
  inbound: Inbound,
  turn: (inbound: Inbound) => Promise<unknown>
): Promise<boolean> {
  try {
    await turn(inbound)
    return true
  } catch (error) {
    if (error instanceof DoorError && error.retry) throw error
    alert(parts, 'spill', error)
    return false
  }
}

/**
 * The id to save under: the webhook's own. Where a turn was saved under it though its caller was told otherwise, one
 * beside it, for they heard the safe words. Null when this was replayed before.
 */
async function unseen({ store }: Parts, { inbound, reply }: Spilled): Promise<string | null> {
  const { webhook } = inbound
  const seen = await store.replyTo(webhook)
  if (!seen) return webhook
  if (seen.body === reply.body) return null
  const beside = `spilled:${webhook}`
  return (await store.replyTo(beside)) ? null : beside
}

/** The place it was spilled for still serves it, also when the number has gone to another since. */
function reaching(content: Content, { place, inbound }: Spilled): Inbound {
  if (place === '') return inbound
  const loaded = content.places.get(place)
  if (!loaded) throw new DoorError('not-found', 'the place of a spilled contact is gone', false)
  const { numbers, teams } = loaded.place
  if (inbound.channel === 'teams') return { ...inbound, to: teams.tenant ?? '' }
  if (numbers.some(({ number }) => number === inbound.to)) return inbound
  return { ...inbound, to: numbers[0]?.number ?? '' }
}

async function committing(
  parts: Parts,
  spilled: Spilled,
  inbound: Inbound,
  id: string
): Promise<Commit | null> {
  const content = parts.content()
  const now = parts.now()
  const found = await findStanding(
    { content, store: parts.store, makes: parts.makes, now },
    inbound
  )
  if (found === 'unknown-place') return null
  // A text soon after the end of a conversation belongs to it; so do several that were spilled one after the other.
  const standing: Standing = found.ended
    ? { ...found, stored: found.ended, contact: found.ended, state: 'over' }
    : found
  const t = thinking(content, standing, inbound, now)
  const settled = settledOf(parts, t, standing, inbound)
  const log = entriesOf(settled.contact, now, firstOf(spilled), settled.noted)
  return {
    contact: { ...settled.contact, entries: settled.contact.entries + log.length },
    expected: standing.stored?.turn ?? 0,
    webhook: { id, reply: spilled.reply },
    log,
    outbox: [],
    timers: settled.timers,
    cleared: settled.cleared,
  }
}

/** What made the turn fail may make its replay fail: whatever is wrong with their words, a person sees them, at once. */
function settledOf(parts: Parts, t: Thinking, standing: Standing, inbound: Inbound): Settled {
  try {
    const tasked = task(standing, inDanger(t, standing, inbound))
    return standing.state === 'new'
      ? begun(t, standing, inbound, tasked)
      : noted(t, standing, tasked)
  } catch (error) {
    alert(parts, 'spill', error)
    return noted(t, standing, task(standing, true))
  }
}

function firstOf({ at, said, inbound }: Spilled): Omit<LogEntry, 'seq' | 'at'> {
  const { channel, heard } = inbound
  const words = wordsOf(inbound)
  return {
    kind: 'spilled',
    channel,
    ...(words !== '' && { heard: words }),
    ...(said !== '' && { said }),
    detail: { at, heard: heard.kind, ...(heard.kind === 'unanswered' && { tried: heard.tried }) },
  }
}

function wordsOf({ heard }: Inbound): string {
  if (heard.kind !== 'answer') return ''
  const { raw } = heard
  if (raw.kind === 'words') return raw.text
  if (raw.kind === 'keys') return raw.digits
  return raw.kind === 'choice' ? raw.value : ''
}

/** Somebody rang or wrote while we were ill: a person sees it, at once where danger was spoken of or not yet ruled out. */
function task(standing: Standing, urgent: boolean): Effect[] {
  const step = 'spilled'
  const cleared = standing.contact.conversation?.state.context.cleared === true
  return [
    {
      kind: 'person',
      step,
      form: 'self',
      priority: urgent ? 'P1' : 'P2',
      wait: 'PT60S',
      staffed: true,
      rings: false,
    },
    { kind: 'outcome', step, codes: ['HOLD'], within: cleared && !urgent ? 'PT30M' : 'PT5M' },
  ]
}

/** Danger words, a yes or not-sure at a question of danger or risk, or a key 1 where nobody knows what it answered. */
function inDanger(t: Thinking, { contact, state }: Standing, { heard }: Inbound): boolean {
  if (contact.codes.length > 0 && contact.level === 'emergency') return true
  if (heard.kind !== 'answer') return false
  const { raw, turn } = heard
  if (raw.kind === 'words' && understandFirst(raw.text, vocabularyOf(t))?.type === 'DANGER')
    return true
  const { conversation } = contact
  const asked =
    state === 'live' && conversation && (turn ?? conversation.turn) === conversation.turn
  const asking = asked ? hearingAt(t, conversation.state) : null
  if (!asking) return wordsOf({ heard } as Inbound) === '1'
  const meant = understand(raw, asking, seekIn(t.place))
  if (meant.type === 'DANGER') return true
  return asking.strict && meant.type === 'ANSWER' && meant.value !== 'no'
}

/** The contact goes on as it stood: its question still waits, and an answer to it is taken. */
function noted(t: Thinking, { contact: before }: Standing, tasked: readonly Effect[]): Settled {
  const raised = { ...before, turn: before.turn + 1, updatedAt: t.facts.now }
  const { contact, noted } = apply(raised, tasked, deciding(t))
  return { contact, noted, timers: clockTimers(before, contact), cleared: [] }
}

/**
 * A contact is opened. A call stands at the first question, for the caller may still be on the line, and their next
 * key is of an earlier turn: the question is asked. Written words have no such mark, so that conversation is over, and
 * the next text begins one.
 */
function begun(
  t: Thinking,
  standing: Standing,
  inbound: Inbound,
  tasked: readonly Effect[]
): Settled {
  const spoken = inbound.channel === 'voice'
  const first = start(t, spoken ? { ...inbound, heard: { kind: 'begin' } } : inbound)
  const left = spoken || first.state.done ? null : follow(t, first.state, { type: 'GONE' })
  const effects = [...first.effects, ...(left?.effects ?? []), ...tasked]
  const thought: Thought = { ...first, state: left?.state ?? first.state, effects }
  return settle(t, standing, inbound, thought)
}
