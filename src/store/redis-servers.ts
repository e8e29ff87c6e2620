import { DoorError } from '../errors.ts'
import type { Address } from './redis-address.ts'
import type { Link } from './redis-link.ts'
import { listOf, textOf } from './redis-script.ts'
import type { Server } from './redis-server.ts'

/** What a server must be set to, so that nothing it has acknowledged is lost. */
const WANTED = [
  { setting: 'appendonly', value: 'yes', why: 'turns would be lost when it stops' },
  { setting: 'appendfsync', value: 'always', why: 'a power cut would lose a second of turns' },
  { setting: 'maxmemory-policy', value: 'noeviction', why: 'a full server would drop turns' },
] as const

const LAYOUT_KEY = 'front-door:layout'
/** Counts changes of the keys; what a newer version keeps is refused, never guessed at. */
const LAYOUT = 1

/** Looks at every server once. Throws 'bad-config' naming each setting that could lose turns, or warns of it. */
export async function lookOver(
  link: Link,
  address: Address,
  { strict, warn }: { strict: boolean; warn: (words: string) => void }
): Promise<{ replicas: boolean }> {
  const found = (await Promise.all(link.servers().map(settingsOf))).flat()
  const wrong = wordsOf(found.filter(({ is }) => is !== null))
  if (wrong !== '' && strict)
    throw new DoorError('bad-config', `Redis could lose what people said:\n${wrong}`, false)
  // A hosted Redis may keep its settings to itself.
  if (found.length > 0) warn(wordsOf(found))
  const written = await link.write(LAYOUT_KEY, ['SET', LAYOUT_KEY, String(LAYOUT), 'NX', 'GET'])
  if (Number(textOf(written) ?? LAYOUT) > LAYOUT)
    throw new DoorError('bad-config', 'a newer version of this service keeps this Redis', false)
  const replicas = await Promise.all(link.servers().map(hasReplicas))
  return { replicas: address.kind === 'sentinel' || replicas.some(Boolean) }
}

/** A setting that is not as it must be, or cannot be read. */
interface Setting {
  setting: string
  value: string
  why: string
  is: string | null
}

async function settingsOf(server: Server): Promise<Setting[]> {
  const found = await Promise.all(
    WANTED.map(async (wanted) => {
      const answer = await server.read(['CONFIG', 'GET', wanted.setting]).catch(() => null)
      return { ...wanted, is: textOf(listOf(answer)[1]) }
    })
  )
  return found.filter(({ is, value }) => is !== value)
}

const wordsOf = (settings: readonly Setting[]): string =>
  [
    ...new Set(
      settings.map(({ setting, value, why, is }) =>
        is === null
          ? `  - ${setting} cannot be read. Make sure that it is ${value}, or ${why}`
          : `  - ${setting} is ${is}. Set it to ${value}, or ${why}`
      )
    ),
  ].join('\n')

/** Whatever copies a server for a backup is listed among its replicas, but listens nowhere and confirms nothing. */
async function hasReplicas(server: Server): Promise<boolean> {
  const info = textOf(await server.read(['INFO', 'replication'])) ?? ''
  return /^slave\d+:ip=[^,]*,port=[1-9]/m.test(info)
}
