import pino, { type DestinationStream } from 'pino'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { type LogFields, only } from './log-fields.ts'

export type { LogFields } from './log-fields.ts'

export interface Log {
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

/** A log of JSON lines, on stdout unless told; fields outside the allow-list are dropped. */
export function openLog(level: string, to: DestinationStream = pino.destination(1)): Log {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, to)
  return {
    info: (fields, message) => log.info(only(fields), message),
    warn: (fields, message) => log.warn(only(fields), message),
    error: (fields, message) => log.error(only(fields), message),
  }
}

/** The figures of /metrics. */
export function openMetrics() {
  const registry = new Registry()
  const registers = [registry]
  const count = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers })
  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers })
  return {
    registry,
    turns: count('door_turns_total', 'Turns saved', ['place', 'channel']),
    turnSeconds: new Histogram({
      name: 'door_turn_seconds',
      help: 'Time of a whole turn, from verified webhook to reply',
      labelNames: ['channel'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3],
      registers,
    }),
    outcomes: count('door_outcomes_total', 'Outcome codes recorded', ['place', 'code']),
    refused: count('door_refused_total', 'Requests refused', ['why']),
    faults: count('door_faults_total', 'Faults of ours or of a neighbour', ['part', 'code']),
    spilled: count('door_spilled_total', 'Contacts kept beside the store while it was down', []),
    replayed: count('door_replayed_total', 'Spilled contacts brought into the store', []),
    late: new Histogram({
      name: 'door_late_seconds',
      help: 'How late timers and outgoing work were begun',
      labelNames: ['what'],
      buckets: [0.1, 0.5, 1, 5, 30, 300],
      registers,
    }),
    spillWaiting: gauge('door_spill_waiting', 'Spilled contacts that are not in the store yet', []),
    overdue: gauge('door_overdue_seconds', 'How long the oldest due work has waited', []),
    up: gauge('door_part_up', '1 when a part answers', ['part']),
  }
}

type Labels = Record<string, string>
interface Count {
  inc(labels: Labels, by?: number): void
}
interface Level {
  set(labels: Labels, value: number): void
}

/** The figures as the service keeps them, whoever counts. */
export interface Metrics {
  registry: { metrics(): Promise<string>; contentType: string }
  turns: Count
  turnSeconds: { observe(labels: Labels, seconds: number): void }
  outcomes: Count
  refused: Count
  faults: Count
  spilled: Count
  replayed: Count
  late: { observe(labels: Labels, seconds: number): void }
  spillWaiting: Level
  overdue: Level
  up: Level
}
