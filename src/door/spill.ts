import { DoorError } from '../errors.ts'
import { type SpillJob, type SpillLines, startSpill } from '../jobs/spill.ts'
import type { Log, Metrics } from '../observe.ts'
import type { Keyring } from '../security/keyring.ts'
import { sealedLines } from '../security/lines.ts'
import { alert } from '../turn/alert.ts'
import type { Spill, Spilled } from '../turn/spill.ts'

const LOOK_AGAIN_MS = 1000

/** The spill of a door. It is begun once there are turns to replay with; until then nothing can be kept. */
export interface DoorSpill extends Spill {
  /** Replays what was left, and from now on whatever waits. */
  begin: (parts: Telling, replay: (spilled: Spilled) => Promise<void>) => SpillJob<Spilled>
  waiting: () => number
  stop: () => Promise<void>
}
interface Telling {
  log: Log
  metrics: Metrics
}

/** Sealed lines, replayed as contacts when the store is back. */
export function openSpill(keyring: Keyring, lines: SpillLines): DoorSpill {
  const sealed = sealedLines(keyring, 'spill')
  let job: SpillJob<Spilled> | undefined
  return {
    begin(parts, replay) {
      job = startSpill<Spilled>({
        lines,
        write: (spilled) => sealed.write(JSON.stringify(spilled)),
        read: (line) => JSON.parse(sealed.read(line)) as Spilled,
        replay,
        orderOf: ({ inbound }) => inbound.conversation,
        fault: (error) => alert(parts, 'spill', error),
        counted: (what, by) => parts.metrics[what].inc({}, by),
        every: LOOK_AGAIN_MS,
      })
      return job
    },
    async keep(spilled) {
      if (!job) throw new DoorError('spill-failed', 'the spill is not open yet', true)
      await job.keep(spilled)
    },
    waiting: lines.waiting,
    stop: async () => (job ? job.stop() : lines.close()),
  }
}

/** Lines in memory, for a store that forgets everything too. */
export function memoryLines(): SpillLines {
  let kept: string[] = []
  let aside = 0
  return {
    append: async (line) => {
      kept = [...kept, line]
    },
    async *batches() {
      const lines = kept
      if (lines.length === 0) return
      yield {
        lines,
        done: async (stuck) => {
          kept = kept.slice(lines.length)
          aside += stuck.length
        },
      }
    },
    waiting: () => kept.length + aside,
    close: async () => undefined,
  }
}
