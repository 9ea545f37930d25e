-- Claim what is due: move it to the lease's end and give it a new fencing token.
-- KEYS: due, tokens, fence    ARGV: now, limit, lease end, prefix of payloads ('' for none)
-- Returns {id, token, payload, ...}. What has lost its payload is dropped from the index.
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local out = {}
for _, id in ipairs(ids) do
  local payload = ''
  if ARGV[4] ~= '' then payload = redis.call('GET', ARGV[4] .. id) end
  if payload then
    local token = redis.call('INCR', KEYS[3])
    redis.call('ZADD', KEYS[1], ARGV[3], id)
    redis.call('HSET', KEYS[2], id, token)
    out[#out + 1] = id
    out[#out + 1] = token
    out[#out + 1] = payload
  else
    redis.call('ZREM', KEYS[1], id)
    redis.call('HDEL', KEYS[2], id)
  end
end
return out
