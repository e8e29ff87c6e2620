import { bodyOf, type Desk, type DeskKind, type DeskRow, limitOf } from './desk.ts'
import type { Link } from './redis-link.ts'
import { bytesOf, keysOf, listOf, numberOf, run, script, textOf } from './redis-script.ts'

/**
 * The desk of a place, in the partition `{<place>:queue}`, here P: `{P}h<kind>` its rows by id, each behind a header that
 * scripts read; `{P}z<kind>` and, for each owner, `{P}z<kind>\0<owner>` what stands where, as rank\0id, which Redis keeps
 * in the order of its bytes; `{P}n` the count of every change, and under the name of each such order how many are in it,
 * because the user of STORE_URL may not ask an order for its length.
 */
const HELPERS = `
local base, counts, kind, id = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local rows = base .. 'h' .. kind
local was = redis.call('HGET', rows, id)
local turn, rank, owner = 0, nil, nil
if was then turn, rank, owner = struct.unpack('>dI4c0I4c0', was) end
local function each(of, work)
  for _, name in ipairs({kind, kind .. '\\0' .. of}) do work(base .. 'z' .. name, name) end
end
local function leave(order, name)
  redis.call('ZREM', order, rank .. '\\0' .. id)
  if redis.call('HINCRBY', counts, name, -1) == 0 then redis.call('HDEL', counts, name) end
end
`

/** kind, id, the turn that is expected or empty, and the row → 1, or 0 where it was overtaken. */
const PUT = script(
  `${HELPERS}
local expected, row = tonumber(ARGV[3]), ARGV[4]
local toTurn, toRank, toOwner = struct.unpack('>dI4c0I4c0', row)
if expected and turn ~= expected or not expected and turn >= toTurn then return 0 end
if not was or rank ~= toRank or owner ~= toOwner then
  if was then each(owner, leave) end
  each(toOwner, function(order, name)
    redis.call('ZADD', order, 0, toRank .. '\\0' .. id)
    redis.call('HINCRBY', counts, name, 1)
  end)
end
redis.call('HSET', rows, id, row)
redis.call('HINCRBY', counts, '', 1)
return 1`,
  true
)

/** kind, id, the turn that is expected or empty → 1, or 0 where it was overtaken. */
const REMOVE = script(
  `${HELPERS}
if not was then return 1 end
local expected = tonumber(ARGV[3])
if expected and turn ~= expected then return 0 end
each(owner, leave)
redis.call('HDEL', rows, id)
redis.call('HINCRBY', counts, '', 1)
return 1`,
  true
)

/** kind, the name of an order, the place in it to go on after, how many → ids and rows by turns. */
const LIST = script(
  `
local base = KEYS[1]
local found = redis.call('ZRANGE', base .. 'z' .. ARGV[2], '(' .. ARGV[3], '+', 'BYLEX', 'LIMIT', 0, ARGV[4])
if #found == 0 then return {} end
for i, place in ipairs(found) do found[i] = string.sub(place, string.find(place, '\\0', 1, true) + 1) end
local rows, answer = redis.call('HMGET', base .. 'h' .. ARGV[1], unpack(found)), {}
for i, id in ipairs(found) do
  answer[2 * i - 1] = id
  answer[2 * i] = rows[i]
end
return answer`,
  false
)

const nameOf = (kind: DeskKind, owner?: string) =>
  owner === undefined ? kind : `${kind}\0${owner}`
const partitionOf = (place: string) => `${place}:queue`

/** The desks of places in Redis. Each write is one script, in one partition. */
export function openDesk(link: Link): Desk {
  const keys = (place: string) => keysOf(partitionOf(place))
  async function counted(place: string, name: string): Promise<number> {
    const [, counts = ''] = keys(place)
    return numberOf(await link.read(counts, ['HGET', counts, name])) ?? 0
  }
  const end = async (work: ReturnType<typeof run>) =>
    (await work) === 1 ? ('saved' as const) : ('overtaken' as const)
  const given = (expected?: number) => (expected === undefined ? '' : String(expected))
  return {
    async get(place, kind, id) {
      const key = `{${partitionOf(place)}}h${kind}`
      const bytes = bytesOf(await link.read(key, ['HGET', key, id]))
      return bytes && rowOf(place, kind, id, bytes)
    },
    async list(place, kind, { owner, after, limit } = {}) {
      const from = `${after?.rank ?? ''}\0${after?.id ?? ''}`
      const args = [kind, nameOf(kind, owner), from, String(limitOf(limit))]
      const answer = listOf(await run(link, LIST, keys(place), args))
      return answer.flatMap((id, i) => {
        const bytes = i % 2 === 0 ? bytesOf(answer[i + 1]) : null
        return bytes ? [rowOf(place, kind, textOf(id) ?? '', bytes)] : []
      })
    },
    count: (place, kind, owner) => counted(place, nameOf(kind, owner)),
    changes: (place) => counted(place, ''),
    async put(row, expected) {
      const bytes = bytesFor(row, bodyOf(row, expected))
      return end(run(link, PUT, keys(row.place), [row.kind, row.id, given(expected), bytes]))
    },
    remove: ({ place, kind, id }, expected) =>
      end(run(link, REMOVE, keys(place), [kind, id, given(expected)])),
  }
}

/** The turn, then rank and owner, each behind its length, then the body. */
function bytesFor({ turn, rank, owner }: DeskRow, body: string): Buffer {
  const head = Buffer.alloc(8)
  head.writeDoubleBE(turn)
  const text = (written: string) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Buffer.byteLength(written))
    return [length, Buffer.from(written)]
  }
  return Buffer.concat([head, ...text(rank), ...text(owner), Buffer.from(body)])
}

function rowOf(place: string, kind: DeskKind, id: string, bytes: Buffer): DeskRow {
  let at = 8
  const text = () => {
    const from = at + 4
    at = from + bytes.readUInt32BE(at)
    return bytes.toString('utf8', from, at)
  }
  const [rank, owner] = [text(), text()]
  const body = JSON.parse(bytes.toString('utf8', at)) as DeskRow['body']
  return { place, kind, id, rank, owner, turn: bytes.readDoubleBE(0), body }
}
