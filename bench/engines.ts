import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { median } from './load.ts'
import { row } from './rows.ts'

const PEERS = {
  botframework: 'Bot Framework dialogs',
  botkit: 'Botkit',
  floip: 'FLOIP flow-runner',
  nodered: 'Node-RED',
} as const
const OURS = 'ours'

interface Played {
  cpu: number
  rate: number
  bytes: number
}

/** Our pure step and four other engines, in memory, through the same twelve questions; each in a process of its own. */
export function engines(repeats: number, seconds: number) {
  install()
  const names = [OURS, ...Object.keys(PEERS)]
  const all = new Map<string, Played[]>(names.map((name) => [name, []]))
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const name of repeat % 2 === 0 ? names : names.toReversed())
      all.get(name)?.push(play(name, seconds))
  const of = (name: string, field: keyof Played) =>
    median((all.get(name) ?? []).map((played) => played[field]))
  row('our pure step, 12 questions in memory: processor time', of(OURS, 'cpu'), 'µs')
  row('our pure step, 12 questions in memory: state kept', of(OURS, 'bytes'), 'bytes')
  for (const [name, title] of Object.entries(PEERS)) {
    row(`${title}, the same 12 questions: processor time`, of(name, 'cpu'), 'µs')
    row(`${title}, the same 12 questions: state kept`, of(name, 'bytes'), 'bytes')
    row(`our pure step against ${title}`, of(OURS, 'cpu') / of(name, 'cpu'), 'ratio', 1)
  }
}

const play = (name: string, seconds: number) =>
  JSON.parse(
    execFileSync(process.execPath, ['bench/peers/play.js', name], {
      encoding: 'utf8',
      env: { ...process.env, BENCH_SECONDS: String(Math.max(1, seconds / 2)) },
    })
  ) as Played

const LOCK = 'bench/peers/package-lock.json'
const INSTALLED = 'bench/peers/node_modules/.installed.json'

/** The other engines are fetched when they are first wanted; nothing else of this project needs them. */
function install() {
  const lock = readFileSync(LOCK, 'utf8')
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === lock) return
  console.log('Fetching the other engines…')
  const how = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', how, { cwd: 'bench/peers', stdio: ['ignore', 'ignore', 'inherit'] })
  writeFileSync(INSTALLED, lock)
}
