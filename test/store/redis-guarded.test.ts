import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRedis } from '../../src/store/redis.ts'
import { run } from '../cli/run.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { storeContract } from './contract.ts'
import { freePort, startRedis, type TestRedis, until } from './redis-server.ts'
import { person, turn } from './sample.ts'

const strict = { strict: true, warn: () => undefined }
const down = { code: 'store-down' }

/** What the runbook tells an operator to write. */
const SECRET = 'p@ss/word%'
function user(name: 'door' | 'backup'): string[] {
  const written = new RegExp(`^user ${name} on >PASSWORD (.*)$`, 'm')
  const [, rules = ''] = written.exec(readFileSync('docs/runbook.md', 'utf8'))!
  return ['--user', name, 'on', `>${SECRET}`, ...rules.split(' ')]
}
const AS_DOOR = `door:${encodeURIComponent(SECRET)}@`

let folder: string
let certificates: Certificates
const usual = getCACertificates('default')
const trust = () =>
  setDefaultCACertificates([...usual, readFileSync(certificates.authority, 'utf8')])
const distrust = () => setDefaultCACertificates(usual)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'front-door-guarded-'))
  certificates = makeCertificates(folder)
})
afterAll(() => {
  distrust()
  rmSync(folder, { recursive: true, force: true })
})

/** TLS beside the plain port that the test itself asks by. */
const tlsAt = (port: number) => [
  ...['--tls-port', String(port), '--tls-auth-clients', 'no', '--tls-replication', 'yes'],
  ...['--tls-cert-file', certificates.certificate, '--tls-key-file', certificates.key],
  ...['--tls-ca-cert-file', certificates.authority],
]

