import type { Inbound } from '../channels/inbound.ts'
import { DoorError } from '../errors.ts'
import type { Log, Metrics } from '../observe.ts'

/** Tells staff of a fault: a log line with a code and a figure, never the text of an unknown error nor personal data. */
export function alert(
  { log, metrics }: { log: Log; metrics: Metrics },
  part: string,
  error: unknown,
  inbound?: Inbound
) {
  const code = error instanceof DoorError ? error.code : 'unknown'
  const fault =
    error instanceof DoorError
      ? error.message
      : error instanceof Error
        ? `${error.name} ${where(error)}`
        : 'unknown'
  metrics.faults.inc({ part, code })
  log.error({ part, code, fault, ...(inbound && { channel: inbound.channel }) }, 'a fault of ours')
}

/** The first lines of a stack name files and lines only; the message may hold what a caller said, so it is left out. */
const where = ({ stack = '', message }: Error) =>
  stack
    .replace(message, '')
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
    .slice(0, 3)
    .map((line) => line.trim().replace(/(^at |\()[^\s(]*\/(src|node_modules)\//, '$1$2/'))
    .join(' ')
