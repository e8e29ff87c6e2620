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

/** What a STORE_URL of Redis may look like. */
export const FORMS =
  'redis://host:6379/0, rediss://user:password@host, redis+sentinel://host1,host2/master-name or ' +
  'redis+cluster://host1,host2, each with ?wait=1 at the end where a number of replicas must confirm a turn'

/** Whether this is a STORE_URL of Redis. */
export const isAddress = (url: string): boolean => addressOf(url) !== null

/** Reads a STORE_URL. Throws 'bad-config' with the forms it may have. */
export function readAddress(url: string): Address {
  const address = addressOf(url)
  if (!address) throw new DoorError('bad-config', `STORE_URL must be ${FORMS}`, false)
  return address
}

function addressOf(url: string): Address | null {
  const found = SHAPE.exec(url)?.groups
  if (!found) return null
  const kind = found.kind === undefined ? 'single' : (found.kind.slice(1) as 'sentinel' | 'cluster')
  const named = (found.hosts ?? '').split(',')
  const hosts = named.flatMap((host) => hostOf(host, kind === 'sentinel' ? 26379 : 6379))
  const [first = '', second = ''] = (found.path ?? '').slice(1).split('/')
  const database = kind === 'sentinel' ? second : first
  const sound =
    hosts.length === named.length &&
    (kind !== 'single' || hosts.length === 1) &&
    (kind !== 'sentinel' || first !== '') &&
    (kind === 'cluster' ? /^$/ : /^\d{0,4}$/).test(database)
  if (!sound) return null
  return {
    kind,
    hosts,
    tls: found.tls === 's',
    ...secretOf(found.user),
    database: Number(database),
    master: first,
    ...(found.wait === undefined ? {} : { wait: Number(found.wait) }),
  }
}

/** One host, or none where the words are no host. */
function hostOf(text: string, usual: number): Host[] {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  const number = port === undefined ? usual : Number(port)
  return host && number > 0 && number <= 65535 ? [{ host, port: number }] : []
}

function secretOf(user: string | undefined): Pick<Address, 'username' | 'password'> {
  if (!user) return {}
  const [, username = '', password] = /^([^:]*)(?::(.*))?$/.exec(user) ?? []
  return {
    ...(username && { username: decoded(username) }),
    ...(password !== undefined && { password: decoded(password) }),
  }
}

/** As it was meant: a password that was not encoded, and happens to hold a %, is taken as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
