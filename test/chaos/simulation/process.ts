import type { Inbound, Render } from '../../../src/channels/inbound.ts'
import type { TwilioTexts } from '../../../src/channels/twilio-rest.ts'
import type { Content } from '../../../src/content.ts'
import { outboundOf } from '../../../src/effects/caps.ts'
import { deliveries, performer, reporter } from '../../../src/effects.ts'
import { runOutbox } from '../../../src/jobs/outbox.ts'
import { runTimers } from '../../../src/jobs/timers.ts'
import type { openLog, openMetrics } from '../../../src/observe.ts'
import type { Commit, Store, StoredReply, TimerRow } from '../../../src/store/contract.ts'
import { type Parts, turns } from '../../../src/turn.ts'
import { type Illness, illStore, type Life } from './ill-store.ts'
import type { Moments } from './moments.ts'

/** What the processes of one world share. */
export interface Ground {
  store: Store
  moments: Moments
  random: () => number
  content: Content
  log: ReturnType<typeof openLog>
  metrics: ReturnType<typeof openMetrics>
  textsOf: (life: { alive: () => boolean }) => TwilioTexts
  illness: Illness
  uuid: () => string
  /** Which timer made a commit: by its id, its time and its turn. Set again it is another. */
  timerOf: WeakMap<Commit, string>
}

/** One process of the door: turns, outbox and timers over its own view of the store. */
export interface Process {
  life: Life
  /** Rejects when the process dies first. */
  take: (inbound: Inbound, render: Render) => Promise<StoredReply>
  /** Looks once at what is due. */
  look: () => Promise<void>
  delivered: ReturnType<typeof deliveries>
  die: () => void
}

const outbound = outboundOf({ CAPS: '', APPROVED: '' })
const MAX_TRIES = 8
const PARTITIONS = 64

export function openProcess(ground: Ground): Process {
  const { moments, random, content, log, metrics, illness, uuid } = ground
  const life: Life = { alive: true, claims: new Set() }
  const store = illStore(ground.store, moments, random, { illness, life })
  const parts: Parts = {
    content: () => content,
    store,
    now: moments.now,
    makes: { uuid, random, partition: (_, address) => Number(address.slice(-2)) % PARTITIONS },
    log,
    metrics,
    committed: () => undefined,
  }
  let dies: (error: Error) => void = () => undefined
  const dead = new Promise<never>((_, reject) => {
    dies = reject
  })
  dead.catch(() => undefined)
  const while_ = <T>(work: Promise<T>) => Promise.race([work, dead])
  const { takeTurn } = turns(parts)
  const texts = ground.textsOf({ alive: () => life.alive })
  return {
    life,
    take: (inbound, render) => while_(takeTurn(inbound, render)),
    look: () =>
      while_(Promise.all([outbox(ground, parts, texts), timers(ground, parts)]).then(() => {})),
    delivered: (fate) => while_(deliveries(parts)(fate)),
    die() {
      life.alive = false
      dies(new Error('the process died'))
    },
  }
}

/** A breaker of its own for each look: breakers go by the machine's clock, which stands still here. */
const outbox = ({ moments, random }: Ground, parts: Parts, texts: TwilioTexts) =>
  runOutbox({
    store: parts.store,
    perform: performer({ publicUrl: 'http://door.invalid', texts, outbound }, parts),
    report: reporter(parts),
    now: moments.now,
    random,
    maxTries: MAX_TRIES,
  }).catch(() => undefined)

const timers = ({ moments, timerOf }: Ground, parts: Parts) =>
  runTimers({
    store: parts.store,
    fire: (timer) =>
      turns({ ...parts, store: naming(parts.store, timer, timerOf) }).takeTimer(timer),
    now: moments.now,
  }).catch(() => undefined)

function naming(store: Store, { id, due, turn }: TimerRow, timerOf: Ground['timerOf']): Store {
  return {
    ...store,
    commit(commit) {
      timerOf.set(commit, `${id} ${due} ${turn}`)
      return store.commit(commit)
    },
  }
}
