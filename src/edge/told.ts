import { DoorError, type FaultCode } from '../errors.ts'

/** A fault crosses between objects as data: an error's code would be lost on the way. */
export type Told =
  | { answer: unknown }
  | { fault: { code: FaultCode; message: string; retry: boolean } }

/** What the work answers, or the DoorError that it threw. */
export async function toldBy(work: () => Promise<unknown>): Promise<Told> {
  try {
    return { answer: await work() }
  } catch (error) {
    if (!(error instanceof DoorError)) throw error
    const { code, message, retry } = error
    return { fault: { code, message, retry } }
  }
}

/** The answer that was told. Throws the DoorError that was thrown there. */
export function answerOf(told: Told): unknown {
  if ('answer' in told) return told.answer
  throw new DoorError(told.fault.code, told.fault.message, told.fault.retry)
}
