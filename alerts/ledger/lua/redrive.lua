-- Put dead deliveries back on the schedule, from its beginning, under their old ids.
-- KEYS: deliver targets    ARGV: prefix, now, id, id, ...
-- Returns the ids that were dead and whose alert is still there to be sent.
local prefix, now, out = ARGV[1], ARGV[2], {}
for i = 3, #ARGV do
  local id = ARGV[i]
  local key = prefix .. 'delivery:' .. id
  local alert = redis.call('HGET', key, 'alert')
  local kept = alert and redis.call('EXISTS', prefix .. 'alert:' .. alert, prefix .. 'digest:' .. alert) == 1
  if kept and redis.call('HGET', key, 'state') == 'dead' then
    local target = redis.call('HGET', key, 'target')
    redis.call('HSET', key, 'state', 'due', 'due', now, 'tries', 0)
    redis.call('ZREM', prefix .. 'deliveries:dead', id)
    local created = redis.call('HGET', key, 'created')
    redis.call('ZADD', prefix .. 'deliveries:due', created, id)
    redis.call('ZADD', prefix .. 'deliver:since:' .. target, created, id)
    redis.call('HINCRBY', prefix .. 'deliver:dead', target, -1)
    redis.call('ZADD', prefix .. 'deliver:due:' .. target, now, id)
    redis.call('ZADD', KEYS[1], 'LT', now, target)
    out[#out + 1] = id
  end
end
return out
