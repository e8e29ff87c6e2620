import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

/** One figure. `goal` and `ok` are null where it only stands beside others. */
export interface Row {
  name: string
  value: number
  unit: string
  goal: number | null
  ok: boolean | null
}

const rows: Row[] = []

/** Prints a figure and keeps it for `bench/results.json`. */
export function row(
  name: string,
  value: number,
  unit: string,
  goal: number | null = null,
  better: 'more' | 'less' = 'less'
) {
  const ok = goal === null ? null : better === 'more' ? value >= goal : value <= goal
  // What could not be measured must not look like a figure.
  if (!Number.isFinite(value)) throw new Error(`${name} came to ${value}`)
  rows.push({ name, value: Number(value.toPrecision(4)), unit, goal, ok })
  const wanted = goal === null ? '' : `goal ${better === 'more' ? '≥' : '≤'} ${goal}`
  const verdict = ok === null ? '' : ok ? 'ok' : 'MISSED'
  const shown = String(Number(value.toPrecision(4)))
  console.log(`${name.padEnd(76)} ${shown.padStart(9)} ${unit.padEnd(10)} ${wanted} ${verdict}`)
}

const FILE = 'bench/results.json'

/** Names the machine, and after a whole run writes `bench/results.json`: figures of two runs are never mixed there. */
export function save(whole: boolean) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const machine = `${cpus().length} cores, ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
  console.log(`\n${machine}`)
  if (whole) {
    const results = { machine, date: new Date().toISOString(), commit, rows }
    writeFileSync(FILE, `${JSON.stringify(results, null, 2)}\n`)
  }
  if (rows.some(({ ok }) => ok === false)) process.exitCode = 1
}
