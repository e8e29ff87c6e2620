import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newKeyring, writeKeyring } from '../../src/security/keyring.ts'
import { openRedis } from '../../src/store/redis.ts'
import { mobile, NUMBERS, type OpenedDoor, open } from '../journeys/door.ts'
import { deskOf, waiting } from '../store/desk-rows.ts'
import { startRedis, type TestRedis } from '../store/redis-server.ts'
import { run } from './run.ts'

/** What an operator does on data, where a Redis keeps it. */
let folder: string
let redis: TestRedis
let door: OpenedDoor
let env: Record<string, string>
const phone = mobile()
const cli = (...words: string[]) => run(words, { env })
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'front-door-data-redis-'))
  redis = await startRedis(['--repl-diskless-sync-delay', '0'])
  const kept = { DATA_DIR: join(folder, 'data'), DATA_KEYS: `file:${join(folder, 'keys')}` }
  env = { STORE_URL: redis.url, ...kept }
  await run(['keys', 'new', '--to', join(folder, 'keys')])
  door = await open(env)
  await door.ring(phone, NUMBERS.lewisham, ['2', '2', '2', 'hang up'])
})
afterAll(async () => {
  await door?.close()
  await redis?.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('log verify: whole, until somebody changes it', async () => {
  expect(await cli('log', 'verify')).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringMatching(/^1 contacts, \d+ lines/),
  })
  const [key = ''] = (await redis.askBytes('KEYS', '{*}g*')) as Buffer[]
  const log = (await redis.askBytes('GET', key)) as Buffer
  // The last bit but a few of what was kept of a line.
  await redis.ask('SETRANGE', key, String(log.length - 4), String.fromCharCode(log.at(-4)! ^ 1))
  expect(await cli('log', 'verify')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/✗ contact \d{8}/),
  })
  await redis.ask('SET', key, log)
  expect(await cli('log', 'verify')).toMatchObject({ code: 0, err: '' })
})

it('log verify reads the anchors of every door that it is told of', async () => {
  const other = { ...env, DATA_DIR: join(folder, 'other') }
  const second = await open(other)
  await second.ring(mobile(), NUMBERS.lewisham, ['2', 'hang up'])
  await second.close()
  await door.close()
  door = await open(env)
  const both = [env, other].map(({ DATA_DIR }) => join(DATA_DIR!, 'anchors'))
  const { out, code } = await cli('log', 'verify', '--anchors', both.join())
  expect(code).toBe(0)
  expect(out).toMatch(/^2 contacts, \d+ lines, 2 anchors\nanchored until/)
  const none = await cli('log', 'verify', '--anchors', `${both[0]},${join(folder, 'none')}`)
  expect(none.err).toMatch(/there is no folder .*none/)
})

it('keys are rotated while a call goes on, and nobody notices', async () => {
  const caller = mobile()
  const { call } = await door.ring(caller, NUMBERS.lewisham, ['2'])
  const rotated = cli('keys', 'rotate')
  for (const press of ['2', '2', '1']) await door.go(call, [press])
  expect(await rotated).toMatchObject({ code: 0, err: '' })
  expect((await rotated).out).toMatch(/k2: 3 contacts/)
  await door.go(call, ['hang up'])
  for (const number of [phone, caller])
    expect((await door.contactOf(number)).person).toMatchObject({ address: number })
})

it('two people erase a record; a report counts and erases nothing', async () => {
  const asker = mobile()
  await door.text(asker, NUMBERS.lewisham, 'STOP')
  const { ref } = await door.contactOf(asker)
  await cli('records', 'hold', ref, '--by', 'kim', '--why', 'a complaint')
  const report = await cli('retention', 'report', '--at', '2090-01-01T00:00:00Z')
  expect(report.out).toMatch(/1 held though old[\s\S]*nothing was erased/)
  await cli('records', 'release', ref, '--by', 'kim', '--why', 'over')
  await door.advance('P30D')
  await door.settled()
  expect(await cli('records', 'ask', ref, '--by', 'kim', '--why', 'asked')).toMatchObject({
    err: '',
  })
  expect((await cli('records', 'confirm', ref, '--by', 'lee')).out).toMatch(/erased/)
  expect(await door.contactsOf(asker)).toEqual([])
  expect(await cli('log', 'verify')).toMatchObject({ code: 0, err: '' })
})

it('backup: what lies beside it is copied, and what to type copies the rest', async () => {
  const running = await openRedis(redis.url, { strict: true, warn: () => undefined })
  for (const n of [1, 2, 3]) await running.desk.put(waiting(n, { owner: n === 3 ? 'ann' : '' }))
  const kept = await deskOf(running)
  const to = join(folder, "it's a backup")
  const { out, err } = await cli('backup', 'to', to)
  expect(err).toBe('')
  const [typed = ''] = out.split('\n')
  execFileSync('/bin/sh', ['-ec', typed], { stdio: 'ignore' })
  expect(readdirSync(to)).toEqual(['anchors', 'erased.txt', 'front-door.rdb', 'place-files'])
  expect((await cli('backup', 'to', to)).err).toMatch(/a backup has a folder of its own/)
  expect(kept.rows.length).toBeGreaterThanOrEqual(3)
  expect(await restoredDesk(join(to, 'front-door.rdb'))).toEqual(kept)
  await running.close()
})

/** What a clean Redis that begins with this copy has on the desk. */
async function restoredDesk(rdb: string) {
  const clean = await startRedis()
  await clean.kill()
  rmSync(join(clean.folder, 'appendonlydir'), { recursive: true })
  copyFileSync(rdb, join(clean.folder, 'dump.rdb'))
  await clean.start(['--appendonly', 'no'])
  const store = await openRedis(clean.url, { strict: false, warn: () => undefined })
  const found = await deskOf(store)
  await store.close()
  await clean.stop()
  return found
}

it.each<[string, RegExp]>([
  ['rediss://ann:hidden@db:7000/2', /redis-cli --tls --user backup -h db -p 7000 --rdb '.*rdb'/],
  [
    'redis+sentinel://a:7,b:8/door',
    /set -- \$\(redis-cli -h a -p 7 sentinel get-master-addr-by-name 'door'\)\nredis-cli -h "\$1" -p "\$2" --rdb/,
  ],
  ['redis+cluster://a,b', /redis-cli --cluster backup a:6379 '/],
])('%s: what to type, without its password', async (url, line) => {
  const to = join(folder, url.slice(0, url.indexOf(':')))
  const { out } = await run(['backup', 'to', to], { env: { ...env, STORE_URL: url } })
  expect(out).toMatch(line)
  expect(out).not.toContain('hidden')
  expect(/REDISCLI_AUTH/.test(out)).toBe(url.includes('hidden'))
})

it('a store that is none of these is refused, without its password', async () => {
  const { err, code } = await run(['log', 'verify'], {
    env: { STORE_URL: 'mongo://ann:secret@db', DATA_KEYS: writeKeyring(newKeyring()) },
  })
  expect(code).toBe(1)
  expect(err).toMatch(/STORE_URL mongo:\/\/db is neither a sqlite: file nor redis:/)
})
