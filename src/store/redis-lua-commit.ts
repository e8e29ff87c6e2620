import { WAITS } from './redis-lua-jobs.ts'
import { script } from './redis-script.ts'

/**
 * One turn, in one partition. `{P}c<id>` a contact behind its header; `{P}g<id>` its log; `{P}n` 24 bytes for each
 * contact in the order they were begun: id and when; `{P}F` the numbers of facets and `{P}f<number>` a bit for each
 * contact that has it; `{P}u` contacts by the hour they were touched; `{P}W` the numbers of texts by hash and `{P}V` the
 * texts; `{P}w<webhook>` a reply and `{P}r` replies by the turn's time.
 *
 * KEYS behind the two of the partition are locators, given where one server holds everything. They are written here,
 * with the turn; a Cluster's are written before it.
 */
const HELPERS = `
local born = KEYS[2]
-- One argument holds them all, each behind its length.
local at, text = 1, nil
local function take() text, at = struct.unpack('>I4c0', ARGV[1], at); return text end
local function takeNumber() return tonumber(take()) end
local function varint(n)
  local bytes = {}
  while n >= 128 do bytes[#bytes + 1] = string.char(n % 128 + 128); n = math.floor(n / 128) end
  bytes[#bytes + 1] = string.char(n)
  return table.concat(bytes)
end
local function readVarint(text, from)
  local n, unit = 0, 1
  while true do
    local byte = string.byte(text, from)
    from = from + 1
    n = n + (byte % 128) * unit
    if byte < 128 then return n, from end
    unit = unit * 128
  end
end
-- The numbers of the lines that are written; read only when a number comes that is not above all of them.
local function linesOf(key)
  local log, from, lines = redis.call('GET', key) or '', 1, {}
  while from <= #log do
    local length, start = readVarint(log, from)
    lines[readVarint(log, start)] = true
    from = start + length
  end
  return lines
end
-- Numbers for names, each new one given the next; told of every new one.
local function numbersOf(key, names, new)
  if #names == 0 then return {} end
  local numbers = redis.call('HMGET', key, unpack(names))
  for i, name in ipairs(names) do
    -- A name may come twice in one turn.
    numbers[i] = numbers[i] or redis.call('HGET', key, name)
    if not numbers[i] then
      numbers[i] = redis.call('HLEN', key)
      redis.call('HSET', key, name, numbers[i])
      if new then new(i, numbers[i]) end
    end
    numbers[i] = tonumber(numbers[i])
  end
  return numbers
end
local function eachFacet(packed, work)
  for i = 1, #packed, 2 do work(base .. 'f' .. struct.unpack('>I2', packed, i), string.sub(packed, i, i + 1)) end
end
local NONE = string.rep('\\0', 8)
`

const GUARDS = `
local webhook, reply, keep = take(), take(), take()
if webhook ~= '' then
  local seen = redis.call('GET', base .. 'w' .. webhook)
  if seen == 'x' then return {'elsewhere'} end
  if seen then
    -- A write, so that WAIT says whether the replicas have what is now acknowledged once more.
    redis.call('PEXPIRE', base .. 'w' .. webhook, keep)
    return {'seen', seen}
  end
end
local locators = {}
for i = 3, #KEYS do locators[i] = {take(), take(), take()} end
for i = 3, #KEYS do
  local value = locators[i][1] ~= 'add' and redis.call('GET', KEYS[i])
  if value and value ~= locators[i][2] then
    if locators[i][1] == 'mine' then return {'elsewhere'} end
    return {'overtaken'}
  end
end
local located, refTaken = take() == '1', take() == '1'
local id, expected, turn = take(), takeNumber(), takeNumber()
local address, call = take(), take()
local contactKey, logKey = base .. 'c' .. id, base .. 'g' .. id
local head = redis.call('GETRANGE', contactKey, 0, 255)
local was
if head ~= '' then
  local _, t, line, no, since, touched, a, c, l, n = struct.unpack('>BI4I4I4ddc8c8c8B', head)
  was = {turn = t, line = line, no = no, born = since, updated = touched, address = a, call = c, listed = l}
  was.facets = string.sub(head, 54, 53 + 2 * n)
  was.resting = string.byte(head, 54 + 2 * n)
end
if (was and was.turn or 0) ~= expected or turn ~= expected + 1 or refTaken then return {'overtaken'} end
local last, lines = was and was.line or 0, nil
for _ = 1, takeNumber() do
  local line = takeNumber()
  if was and line <= was.line then
    lines = lines or linesOf(logKey)
    if lines[line] then return {'overtaken'} end
  end
  if line > last then last = line end
end
local rowsAt = at
for _ = 1, takeNumber() do
  local row = {take(), take(), take(), take(), take()}
  if redis.call('EXISTS', base .. 'o' .. row[1]) == 1 then return {'refused', row[1]} end
end
local newAddress = not was or address ~= was.address
local newCall = call ~= NONE and (not was or call ~= was.call)
if not located and (newAddress or newCall) then return {'locate', newAddress and 1 or 0, newCall and 1 or 0} end
`

