import { Temporal } from 'temporal-polyfill'
import type { TwilioCalls } from '../channels/twilio-calls.ts'
import { DoorError } from '../errors.ts'
import type { ServiceClock } from '../jobs/clock.ts'
import type { Store } from '../store/contract.ts'

/** How a neighbour may be ill in the demo: late, never answering, answering with a refusal, or not there at all. */
type Fault = 'slow' | 'silent' | 'refusing' | 'gone'
const FAULTS: readonly string[] = ['slow', 'silent', 'refusing', 'gone']
/** `redis` is the store, whichever it is. */
const SERVICES: readonly string[] = ['redis', 'twilio', 'teams']

const SLOW_MS = 1500
/** Our own deadline on a neighbour that never answers. */
const DEADLINE_MS = 1000

/** Makes neighbours ill for a time, in the demo only. */
export interface Faults {
  /** Throws 'bad-input' naming what may be asked. `forDuration` is ISO 8601, by the service's clock. */
  set(service: string, fault: string, forDuration: string): void
  /** Waits, refuses or passes, as the service is now. */
  meet(service: string): Promise<void>
}

/** Faults by the service's clock: they end when it has moved on far enough. */
export function openFaults(clock: ServiceClock): Faults {
  const ill = new Map<string, { fault: Fault; until: number }>()
  return {
    set(service, fault, forDuration) {
      if (!SERVICES.includes(service)) throw bad(`service: use one of ${SERVICES.join(', ')}`)
      if (!FAULTS.includes(fault)) throw bad(`fault: use one of ${FAULTS.join(', ')}`)
      const until = Date.parse(clock.now()) + milliseconds(forDuration)
      ill.set(service, { fault: fault as Fault, until })
    },
    async meet(service) {
      const now = ill.get(service)
      if (!now || Date.parse(clock.now()) >= now.until) return
      const wait = { slow: SLOW_MS, silent: DEADLINE_MS, refusing: 0, gone: 0 }[now.fault]
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      if (now.fault === 'slow') return
      const refused = now.fault === 'refusing'
      const code =
        service === 'redis' ? 'store-down' : refused ? 'neighbour-refused' : 'neighbour-down'
      throw new DoorError(code, `${service} is ${now.fault}, as the simulator asked`, !refused)
    },
  }
}

/** A store that is ill when the simulator says so. */
export function faultyStore(store: Store, faults: Faults): Store {
  const meet =
    <Asked extends unknown[], Answer>(work: (...asked: Asked) => Promise<Answer>) =>
    async (...asked: Asked): Promise<Answer> => {
      await faults.meet('redis')
      return work(...asked)
    }
  const met = <Methods extends object>(methods: Methods) =>
    Object.fromEntries(Object.entries(methods).map(([name, work]) => [name, meet(work)])) as Methods
  const { close, desk, ...methods } = store
  return { ...met(methods), desk: met(desk), close }
}

/** Twilio's calls and conferences, ill when the simulator says so. As the real ones they answer and never throw. */
export function faultyCalls(calls: TwilioCalls, faults: Faults): TwilioCalls {
  const later = { retry: true } as const
  const asked = async <Answer>(work: () => Promise<Answer>): Promise<Answer | typeof later> =>
    (await faultNow(faults)) ? later : work()
  const changed = async <Answer>(work: () => Promise<Answer>) => {
    const fault = await faultNow(faults)
    if (!fault) return work()
    return fault.retry ? later : { refused: fault.message }
  }
  return {
    ring: (call) => changed(() => calls.ring(call)),
    find: (to, since) => asked(() => calls.find(to, since)),
    move: (sid, url) => changed(() => calls.move(sid, url)),
    end: (sid) => changed(() => calls.end(sid)),
    participants: (conference) => asked(() => calls.participants(conference)),
    change: (conference, call, to) => changed(() => calls.change(conference, call, to)),
    close: (conference) => changed(() => calls.close(conference)),
  }
}

async function faultNow(faults: Faults): Promise<DoorError | null> {
  try {
    await faults.meet('twilio')
    return null
  } catch (error) {
    if (error instanceof DoorError) return error
    throw error
  }
}

const bad = (words: string) => new DoorError('bad-input', words, false)

function milliseconds(duration: string): number {
  try {
    return Temporal.Duration.from(duration).total({ unit: 'milliseconds' })
  } catch (cause) {
    throw new DoorError('bad-input', 'for: use a duration like PT30S or PT10M', false, { cause })
  }
}
