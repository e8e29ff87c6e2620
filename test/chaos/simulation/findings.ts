import type { Contact } from '../../../src/record/contact.ts'
import type { Commit } from '../../../src/store/contract.ts'
import type { Callers } from './callers.ts'
import type { Got } from './handset.ts'
import type { Memory } from './memory-store.ts'

/** What must be true of every world at its end. Each finding says first what it is: lost, doubled or wrong. */
export function findingsIn(world: {
  memory: Memory
  callers: Callers
  got: readonly Got[]
  timerOf: WeakMap<Commit, string>
  now: string
}): string[] {
  const { memory, callers, got, timerOf, now } = world
  return [
    ...turnsOf(memory),
    ...webhooksOf(memory, callers),
    ...timersOf(memory, timerOf, now),
    ...textsOf(memory, got),
    ...[...memory.contacts.values()].flatMap((kept) => endOf(contactIn(kept), now)),
    ...callers.silent.map((call) => `wrong: ${call} heard nothing`),
  ]
}

const contactIn = (kept: { json: string } | undefined) => JSON.parse(kept?.json ?? '{}') as Contact

/** Turns without a gap, log lines without a gap, and a contact that counts both right. */
function turnsOf({ saved, logs, contacts }: Memory): string[] {
  const found: string[] = []
  const commits = Map.groupBy(saved, ({ contact }) => contact.id)
  for (const [id, own] of commits) {
    const numbers = own.map(({ contact }) => contact.turn)
    if (numbers.some((turn, i) => turn !== i + 1)) found.push(`lost: turns of ${id}: ${numbers}`)
    const lines = (logs.get(id) ?? []).map(({ seq }) => seq)
    if (lines.some((seq, i) => seq !== i + 1)) found.push(`lost: lines of ${id}: ${lines}`)
    const { turn, entries } = contactIn(contacts.get(id))
    if (turn !== numbers.length || entries !== lines.length)
      found.push(
        `wrong: ${id} counts ${turn} turns and ${entries} lines, not ${numbers.length} and ${lines.length}`
      )
  }
  return found
}

/** Each webhook is one turn at most, its repeats got its bytes, and what was stored is what was acknowledged. */
function webhooksOf({ saved, replies }: Memory, { acked, other }: Callers): string[] {
  const found: string[] = []
  const bySaved = Map.groupBy(
    saved.filter(({ webhook }) => webhook !== undefined),
    ({ webhook }) => webhook?.id ?? ''
  )
  for (const [id, own] of bySaved)
    if (own.length > 1) found.push(`doubled: ${id} is ${own.length} turns`)
  for (const [id, { body, inbound }] of acked) {
    const stored = replies.get(id)
    if (stored && stored.body !== body)
      found.push(`wrong: ${id} was told other than what is stored`)
    if (!stored && mustBeKept(inbound.heard.kind, body))
      found.push(`lost: ${id} was acknowledged, not kept`)
  }
  // What is not stored may be told anew: a closed line is closed whoever asks.
  for (const id of other)
    if (replies.has(id)) found.push(`wrong: a repeat of ${id} got other bytes`)
  const calls = new Map<string, Set<string>>()
  for (const { contact, webhook } of saved) {
    const [, call] = /^(CA\d+):/.exec(webhook?.id ?? '') ?? []
    if (call) calls.set(call, (calls.get(call) ?? new Set()).add(contact.id))
  }
  // "Start again" leaves the broken-off contact for a new one.
  for (const [call, ids] of calls) {
    const left = saved.filter(({ log }) => log.some(({ kind }) => kind === 'left')).length
    if (ids.size > 1 + left) found.push(`doubled: ${call} is ${ids.size} contacts`)
  }
  return found
}

/** A begin or an answer that was met with words, and not after the end. */
function mustBeKept(kind: string, body: string): boolean {
  const { listen, dial } = JSON.parse(body) as { listen: unknown; dial: unknown }
  return (kind === 'begin' || kind === 'answer') && Boolean(listen ?? dial)
}

/** Each wait ended once, and none was forgotten. */
function timersOf(
  { saved, timers }: Memory,
  timerOf: WeakMap<Commit, string>,
  now: string
): string[] {
  const times = new Map<string, number>()
  for (const commit of saved) {
    const timer = timerOf.get(commit)
    if (timer !== undefined) times.set(timer, (times.get(timer) ?? 0) + 1)
  }
  const forgotten = [...timers.values()].filter(({ at }) => at <= Date.parse(now))
  return [
    ...[...times]
      .filter(([, n]) => n > 1)
      .map(([timer, n]) => `doubled: ${timer} fired ${n} times`),
    ...forgotten.map(({ timer }) => `lost: ${timer.id} was forgotten`),
  ]
}

/** Each row came to an end; one that was sent is at its handset once; one that was not is a person's task. */
function textsOf({ rows, contacts, logs }: Memory, got: readonly Got[]): string[] {
  const found: string[] = []
  for (const { row, state, ended } of rows) {
    const times = got.filter(({ outbox }) => outbox === row.id).length
    if (state !== 'closed') found.push(`lost: ${row.id} is still ${state}`)
    if (times > 1) found.push(`doubled: ${row.id} came ${times} times`)
    if (ended === 'done' && times === 0) found.push(`lost: ${row.id} is done and never came`)
    const lines = (logs.get(row.contact) ?? []).filter(
      ({ kind, detail }) => (kind === 'sent' || kind === 'not-sent') && detail?.id === row.id
    )
    if (lines.length !== 1)
      found.push(`wrong: the end of ${row.id} is in the log ${lines.length} times`)
    const { clocks } = contactIn(contacts.get(row.contact))
    if (ended === 'parked' && !clocks.some(({ code }) => code === 'TEXT'))
      found.push(`lost: ${row.id} was given up and is nobody's task`)
  }
  const known = new Set(rows.map(({ row }) => row.id))
  return [
    ...found,
    ...got
      .filter(({ outbox }) => !known.has(outbox))
      .map(({ outbox }) => `doubled: ${outbox} was sent unasked`),
  ]
}

/** Nobody is left waiting: every conversation came to an end, and every clock that fell due was seen. */
function endOf({ id, status, conversation, clocks }: Contact, now: string): string[] {
  const late = clocks.filter(
    ({ state, due }) => state === 'running' && Date.parse(due) <= Date.parse(now)
  )
  return [
    ...(status === 'open' && conversation && !conversation.state.done
      ? [`lost: ${id} is left open`]
      : []),
    ...late.map(({ code, name }) => `lost: ${name} of ${code} of ${id} fell due and nobody saw`),
  ]
}
