import { script } from './redis-script.ts'

/**
 * before (microseconds, or empty), whether that very instant counts, how many, from (milliseconds, or empty), the hour of
 * from, how many touched are worth sorting, names of facets → whether that is all, then 24 bytes for each contact, newest
 * first. Bitmaps are a bit for each contact, so that even a rare mix of facets is found by reading few bytes.
 */
export const LIST = script(
  `
local base, born = KEYS[1], KEYS[2]
local before, equal, want, from, hour, worth = ARGV[1], ARGV[2] == '1', tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local count = redis.call('STRLEN', born) / 24
local facets = {}
for i = 7, #ARGV do
  local n = redis.call('HGET', base .. 'F', ARGV[i])
  if not n then return {1} end
  facets[#facets + 1] = base .. 'f' .. n
end
local function bornAt(no) return struct.unpack('>d', redis.call('GETRANGE', born, no * 24 + 16, no * 24 + 23)) end
-- The first contact that is not before the cursor.
local top = count
if before ~= '' then
  local low, cursor = 0, tonumber(before)
  while low < top do
    local mid = math.floor((low + top) / 2)
    local at = bornAt(mid)
    if at < cursor or (equal and at == cursor) then low = mid + 1 else top = mid end
  end
end
local answer = {1}
-- False once there is one more than is wanted: the caller will ask again.
local function add(no)
  local row = redis.call('GETRANGE', born, no * 24, no * 24 + 23)
  if from then
    local head = redis.call('GETRANGE', base .. 'c' .. string.sub(row, 1, 16), 21, 28)
    if struct.unpack('>d', head) < from then return true end
  end
  if #answer > want then answer[1] = 0 return false end
  answer[#answer + 1] = row
  return true
end
local function has(no)
  for _, facet in ipairs(facets) do if redis.call('GETBIT', facet, no) == 0 then return false end end
  return true
end
if from then
  local touched = redis.call('ZRANGEBYSCORE', base .. 'u', hour, '+inf', 'LIMIT', 0, worth + 1)
  if #touched <= worth then
    for i, no in ipairs(touched) do touched[i] = tonumber(no) end
    table.sort(touched, function(a, b) return a > b end)
    for _, no in ipairs(touched) do
      if no < top and has(no) and not add(no) then return answer end
    end
    return answer
  end
end
if #facets == 0 then
  for no = top - 1, 0, -1 do if not add(no) then return answer end end
  return answer
end
local byte = math.floor((top - 1) / 8)
while byte >= 0 do
  local start = math.max(0, byte - 255)
  local chunks = {}
  for i, facet in ipairs(facets) do chunks[i] = redis.call('GETRANGE', facet, start, byte) end
  for b = byte, start, -1 do
    local bits = 255
    for _, chunk in ipairs(chunks) do bits = bit.band(bits, string.byte(chunk, b - start + 1) or 0) end
    for i = 7, 0, -1 do
      if bits == 0 then break end
      local mask = 2 ^ (7 - i)
      if bit.band(bits, mask) ~= 0 then
        bits = bits - mask
        if b * 8 + i < top and not add(b * 8 + i) then return answer end
      end
    end
  end
  byte = start - 1
end
return answer`,
  false
)
