import { createHash } from 'node:crypto'
import type { Arg, Reply } from './redis-connection.ts'
import type { Link } from './redis-link.ts'

/** A piece of work that Redis does whole or not at all. */
export interface Script {
  source: string
  sha: string
  writes: boolean
}

export const script = (source: string, writes: boolean): Script => ({
  source,
  sha: createHash('sha1').update(source).digest('hex'),
  writes,
})

/** Scripts on their way to a server that does not know them: a crowd of callers sends each once. */
const loading = new WeakMap<Link, Map<string, Promise<Reply>>>()

/** Runs a script where its first key is. A server that was restarted does not know it and is given it again. */
export async function run(
  link: Link,
  { source, sha, writes }: Script,
  keys: readonly Arg[],
  args: readonly Arg[]
): Promise<Reply> {
  const [key = ''] = keys
  const send = writes ? link.write : link.read
  const rest = [String(keys.length), ...keys, ...args]
  try {
    return await send(key, ['EVALSHA', sha, ...rest])
  } catch (error) {
    // Answered before anything was done, unlike every other fault.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
  }
  await load(link, key, { source, sha })
  return await send(key, ['EVALSHA', sha, ...rest]).catch((error: unknown) =>
    error instanceof Error && error.message.startsWith('NOSCRIPT')
      ? // The key has moved to yet another server meanwhile.
        send(key, ['EVAL', source, ...rest])
      : Promise.reject(error)
  )
}

function load(link: Link, key: Arg, { source, sha }: { source: string; sha: string }) {
  const mine = loading.get(link) ?? new Map<string, Promise<Reply>>()
  loading.set(link, mine)
  const name = `${sha}${String(key)}`
  const under = mine.get(name)
  if (under) return under
  const work = link.read(key, ['SCRIPT', 'LOAD', source]).finally(() => mine.delete(name))
  mine.set(name, work)
  return work
}

/**
 * Every script is given these two keys. The first is never there, so that a Cluster that is moving the partition to
 * another server refuses the script (TRYAGAIN) instead of letting it see half of what the partition holds.
 */
export const keysOf = (partition: string): string[] => [`{${partition}}`, `{${partition}}n`]

/** What an answer holds, read at the border: a script of ours answers in this shape and no other. */
export const listOf = (reply: Reply | undefined): Reply[] => (Array.isArray(reply) ? reply : [])
export const bytesOf = (reply: Reply | undefined): Buffer | null =>
  Buffer.isBuffer(reply) ? reply : null
export const textOf = (reply: Reply | undefined): string | null =>
  reply === null || reply === undefined ? null : String(reply)
export const numberOf = (reply: Reply | undefined): number | null => {
  const text = textOf(reply)
  return text === null || text === '' ? null : Number(text)
}
