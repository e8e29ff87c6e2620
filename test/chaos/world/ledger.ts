/** One thing that a neighbour took and did, as the neighbour saw it. */
export interface Effect {
  /** Milliseconds since 1970, by the real clock. */
  at: number
  neighbour: 'twilio' | 'teams' | 'translate'
  kind:
    | 'text'
    | 'text-emptied'
    | 'text-deleted'
    | 'call'
    | 'call-changed'
    | 'conference-changed'
    | 'participant-changed'
    | 'participant-removed'
    | 'recording-deleted'
    | 'message'
    | 'message-changed'
    | 'message-deleted'
    | 'conversation'
    | 'translation'
  /** The id the neighbour gave, or that of the thing changed. */
  sid: string
  to?: string
  from?: string
  body?: string
  /** The outbox row that asked, where the request named it. */
  outbox?: string
}

/** Everything that was done in this world, first to last. Written by the stand-ins alone. */
export interface Ledger {
  effects: Effect[]
  note: (effect: Omit<Effect, 'at'>) => void
  of: (kind: Effect['kind']) => Effect[]
  /** Texts by the handset that got them. */
  handsets: () => Map<string, Effect[]>
}

export function openLedger(): Ledger {
  const effects: Effect[] = []
  const of = (kind: Effect['kind']) => effects.filter((effect) => effect.kind === kind)
  return {
    effects,
    note: (effect) => void effects.push({ at: Date.now(), ...effect }),
    of,
    handsets: () => Map.groupBy(of('text'), ({ to = '' }) => to),
  }
}
