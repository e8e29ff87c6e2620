import type { Handoff } from '../../src/handoff/types.ts'
import type { Explored, Node, Step } from './explore.ts'
import { words } from './explore.ts'

/** What must be true of every situation. Undefined where it holds. */
type Law = (node: Pick<Node, 'state' | 'book'>) => string | undefined

const ENDS = ['done', 'covered', 'promised', 'withdrawn']
const isOn = ({ is }: { is: string }) => is === 'in' || is === 'held'
const caller = ({ context }: Handoff) => context.legs.find(({ kind }) => kind === 'caller')
const helpers = ({ context }: Handoff) =>
  context.legs.filter((leg) => leg.kind !== 'caller' && isOn(leg))
const inQueue = ({ value }: Handoff) => value === 'waiting' || value === 'offered'

/** Who of the staff this contact takes up, and with what; nobody else is held by it. */
function taken({ value, context }: Handoff): Record<string, string> {
  const { asked, by, was, legs } = context
  const colleagues = legs.filter(({ kind, who }) => kind === 'staff' && who !== by?.staff)
  return Object.fromEntries([
    ...colleagues.map(({ who }) => [who, 'taken']),
    ...(was ? [[was.staff, 'wrapping']] : []),
    ...asked.map((staff) => [staff, 'offered']),
    ...(by ? [[by.staff, value === 'wrapping' ? 'wrapping' : 'taken']] : []),
  ])
}

export const LAWS: Record<string, Law> = {
  'a wait runs, or somebody can be asked, or a person is there': ({ state, book }) => {
    if (state.done || book.waits.length > 0) return undefined
    if (inQueue(state) && book.queued && state.context.asked.length === 0) return undefined
    const { by, legs } = state.context
    const ready =
      state.value === 'accepted' && legs.some((leg) => leg.kind === 'staff' && leg.is !== 'ringing')
    const there = by !== null && (state.value === 'connected' || state.value === 'wrapping')
    return ready || there || helpers(state).length > 0
      ? undefined
      : 'nobody, and nothing to wait for'
  },
  'who waits in the queue is in it, and nobody else': ({ state, book }) =>
    book.queued === inQueue(state) ? undefined : `queued: ${book.queued}`,
  'the waits that run are those it remembers': ({ state, book }) => {
    const own = Object.keys(state.context.waits).sort().join()
    return own === book.waits.join() ? undefined : `${own} against ${book.waits}`
  },
  'whoever is asked has a time': ({ state, book }) =>
    state.context.asked.length > 0 === book.waits.includes('offer') ? undefined : 'offer',
  'whoever is rung has a time': ({ state, book }) => {
    if (state.value !== 'accepted') return undefined
    const by = state.context.legs.find(({ who }) => who === state.context.by?.staff)
    return by?.is !== 'ringing' || book.waits.includes('join') ? undefined : 'rings for ever'
  },
  'nobody is left alone in a call without a time': ({ state, book }) => {
    const here = caller(state)
    if (state.done || !here || helpers(state).length > 0) return undefined
    if (state.value === 'accepted' || book.waits.includes('alone')) return undefined
    // On the way into a call with a navigator who is on the way too.
    const by = state.context.legs.find(({ who }) => who === state.context.by?.staff)
    return state.value === 'connected' && by ? undefined : 'alone'
  },
  'who it believes to be in the call is there': ({ state, book }) => {
    if (state.context.channel !== 'voice') return undefined
    const ghost = state.context.legs.find((leg) => isOn(leg) && !book.present.includes(leg.label))
    return ghost?.label
  },
  'who is there is known to be': ({ state, book }) =>
    book.present.find(
      (label) => !isOn(state.context.legs.find((leg) => leg.label === label) ?? { is: '' })
    ),
  'an end is one of four, and is the end': ({ state }) =>
    state.done === ENDS.includes(state.value) ? undefined : state.value,
  'nobody is held by what is over': ({ state, book }) => {
    if (!state.done) return undefined
    const held = [
      ...Object.keys(book.shifts),
      ...Object.keys(book.cards),
      ...book.lines,
      ...book.waits,
    ]
    return held.length === 0 && !book.queued ? undefined : held.join()
  },
  'what staff are taken up with is what it remembers': ({ state, book }) => {
    const own = JSON.stringify(Object.entries(taken(state)).sort())
    const seen = JSON.stringify(Object.entries(book.shifts).sort())
    return own === seen || state.done ? undefined : `${own} against ${seen}`
  },
  'who hears that somebody said yes has somebody on the way': ({ state }) => {
    const { channel, legs } = state.context
    if (channel !== 'voice' || !['accepted', 'connected'].includes(state.value)) return undefined
    const here = caller(state)
    if (here && isOn(here)) return undefined
    const onTheWay = legs.some(
      ({ kind, is }) => kind !== 'caller' && is !== 'left' && is !== 'failed'
    )
    return onTheWay ? undefined : 'nobody is on the way'
  },
  'a person came, or a promise stands': ({ state, book }) => {
    if (state.value === 'done') return book.joined ? undefined : 'done, and nobody came'
    if (state.value === 'promised')
      return book.promised ? undefined : 'promised, and nothing stands'
    return undefined
  },
  'one who was spoken with is not simply let go': ({ state, book }) =>
    ['withdrawn', 'covered'].includes(state.value) && book.joined ? state.value : undefined,
  'they are brought in once': ({ book }) => (book.joined > 1 ? `${book.joined} times` : undefined),
}

