import type { Waiting } from '../store/durable.ts'

/** What was claimed by an isolate that died comes back when the next one looks. */
const LOOK_AGAIN_MS = 30_000
/** A row that waits for another of its recipient is due and not free: no need to look at every tick. */
const SOON_MS = 250

interface AlarmParts {
  setAlarm: (at: number) => Promise<void>
  /** Does everything that is due. */
  pass: () => Promise<void>
  waitUntil: (work: Promise<unknown>) => void
  fault: (error: unknown) => void
}

/** The jobs of one home: what is due is done after each turn, and by alarm at the next due time, however often it sleeps. */
export function alarmJobs({ setAlarm, pass, waitUntil, fault }: AlarmParts) {
  let _running: Promise<void> | undefined
  let again = false

  async function run(): Promise<void> {
    do {
      again = false
      await pass().catch(fault)
    } while (again)
  }
  function kick(): Promise<void> {
    again = true
    _running ??= run().finally(() => {
      _running = undefined
    })
    return _running
  }
  return {
    /** Something was just saved: its alarm is set in the same breath, so that it is saved with it. */
    arm({ due, claimed }: Waiting) {
      const again = claimed ? Date.now() + LOOK_AGAIN_MS : Number.POSITIVE_INFINITY
      const at = Math.min(due ?? Number.POSITIVE_INFINITY, again)
      if (at < Number.POSITIVE_INFINITY) setAlarm(Math.max(at, Date.now() + SOON_MS)).catch(fault)
    },
    /** Looks for work once the turn is saved; the caller does not wait for it. */
    kick: () => waitUntil(kick()),
    kicked: kick,
  }
}
