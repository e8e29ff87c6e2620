import { script } from './redis-script.ts'

/**
 * What waits in a partition. `{P}e` timers and `{P}d` outbox rows by when they are due, claimable ones only; `{P}l` what is
 * claimed, by when its lease runs out. `{P}T` timers and `{P}K` their claims; `{P}o<id>` an outbox row; `{P}q<recipient>`
 * a recipient's open rows in order, of which only the first can be claimed.
 */
export const WAITS = `
local base = KEYS[1]
local function serverNow()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end
local function first(key)
  return redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2] or ''
end
-- When the next timer, the next row and the next lost claim come up; the last in milliseconds from now.
local function heads()
  local lease = first(base .. 'l')
  if lease ~= '' then lease = string.format('%d', math.max(0, tonumber(lease) - serverNow())) end
  return {first(base .. 'e'), first(base .. 'd'), lease}
end
local function giveBack(member)
  local id = string.sub(member, 2)
  redis.call('ZREM', base .. 'l', member)
  if string.sub(member, 1, 1) == 't' then
    local claim = redis.call('HGET', base .. 'K', id)
    redis.call('HDEL', base .. 'K', id)
    if claim then redis.call('ZADD', base .. 'e', string.match(claim, ' (.*)'), id) end
  else
    redis.call('HDEL', base .. 'o' .. id, 'k')
    redis.call('ZADD', base .. 'd', redis.call('HGET', base .. 'o' .. id, 'd'), id)
  end
end
local function giveBackLate()
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', base .. 'l', '-inf', serverNow(), 'LIMIT', 0, 1000)) do
    giveBack(member)
  end
end
local function ownerOf(member)
  local id = string.sub(member, 2)
  if string.sub(member, 1, 1) == 'o' then return redis.call('HGET', base .. 'o' .. id, 'k') end
  local claim = redis.call('HGET', base .. 'K', id)
  return claim and string.match(claim, '(%S+) ')
end
`

/** The heads of every partition it is given: two keys each. */
export const HEADS = script(
  `
local answer = {}
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
for i = 1, #KEYS, 2 do
  for _, which in ipairs({'e', 'd', 'l'}) do
    local head = redis.call('ZRANGE', KEYS[i] .. which, 0, 0, 'WITHSCORES')[2] or ''
    if which == 'l' and head ~= '' then head = string.format('%d', math.max(0, tonumber(head) - now)) end
    answer[#answer + 1] = head
  end
end
return answer`,
  false
)

/** now, limit, token, lease → heads and the timers, each its id, contact and JSON. */
export const CLAIM_TIMERS = script(
  `${WAITS}
local now, limit, token, lease = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
giveBackLate()
local found = redis.call('ZRANGEBYSCORE', base .. 'e', '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit)
local rows = {}
for i = 1, #found, 2 do
  local id, due = found[i], found[i + 1]
  redis.call('ZREM', base .. 'e', id)
  redis.call('HSET', base .. 'K', id, token .. ' ' .. due)
  redis.call('ZADD', base .. 'l', serverNow() + lease, 't' .. id)
  rows[#rows + 1] = redis.call('HGET', base .. 'T', id)
end
return {heads(), rows}`,
  true
)

/** now, limit, token, lease → heads and the rows: JSON, tries, how it ended, its result. */
export const CLAIM_OUTBOX = script(
  `${WAITS}
local now, limit, token, lease = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
giveBackLate()
local rows = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', base .. 'd', '-inf', now, 'LIMIT', 0, limit)) do
  local key = base .. 'o' .. id
  redis.call('ZREM', base .. 'd', id)
  redis.call('HINCRBY', key, 'n', 1)
  redis.call('HSET', key, 'k', token)
  redis.call('ZADD', base .. 'l', serverNow() + lease, 'o' .. id)
  rows[#rows + 1] = redis.call('HMGET', key, 'j', 'n', 'e', 'x')
end
return {heads(), rows}`,
  true
)

/** id, token, and either 'done' or a time to come back at. A claim that is not this one's changes nothing. */
export const SETTLE_TIMER = script(
  `${WAITS}
local id, token, due = ARGV[1], ARGV[2], ARGV[3]
if ownerOf('t' .. id) == token then
  redis.call('HDEL', base .. 'K', id)
  redis.call('ZREM', base .. 'l', 't' .. id)
  if due == 'done' then
    redis.call('HDEL', base .. 'T', id)
  else
    redis.call('ZADD', base .. 'e', due, id)
  end
end
return {heads()}`,
  true
)

/** id, token, how ('retry', 'done' or 'parked') and the due time or the result. */
export const SETTLE_OUTBOX = script(
  `${WAITS}
local id, token, how, what = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local key = base .. 'o' .. id
if ownerOf('o' .. id) == token then
  if how == 'retry' then
    redis.call('HDEL', key, 'k')
    redis.call('HSET', key, 'd', what)
    redis.call('ZREM', base .. 'l', 'o' .. id)
    redis.call('ZADD', base .. 'd', what, id)
  elseif redis.call('HEXISTS', key, 'e') == 0 then
    redis.call('HSET', key, 'e', how, 'x', what)
  end
end
return {heads()}`,
  true
)

/** id, token. The recipient's next row may go; a parked row is kept whole, for the person who will look at it. */
export const CLOSE_OUTBOX = script(
  `${WAITS}
local id, token = ARGV[1], ARGV[2]
local key = base .. 'o' .. id
local row = redis.call('HMGET', key, 'k', 'e', 'r')
if row[1] == token and row[2] then
  local queue = base .. 'q' .. row[3]
  redis.call('LREM', queue, 1, id)
  redis.call('ZREM', base .. 'l', 'o' .. id)
  if row[2] == 'parked' then
    redis.call('HDEL', key, 'k')
    redis.call('SADD', base .. 'p', id)
  else
    redis.call('DEL', key)
  end
  local following = redis.call('LINDEX', queue, 0)
  if following then
    redis.call('ZADD', base .. 'd', redis.call('HGET', base .. 'o' .. following, 'd'), following)
  end
end
return {heads()}`,
  true
)

/** lease, then member and token of each claim: those still held are held for longer; with a lease of 0 they go back. */
export const HOLD = script(
  `${WAITS}
local lease = tonumber(ARGV[1])
for i = 2, #ARGV, 2 do
  if ownerOf(ARGV[i]) == ARGV[i + 1] then
    if lease > 0 then
      redis.call('ZADD', base .. 'l', serverNow() + lease, ARGV[i])
    else
      giveBack(ARGV[i])
    end
  end
end
return {heads()}`,
  true
)