/** What must be true of every turn. */
export const TURNS: Record<string, (step: Step) => string | undefined> = {
  'nobody joins before danger is asked, while the flow can still ask it': ({
    turn: { state, effects },
  }) => {
    const joins = effects.some(
      (effect) => effect.kind === 'conversation' && effect.heard === 'JOINED'
    )
    const { danger, ended } = state.context
    return joins && danger === 'not-asked' && !ended ? 'joined unasked' : undefined
  },
  'the conversation hears of the join in the turn that brings them in': ({
    turn: { state, effects },
  }) => {
    if (state.context.channel !== 'voice') return undefined
    const joins = effects.some(
      (effect) => effect.kind === 'conversation' && effect.heard === 'JOINED'
    )
    return joins && !effects.some(({ kind }) => kind === 'join') ? 'not brought in' : undefined
  },
  'the navigator who is ready is joined as soon as danger is asked': ({ turn: { state } }) => {
    const { by, danger, legs } = state.context
    const leg = legs.find(({ who }) => who === by?.staff)
    const ready = state.value === 'accepted' && leg && leg.is !== 'ringing'
    return ready && danger !== 'not-asked' ? 'kept waiting' : undefined
  },
  'withdrawn only where they left, or the flow has an outcome': ({ from, heard, turn }) => {
    if (turn.state.value !== 'withdrawn') return undefined
    const { ended, priority, danger } = from.state.context
    if (heard.type === 'ENDED' || ended) return undefined
    const routine = (priority === 'P3' || priority === 'P4') && danger === 'cleared'
    return heard.type === 'GONE' && routine ? undefined : `by ${heard.type}`
  },
  'they are told that the others have gone only by those who left of themselves': ({ turn }) => {
    const parted = turn.effects.some((effect) => effect.kind === 'say' && effect.what === 'parted')
    return parted && (!turn.state.context.parted || turn.state.value !== 'waiting')
      ? 'parted'
      : undefined
  },
  'who is alone and may be in danger is rung within five minutes': ({ from, turn }) => {
    const { danger, joined } = from.state.context
    const late = turn.effects.some(
      (effect) => effect.kind === 'promise' && effect.priority !== 'P1' && effect.why === 'dropped'
    )
    const ranOut = turn.effects.some(
      (effect) => effect.kind === 'say' && /^call-back/.test(effect.what)
    )
    return joined && danger !== 'cleared' && late && ranOut ? 'late' : undefined
  },
  'covered only where the cover answered': ({ heard, turn }) =>
    turn.state.value === 'covered' && heard.type !== 'COVERED' ? heard.type : undefined,
  'the conversation is told that nobody comes only while it waits for someone': ({
    from,
    turn,
  }) => {
    const told = turn.effects.some(
      (effect) => effect.kind === 'conversation' && effect.heard === 'NOBODY'
    )
    const { wants, joined } = from.state.context
    return told && (!wants || joined) ? 'NOBODY' : undefined
  },
  'what is not heard is logged, where a person acted': ({ from, heard, turn }) => {
    if (!('by' in heard)) return undefined
    return turn.effects.some(({ kind }) => kind === 'log' || kind === 'card')
      ? undefined
      : from.state.value
  },
  'every step that changes where it stands is in the log': ({ from, turn }) =>
    from.state.value === turn.state.value || turn.effects.some(({ kind }) => kind === 'log')
      ? undefined
      : `${from.state.value} → ${turn.state.value}`,
  'who waits for a person hears it when nobody is left': ({ from, heard, turn }) => {
    const { wants, told, joined } = from.state.context
    if (heard.type !== 'NONE' || from.state.value !== 'waiting' || !wants || told || joined)
      return undefined
    return turn.effects.some(({ kind }) => kind === 'conversation') ? undefined : 'not told'
  },
  'a second one who takes it sees who has it': ({ from, heard, turn }) => {
    const { by } = from.state.context
    if (heard.type !== 'ACCEPTED' || !by || by.staff === heard.by) return undefined
    const shown = turn.effects.some(
      (effect) =>
        effect.kind === 'card' &&
        effect.show === 'taken' &&
        effect.by === by.staff &&
        effect.to.includes(heard.by)
    )
    return shown ? undefined : 'not shown'
  },
  'nobody is taken out of a call by an act of others but by name': ({ from, heard, turn }) => {
    const removed = turn.effects.some(
      (effect) =>
        effect.kind === 'participant' && effect.do === 'remove' && effect.label === 'caller'
    )
    const by = heard.type === 'DROP' && heard.label === 'caller'
    return removed && !by ? `${heard.type} at ${from.state.value}` : undefined
  },
  'the person who leaves is out of the call': ({ heard, turn }) =>
    heard.type === 'GONE' && caller(turn.state) ? 'still here' : undefined,
}

