import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/**
 * `npm test`: everything. Suites that need a program from Debian install it where they may; elsewhere the one
 * command is named and the run fails, unless SKIP names the suite.
 */
const NEEDS = [
  { suite: 'browser', program: '/usr/bin/chromium', name: 'chromium' },
  { suite: 'redis', program: '/usr/bin/redis-server', name: 'redis-server' },
  { suite: 'redis', program: '/usr/bin/openssl', name: 'openssl' },
]
/** Suites that SKIP may leave out: `edge` brings its own workerd, and needs some seconds. */
const SUITES = ['browser', 'redis', 'edge']
const skipped = (process.env.SKIP ?? '')
  .split(',')
  .map((name) => name.trim())
  .filter(Boolean)

for (const name of skipped)
  if (!SUITES.includes(name)) fail(`SKIP names ${name}. It may name ${SUITES.join(', ')}`)

for (const { suite, program, name } of NEEDS) {
  if (skipped.includes(suite) || existsSync(program)) continue
  console.log(`The ${suite} tests need ${name}: installing it`)
  if (process.getuid?.() === 0) install(name)
  if (!existsSync(program))
    fail(
      `The ${suite} tests need ${name}. Install it (apt-get install ${name}), or leave them out: SKIP=${suite} npm test`
    )
}

const checks = run('test/check.ts')
const tests = vitest()
if (skipped.length > 0) console.log(`Left out by SKIP: ${skipped.join(', ')}`)
process.exit(checks || tests)

function install(name: string) {
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  } catch {
    console.log(`${name} could not be installed`)
  }
}

function run(script: string): number {
  return spawnSync(process.execPath, [script], { stdio: 'inherit' }).status ?? 1
}

function vitest(): number {
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
}

function fail(words: string): never {
  console.error(words)
  process.exit(1)
}
