import { only } from '../log-fields.ts'
import type { Log, Metrics } from '../observe.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
type Level = 'info' | 'warn' | 'error'

/** The log where pino does not run: the same JSON lines and the same allow-list, by the runtime's own console. */
export function edgeLog(level: string): Log {
  const least = LEVELS.indexOf(level)
  const write = (at: Level): Log['info'] => {
    return (fields, msg) => {
      if (LEVELS.indexOf(at) < least) return
      const time = new Date().toISOString()
      console[at](
        JSON.stringify({ level: (LEVELS.indexOf(at) + 1) * 10, time, ...only(fields), msg })
      )
    }
  }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3]
const LATE = [0.1, 0.5, 1, 5, 30, 300]

/** The figures of one isolate, in the form of Prometheus. They begin anew with it, as after a restart. */
export function edgeMetrics(): Metrics {
  const series = new Map<string, number>()
  const { count, level, times } = kindsOf(series)
  return {
    registry: {
      metrics: async () => summed([textOf(series)]),
      contentType: 'text/plain; version=0.0.4',
    },
    turns: count('door_turns_total'),
    turnSeconds: times('door_turn_seconds', SECONDS),
    outcomes: count('door_outcomes_total'),
    refused: count('door_refused_total'),
    faults: count('door_faults_total'),
    spilled: count('door_spilled_total'),
    replayed: count('door_replayed_total'),
    late: times('door_late_seconds', LATE),
    spillWaiting: level('door_spill_waiting'),
    overdue: level('door_overdue_seconds'),
    up: level('door_part_up'),
  }
}

type Labels = Record<string, string>

function kindsOf(series: Map<string, number>) {
  const add = (name: string, labels: Labels, by: number) => {
    const key = `${name}{${Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`)}}`
    series.set(key, (series.get(key) ?? 0) + by)
    return key
  }
  return {
    count: (name: string) => ({ inc: (labels: Labels, by = 1) => void add(name, labels, by) }),
    level: (name: string) => ({
      set: (labels: Labels, value: number) => void series.set(add(name, labels, 0), value),
    }),
    times: (name: string, bounds: readonly number[]) => ({
      observe(labels: Labels, seconds: number) {
        for (const le of [...bounds, '+Inf'])
          add(
            `${name}_bucket`,
            { le: String(le), ...labels },
            le === '+Inf' || seconds <= Number(le) ? 1 : 0
          )
        add(`${name}_sum`, labels, seconds)
        add(`${name}_count`, labels, 1)
      },
    }),
  }
}

const textOf = (series: ReadonlyMap<string, number>) =>
  [...series].map(([key, value]) => `${key} ${value}\n`).join('')

/** The figures of several isolates as one: each series added up. */
export function summed(texts: readonly string[]): string {
  const series = new Map<string, number>()
  for (const line of texts.join('\n').split('\n')) {
    const [, key, value] = /^([^#].*) (\S+)$/.exec(line) ?? []
    if (key !== undefined) series.set(key, (series.get(key) ?? 0) + Number(value))
  }
  return textOf(series)
}
