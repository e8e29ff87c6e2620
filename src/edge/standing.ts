import packed from 'front-door-content'
import { v7 } from 'uuid'
import { type Config, readConfig } from '../config.ts'
import type { Content } from '../content.ts'
import { limitsBy } from '../door/limits.ts'
import { twilioTokens } from '../door/neighbours.ts'
import { partitionBy } from '../door/partition.ts'
import { DoorError } from '../errors.ts'
import { type Keyring, readKeyring } from '../security/keyring.ts'
import { unpackContent } from './packed.ts'
import { type Bindings, settingsIn } from './runtime.ts'
import { edgeLog } from './watch.ts'

/** What holds for every request of an isolate: no connection is among it, because none outlives its request. */
export interface Standing {
  config: Config
  content: Content
  keyring: Keyring
}
let _standing: Standing | undefined

/** Settings and content, read and checked once in an isolate. Throws DoorError 'bad-config' or 'bad-flow'. */
export function standing(env: Bindings): Standing {
  if (_standing) return _standing
  const config = readConfig(settingsIn(env))
  const keyring = keyringIn(config)
  _standing = { config, content: unpackContent(packed, config.MODE === 'live'), keyring }
  return _standing
}

/** A Worker has no folder to make a keyring in, and none to read one from. */
function keyringIn({ DATA_KEYS }: Config): Keyring {
  if (DATA_KEYS && !DATA_KEYS.startsWith('file:')) return readKeyring(DATA_KEYS)
  const remedy =
    'Make one with: npm run cli -- keys new, and give it with: wrangler secret put DATA_KEYS'
  throw new DoorError('bad-config', `DATA_KEYS must hold the keyring itself. ${remedy}`, false)
}

/** What the app is made of in the Worker and in each home. */
export function common({ config, content, keyring }: Standing) {
  return {
    content: () => content,
    now: () => new Date().toISOString(),
    makes: { uuid: v7, random: Math.random, partition: partitionBy(keyring) },
    log: edgeLog(config.LOG_LEVEL ?? (config.MODE === 'demo' ? 'warn' : 'info')),
    publicUrl: () => config.PUBLIC_URL,
    staffToken: config.STAFF_TOKEN,
    translates: config.GOOGLE_TRANSLATE_KEY !== undefined,
    twilioTokens: twilioTokens(config),
    deletesCopies: config.KEEP_COPIES === undefined,
    // The simulator may stand before it, and its Teams must know who they are.
    showsStaff: config.MODE === 'demo',
    // What Cloudflare writes there itself.
    ...limitsBy(config, (c) => c.req.header('CF-Connecting-IP') ?? ''),
  }
}