describe('over TLS, as a user who may do no more than a door must', () => {
  let redis: TestRedis
  let port: number
  const url = (host = 'localhost', as = AS_DOOR) => `rediss://${as}${host}:${port}`
  beforeAll(async () => {
    port = await freePort()
    const hosts = ['--bind', '127.0.0.1', '127.0.0.2']
    redis = await startRedis([...tlsAt(port), ...user('door'), ...user('backup'), ...hosts])
    trust()
  })
  afterAll(() => redis?.stop())

  storeContract('rediss', async () => {
    await redis.ask('FLUSHALL')
    const store = await openRedis(url(), strict)
    return {
      store,
      async reopen() {
        await store.close()
        return openRedis(url(), strict)
      },
    }
  })

  it('expires replies, which the service does by the hour', async () => {
    const store = await openRedis(url(), strict)
    expect(await store.expireReplies('2090-01-01T00:00:00Z')).toBeGreaterThanOrEqual(0)
    await store.close()
  })

  it.each([
    ['FLUSHALL'],
    ['FLUSHDB'],
    ['KEYS', '*'],
    ['CONFIG', 'SET', 'appendonly', 'no'],
    ['SHUTDOWN'],
    ['DEBUG', 'SLEEP', '1'],
    ['SWAPDB', '0', '1'],
    ['REPLICAOF', 'NO', 'ONE'],
    ['ACL', 'LIST'],
  ])('may not say %s %s', async (...words) => {
    expect(String(await redis.ask('ACL', 'DRYRUN', 'door', ...words))).toMatch(/no permissions/)
  })

  it('a backup is made by what the command prints, and by no other user', async () => {
    const extra = { NODE_EXTRA_CA_CERTS: certificates.authority }
    const env = { STORE_URL: url(), DATA_DIR: folder, ...extra }
    const { out } = await run(['backup', 'to', join(folder, 'backup')], { env })
    const line = /^redis-cli .*$/m.exec(out)![0]
    const type = (words: string) =>
      spawnSync('/bin/sh', ['-ec', words], { env: { ...process.env, REDISCLI_AUTH: SECRET } })
    expect(type(line.replace('--user backup', '--user door')).status).not.toBe(0)
    expect(type(line).status).toBe(0)
    expect(statSync(join(folder, 'backup', 'front-door.rdb')).size).toBeGreaterThan(100)
  })

  it('another name, a plain connection and a wrong password are refused, with why and without a secret', async () => {
    const wrong: [string, RegExp][] = [
      [url('127.0.0.2'), /IP: 127\.0\.0\.2 is not in the cert's list/],
      [url().replace('rediss', 'redis'), /cannot be reached/],
      [url('localhost', 'door:wrong@'), /WRONGPASS/],
    ]
    const refuse = async ([at, why]: (typeof wrong)[number]) => {
      const refused = await openRedis(at, strict).catch((error: Error) => error)
      expect(refused).toMatchObject({ ...down, message: expect.stringMatching(why) })
      expect(String(refused)).not.toMatch(/wrong@|p@ss/)
    }
    await Promise.all(wrong.map(refuse))
  })

  it('an authority of one’s own is trusted by NODE_EXTRA_CA_CERTS', async () => {
    const keys = join(folder, 'keys')
    await run(['keys', 'new', '--to', keys])
    const env = { STORE_URL: url(), DATA_KEYS: `file:${keys}`, DATA_DIR: folder }
    const trusting = { ...env, NODE_EXTRA_CA_CERTS: certificates.authority }
    const [alone, told] = await Promise.all(
      [env, trusting].map((given) => run(['log', 'verify'], { env: given }))
    )
    expect(alone).toMatchObject({ code: 1, err: expect.stringMatching(/self-signed certificate/) })
    expect(told).toMatchObject({ code: 0, err: '' })
  })
})

describe('sentinels that want a password, over TLS', () => {
  const ADMIN = 'admin'
  const opened: TestRedis[] = []
  let url: (as?: string) => string
  beforeAll(async () => {
    trust()
    const start = async (more: readonly string[], watches?: number) => {
      const port = await freePort()
      const lines = tlsAt(port)
        .join(' ')
        .split(/(?:^| )--/)
        .filter(Boolean)
      const redis =
        watches === undefined
          ? await startRedis([...tlsAt(port), '--repl-diskless-sync-delay', '0', ...more])
          : await startRedis([...lines, ...more], { watches, password: ADMIN })
      opened.push(redis)
      return port
    }
    const master = await start(user('door'))
    for (let n = 0; n < 2; n += 1)
      await start([...user('door'), '--replicaof', '127.0.0.1', String(master)])
    await until(async () =>
      /connected_slaves:2/.test(String(await opened[0]!.ask('INFO', 'replication')))
    )
    const asks = `user door on >${SECRET} -@all +sentinel|get-master-addr-by-name +sentinel|replicas +ping`
    const closed = [`requirepass ${ADMIN}`, `sentinel sentinel-pass ${ADMIN}`, asks]
    const ports: number[] = []
    for (let n = 0; n < 3; n += 1) ports.push(await start(closed, master))
    for (const one of opened.slice(3))
      await until(async () => {
        const seen = String(await one.ask('SENTINEL', 'MASTER', 'door'))
        return /num-slaves,2/.test(seen) && /num-other-sentinels,2/.test(seen)
      })
    url = (as = AS_DOOR) =>
      `rediss+sentinel://${as}${ports.map((port) => `127.0.0.1:${port}`).join()}/door`
  })
  afterAll(() => Promise.all(opened.map((redis) => redis.stop())))

  it('without the password nobody says where the master is', async () => {
    const refused = (as: string, why: RegExp) =>
      expect(openRedis(url(as), strict)).rejects.toMatchObject({
        ...down,
        message: expect.stringMatching(why),
      })
    await Promise.all([refused('door:wrong@', /WRONGPASS/), refused('', /NOAUTH/)])
  })

  it('with it turns are saved, and a master that dies is replaced', async () => {
    const store = await openRedis(url(), strict)
    expect(await store.commit(turn(person(1)))).toEqual({ result: 'saved' })
    opened[0]!.signal('SIGKILL')
    await until(() => store.commit(turn(person(2))).then(() => true))
    expect(await store.load(person(1).id)).toEqual(person(1))
    await store.close()
  })
})

describe('a Cluster over TLS', () => {
  const opened: TestRedis[] = []
  let url: string
  beforeAll(async () => {
    trust()
    const ports: number[] = []
    const clustered = ['--cluster-enabled', 'yes', '--tls-cluster', 'yes', ...user('door')]
    for (let n = 0; n < 3; n += 1) {
      const port = await freePort()
      opened.push(await startRedis([...tlsAt(port), ...clustered]))
      ports.push(port)
    }
    const at = ports.map((port) => `127.0.0.1:${port}`)
    const secure = ['--tls', '--cacert', certificates.authority]
    const create = ['--cluster', 'create', ...at, '--cluster-yes']
    expect(spawnSync('/usr/bin/redis-cli', [...secure, ...create]).status).toBe(0)
    for (const one of opened)
      await until(async () => String(await one.ask('CLUSTER', 'INFO')).includes('cluster_state:ok'))
    url = `rediss+cluster://${AS_DOOR}${at[0]}`
  })
  afterAll(() => Promise.all(opened.map((redis) => redis.stop())))

  it('keeps people on all its servers, and finds each again', async () => {
    const store = await openRedis(url, strict)
    const people = Array.from({ length: 24 }, (_, n) => ({
      ...person(n, { address: `+4477009${n}` }),
      partition: `southwark:${10 + n}`,
    }))
    for (const one of people) expect(await store.commit(turn(one))).toEqual({ result: 'saved' })
    for (const one of people) expect(await store.byRef(one.ref)).toEqual(one)
    const sizes = await Promise.all(opened.map((one) => one.ask('DBSIZE')))
    expect(sizes.every((size) => Number(size) > 20)).toBe(true)
    await store.close()
  })
})
