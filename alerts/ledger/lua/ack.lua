-- Acknowledge an alert: note who, and cancel what would escalate it and has not begun.
-- KEYS: deliver targets, counts    ARGV: prefix, now, ack (JSON), alert id, id of an earlier revision, ...
-- Returns {1 (0: it was acknowledged before), "target" that is cancelled, ...}; -1 where there is no such alert.
local prefix, now = ARGV[1], ARGV[2]
if redis.call('EXISTS', prefix .. 'alert:' .. ARGV[4]) == 0 then return {-1} end
local out = {redis.call('SET', prefix .. 'ack:' .. ARGV[4], ARGV[3], 'NX') and 1 or 0}
if out[1] == 1 then redis.call('HINCRBY', KEYS[2], 'acked', 1) end
for i = 4, #ARGV do
  for _, id in ipairs(redis.call('SMEMBERS', prefix .. 'escalations:' .. ARGV[i])) do
    local key = prefix .. 'delivery:' .. id
    local target = redis.call('HGET', key, 'target')
    if target and untouched(prefix, id, target) then
      redis.call('ZREM', prefix .. 'deliver:due:' .. target, id)
      redis.call('ZREM', prefix .. 'deliver:since:' .. target, id)
      redis.call('ZREM', prefix .. 'deliveries:due', id)
      redis.call('HSET', key, 'state', 'cancelled', 'due', '')
      redis.call('ZADD', prefix .. 'deliveries:cancelled', now, id)
      out[#out + 1] = target
    end
  end
end
return out