const WRITES = `
for i = 3, #KEYS do
  local how, value, life = unpack(locators[i])
  if how == 'add' then
    redis.call('APPEND', KEYS[i], value)
  elseif life == '' then
    redis.call('SET', KEYS[i], value)
  else
    redis.call('SET', KEYS[i], value, 'PX', life)
  end
end
if webhook ~= '' then redis.call('SET', base .. 'w' .. webhook, reply, 'PX', keep) end
at = rowsAt
for _ = 1, takeNumber() do
  local row, recipient, due, tries, json = take(), take(), take(), take(), take()
  redis.call('HSET', base .. 'o' .. row, 'j', json, 'r', recipient, 'n', tries, 'd', due)
  if redis.call('RPUSH', base .. 'q' .. recipient, row) == 1 then redis.call('ZADD', base .. 'd', due, row) end
end
local owner = take()
for _ = 1, takeNumber() do
  local timer = take()
  local value = redis.call('HGET', base .. 'T', timer)
  if value and string.sub(value, 1, #owner + 1) == owner .. '\\n' then
    redis.call('HDEL', base .. 'T', timer)
    if redis.call('ZREM', base .. 'e', timer) == 0 then
      redis.call('HDEL', base .. 'K', timer)
      redis.call('ZREM', base .. 'l', 't' .. timer)
    end
  end
end
for _ = 1, takeNumber() do
  local timer, due, value = take(), take(), take()
  redis.call('HSET', base .. 'T', timer, value)
  if redis.call('HDEL', base .. 'K', timer) == 1 then redis.call('ZREM', base .. 'l', 't' .. timer) end
  redis.call('ZADD', base .. 'e', due, timer)
end
local updated, hour, body, resting = take(), takeNumber(), take(), takeNumber()
if webhook ~= '' then redis.call('ZADD', base .. 'r', updated, webhook) end
if not was then
  was = {no = redis.call('STRLEN', born) / 24, facets = '', resting = resting}
  local t = redis.call('TIME')
  was.born = tonumber(t[1]) * 1000000 + tonumber(t[2])
  if was.no > 0 then
    -- A clock that stood or went back must not turn the order of two contacts round.
    local before = struct.unpack('>d', redis.call('GETRANGE', born, was.no * 24 - 8, was.no * 24 - 1))
    if was.born <= before then was.born = before + 1 end
  end
  redis.call('SETRANGE', born, was.no * 24, id .. struct.pack('>d', was.born))
end
if not was.updated or math.floor(was.updated / 3600000) ~= hour then redis.call('ZADD', base .. 'u', hour, was.no) end
local listed, facets = take(), {}
for i = 1, takeNumber() do facets[i] = take() end
local packed = was.facets
if listed ~= was.listed then
  for i, n in ipairs(numbersOf(base .. 'F', facets)) do facets[i] = struct.pack('>I2', n) end
  packed = table.concat(facets)
  local had = {}
  eachFacet(was.facets, function(_, facet) had[facet] = true end)
  eachFacet(packed, function(key, facet)
    if had[facet] then had[facet] = nil else redis.call('SETBIT', key, was.no, 1) end
  end)
  eachFacet(was.facets, function(key, facet) if had[facet] then redis.call('SETBIT', key, was.no, 0) end end)
end
redis.call('SET', contactKey, struct.pack('>BI4I4I4ddc8c8c8B', 1, turn, last, was.no, was.born, tonumber(updated), address,
  call, listed, #packed / 2) .. packed .. string.char(resting) .. body)
local hashes, texts = {}, {}
for i = 1, takeNumber() do hashes[i] = take(); texts[i] = take() end
local numbers = numbersOf(base .. 'W', hashes, function(i, n) redis.call('HSET', base .. 'V', n, texts[i]) end)
local written = {}
for _ = 1, takeNumber() do
  local parts = {take()}
  for _ = 1, takeNumber() do parts[#parts + 1] = varint(numbers[takeNumber()]) end
  parts[#parts + 1] = take()
  local line = table.concat(parts)
  written[#written + 1] = varint(#line) .. line
end
if #written > 0 or resting ~= was.resting then
  local more = table.concat(written)
  if resting == 1 then
    -- APPEND leaves room for as much again; a contact that rests for years is kept without.
    redis.call('SET', logKey, (redis.call('GET', logKey) or '') .. more)
  elseif more ~= '' then
    redis.call('APPEND', logKey, more)
  end
end
return {'saved', heads()}
`

/** Saves a turn, or says 'seen', 'overtaken', 'elsewhere', 'locate' or 'refused' and changes nothing. */
export const COMMIT = script(WAITS + HELPERS + GUARDS + WRITES, true)

/**
 * Asks a partition for a webhook's reply, and where it has none shuts the webhook out of it for good: a turn that is still
 * on its way there comes too late.
 */
export const SHUT_OUT = script(
  `
local key = KEYS[1] .. 'w' .. ARGV[1]
local reply = redis.call('GET', key)
if reply and reply ~= 'x' then redis.call('PEXPIRE', key, ARGV[2]) return reply end
redis.call('SET', key, 'x', 'PX', ARGV[2])
return false`,
  true
)

/** Lets a webhook back in to a partition it was shut out of, once its locator names that partition again. */
export const LET_IN = script(
  `
local key = KEYS[1] .. 'w' .. ARGV[1]
if redis.call('GET', key) == 'x' then redis.call('DEL', key) end
return 1`,
  true
)

/** Moves a webhook's locator from one partition to another, unless somebody else moved it first. */
export const MOVE = script(
  `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1 end
return 0`,
  true
)

/** before, limit → the webhooks whose replies were dropped. */
export const EXPIRE = script(
  `
local base = KEYS[1]
local old = redis.call('ZRANGEBYSCORE', base .. 'r', '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, webhook in ipairs(old) do
  redis.call('DEL', base .. 'w' .. webhook)
  redis.call('ZREM', base .. 'r', webhook)
end
return old`,
  true
)

/** The number of a partition: the same for ever, and small, because every locator holds one. */
export const ALLOT = script(
  `
local n = redis.call('HGET', KEYS[1], ARGV[1])
if n then return tonumber(n) end
n = redis.call('HLEN', KEYS[1])
redis.call('HSET', KEYS[1], ARGV[1], n)
return n`,
  true
)