/** Collects what is broken, with the shortest way to it; a few of each. */
export function judge() {
  const broken = new Map<string, string[]>()
  const say = (law: string, what: string, path: readonly string[]) => {
    const list = broken.get(law) ?? []
    broken.set(law, list)
    if (list.length < 2) list.push(`${what}: ${path.join(' · ')}`)
  }
  const see = (step: Step) => {
    for (const [name, law] of Object.entries(TURNS)) {
      const what = law(step)
      if (what) say(name, what, [...step.from.path, words(step.heard)])
    }
  }
  const all = (explored: Explored) => {
    for (const node of explored.nodes)
      for (const [name, law] of Object.entries(LAWS)) {
        const what = law(node)
        if (what) say(name, what, node.path)
      }
    // Of a search that was given up, nobody knows where its last situations lead.
    if (explored.cut) return broken
    for (const node of endless(explored))
      say('there is a way to an end', node.state.value, node.path)
    for (const node of stuck(explored))
      say('time alone ends what waits alone', node.state.value, node.path)
    return broken
  }
  return { see, all }
}

/** Situations from which no end can be reached. */
function endless({ nodes }: Explored): Node[] {
  const from: number[][] = nodes.map(() => [])
  for (const node of nodes) for (const to of node.to) from[to]!.push(node.id)
  const good = new Set(nodes.filter(({ state }) => state.done).map(({ id }) => id))
  const queue = [...good]
  for (let at = 0; at < queue.length; at++)
    for (const id of from[queue[at]!]!)
      if (!good.has(id)) {
        good.add(id)
        queue.push(id)
      }
  return nodes.filter(({ id }) => !good.has(id)).slice(0, 3)
}

/**
 * Situations of one who was spoken with and has nobody on the line, in which nothing but time passes and brings neither an
 * end nor a person: the ends of the waits lead round in a circle, or there is none.
 */
function stuck({ nodes }: Explored): Node[] {
  const safe = ({ state }: Node) =>
    state.done || !state.context.joined || state.value === 'wrapping' || helpers(state).length > 0
  const onTheWay = ({ state }: Node) => state.value === 'connected'
  const known = new Map<Node, boolean>()
  const ends = (node: Node): boolean => {
    const found = known.get(node)
    if (found !== undefined) return found
    known.set(node, false) // met again on its own way: a circle
    const next = [...node.due].map((id) => nodes[id]!)
    const good = safe(node) || onTheWay(node) || (next.length > 0 && next.every(ends))
    known.set(node, good)
    return good
  }
  return nodes.filter((node) => !ends(node)).slice(0, 3)
}
