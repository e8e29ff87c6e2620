import { spawn } from 'node:child_process'

/** Starts the door as `npm start` does and rings it; prints the milliseconds until the first words. */
const started = performance.now()
const child = spawn(process.execPath, ['src/node.ts'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, PORT: '0', STORE_URL: 'sqlite::memory:' },
})
const url = await new Promise<string>((resolve) => {
  child.stdout.on('data', (data) => {
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(String(data))?.[0]
    if (found) resolve(found)
  })
})
const answer = await fetch(`${url}/simulator/calls`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ from: '+447700900123', to: '+442079460100' }),
})
const { heard } = (await answer.json()) as { heard: string[] }
if (!heard.join(' ').includes('9 9 9')) throw new Error('the first reply was not a good one')
process.stdout.write(String(Math.round(performance.now() - started)))
child.kill('SIGTERM')
process.exit(0)
