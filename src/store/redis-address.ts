import { DoorError } from '../errors.ts'

/** One server of Redis. */
export interface Host {
  host: string
  port: number
}

/** Where Redis is, as STORE_URL says it. */
export interface Address {
  kind: 'single' | 'sentinel' | 'cluster'
  /** The servers; for Sentinel the sentinels, for Cluster some of its nodes. */
  hosts: Host[]
  tls: boolean
  username?: string
  password?: string
  database: number
  /** The name that the sentinels know the master by. */
  master: string
  /** Replicas that must have a turn before it is acknowledged. Absent: one, where there are replicas. */
  wait?: number
}

const SHAPE =
  /^redis(?<tls>s?)(?<kind>\+sentinel|\+cluster)?:\/\/(?:(?<user>[^@/]*)@)?(?<hosts>[^@/?]+)(?<path>\/[^?]*)?(?:\?wait=(?<wait>\d))?$/

const EXAMPLES =
  'redis://host:6379/0, rediss://user:password@host, redis+sentinel://host1,host2/master-name or ' +
  'redis+cluster://host1,host2, each with ?wait=1 at the end where a number of replicas must confirm a turn'

/** Reads a STORE_URL. Throws 'bad-config' with the forms it may have. */
export function readAddress(url: string): Address {
  const found = SHAPE.exec(url)?.groups
  if (!found) throw notOurs()
  const kind = found.kind === undefined ? 'single' : (found.kind.slice(1) as 'sentinel' | 'cluster')
  const [first = '', second = ''] = (found.path ?? '').slice(1).split('/')
  const hosts = (found.hosts ?? '')
    .split(',')
    .map((host) => hostOf(host, kind === 'sentinel' ? 26379 : 6379))
  const database = kind === 'sentinel' ? second : first
  if (kind === 'sentinel' && first === '') throw notOurs()
  if (!/^\d*$/.test(database)) throw notOurs()
  return {
    kind,
    hosts: kind === 'single' ? hosts.slice(0, 1) : hosts,
    tls: found.tls === 's',
    ...secretOf(found.user),
    database: Number(database),
    master: first,
    ...(found.wait === undefined ? {} : { wait: Number(found.wait) }),
  }
}

function hostOf(text: string, usual: number): Host {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (!host) throw notOurs()
  return { host, port: port === undefined ? usual : Number(port) }
}

function secretOf(user: string | undefined): Pick<Address, 'username' | 'password'> {
  if (!user) return {}
  const [username = '', password] = user.split(':').map(decodeURIComponent)
  return { ...(username && { username }), ...(password !== undefined && { password }) }
}

const notOurs = () =>
  new DoorError(
    'bad-config',
    `STORE_URL names Redis in a form that is not known. Write ${EXAMPLES}`,
    false
  )
