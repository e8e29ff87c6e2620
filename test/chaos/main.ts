import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { judge, lacking } from './judge.ts'
import { type Row, SIZES, type Size } from './rig.ts'
import { RUNS } from './runs.ts'

/**
 * `npm run chaos [-- --size=catalogue] [--only=A1,B2] [--seed=7]`: the fault runs, as a table and bench/chaos.json.
 * With `--only` the other rows of the file stay as they were.
 */
const FILE = 'bench/chaos.json'
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'usual' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Where to keep the rows; nothing is kept without it when mutants are tried. */
    file: { type: 'string', default: FILE },
  },
})
const size = SIZES.find((name) => name === values.size)
if (!size) fail(`--size is one of ${SIZES.join(', ')}`)
const only = values.only.split(',').filter(Boolean)
const unknown = only.filter((id) => !RUNS.some((run) => run.id === id))
if (unknown.length > 0) fail(`There is no run ${unknown.join(', ')}`)

const rows: Row[] = []
const left: string[] = []
for (const run of RUNS.filter(({ id }) => only.length === 0 || only.includes(id))) {
  const missing = lacking(run)
  if (missing.length > 0) {
    left.push(`${run.id} ${run.name}: needs ${missing.join(' and ')} (apt-get install)`)
    continue
  }
  const row = await judge(run, size as Size, Number(values.seed))
  rows.push(row)
  console.log(lineOf(row))
  for (const fault of row.faults) console.log(`      ${fault}`)
}
for (const line of left) console.log(`left out  ${line}`)
if (values.file !== '') keep(values.file)
const red = rows.filter(({ ok }) => !ok)
const minutes = rows.reduce((sum, { seconds }) => sum + seconds, 0) / 60
console.log(
  `\n${rows.length} runs in ${minutes.toFixed(1)} min, ${red.length} red${red.length > 0 ? `: ${red.map(({ id }) => id).join(', ')}` : ''}`
)
process.exit(red.length > 0 || left.length > 0 ? 1 : 0)

function lineOf({ id, name, runs, lost, doubled, success, goal, ok, seconds, figures }: Row) {
  const share = `${(100 * success).toFixed(success === 1 ? 0 : 2)} %`
  const more = Object.entries(figures ?? {}).map(([what, value]) => `${what} ${value}`)
  return [
    `${ok ? 'ok  ' : 'RED '} ${id.padEnd(4)} ${name}`,
    `        ${runs} runs · ${lost} lost · ${doubled} doubled · ${share} went through · ${seconds} s${more.length > 0 ? ` · ${more.join(' · ')}` : ''}`,
    `        goal: ${goal}`,
  ].join('\n')
}

function keep(file: string) {
  const before: Row[] =
    only.length > 0 && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : []
  const order = RUNS.map(({ id }) => id)
  const all = [...before.filter(({ id }) => !rows.some((row) => row.id === id)), ...rows]
  all.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const machine = `${cpus().length} cores, ${cpus()[0]?.model.trim()}, Node ${process.version}`
  const kept = { machine, date: new Date().toISOString(), commit, size, rows: all }
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`)
}

function fail(words: string): never {
  console.error(words)
  process.exit(2)
}
