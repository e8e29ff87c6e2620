import { spawnSync } from 'node:child_process'

/** `npm run check`: format and lint, types, architecture, flow check. Prints one line each, and what is wrong. */
const CHECKS = [
  ['format and lint', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  ['types', 'node_modules/typescript/bin/tsc', '--noEmit'],
  [
    'types in the browser',
    'node_modules/typescript/bin/tsc',
    '--noEmit',
    '-p',
    'src/simulator/browser/tsconfig.json',
  ],
  [
    'types in the console’s browser',
    'node_modules/typescript/bin/tsc',
    '--noEmit',
    '-p',
    'src/console/browser/tsconfig.json',
  ],
  ['architecture', 'node_modules/vitest/vitest.mjs', 'run', 'test/architecture.test.ts'],
  ['flows', 'src/cli.ts', 'flows', 'check'],
] as const

let failed = 0
for (const [name, ...command] of CHECKS) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok   ' : 'FAIL '} ${name} (${seconds} s)`)
  if (status === 0) continue
  failed = 1
  console.log(`${stdout}${stderr}`.trimEnd())
}
process.exit(failed)
