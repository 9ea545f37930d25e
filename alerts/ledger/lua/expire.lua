-- Forget what is older than the retention, a bounded number of each at a time.
-- KEYS: events, decide due, alerts, deliveries:delivered, deliveries:dead, deliveries:due, deliveries:cancelled
-- ARGV: prefix, cutoff, limit, source id, ...
-- Returns how many things were forgotten. What still waits for a decision is kept; so are alerts
-- as young as the oldest delivery that still waits, and the entry keys of a source's last
-- document however old it is: else its next change would make every old item of it news.
local prefix, cutoff, limit, gone = ARGV[1], tonumber(ARGV[2]), ARGV[3], 0
local function old(index, kept)
  local before = cutoff
  if kept[2] and tonumber(kept[2]) <= before then before = tonumber(kept[2]) - 1 end
  return redis.call('ZRANGEBYSCORE', index, '-inf', before, 'LIMIT', 0, limit)
end
for _, id in ipairs(old(KEYS[1], {})) do
  if not redis.call('ZSCORE', KEYS[2], id) then
    redis.call('DEL', prefix .. 'event:' .. id, prefix .. 'decision:' .. id)
    redis.call('ZREM', KEYS[1], id)
    gone = gone + 1
  end
end
for _, id in ipairs(old(KEYS[3], redis.call('ZRANGE', KEYS[6], 0, 0, 'WITHSCORES'))) do
  redis.call('DEL', prefix .. 'alert:' .. id, prefix .. 'ack:' .. id, prefix .. 'escalations:' .. id)
  redis.call('ZREM', KEYS[3], id)
  gone = gone + 1
end
for _, i in ipairs({4, 5, 7}) do
  for _, id in ipairs(old(KEYS[i], {})) do
    local stored = redis.call('HMGET', prefix .. 'delivery:' .. id, 'target', 'alert')
    local target, alert = stored[1], stored[2] or ''
    if target and i == 5 then redis.call('HINCRBY', prefix .. 'deliver:dead', target, -1) end
    for _, one in ipairs(i == 5 and carried(prefix, alert) or {}) do
      redis.call('DEL', prefix .. 'delivery:' .. one)
      redis.call('ZREM', prefix .. 'deliveries:held', one)
      redis.call('HINCRBY', prefix .. 'deliver:held', target, -1)
    end
    redis.call('DEL', prefix .. 'delivery:' .. id, prefix .. 'digest:' .. alert)
    redis.call('ZREM', KEYS[i], id)
    gone = gone + 1
  end
end
local silences = prefix .. 'silences'
for _, id in ipairs(redis.call('HKEYS', silences)) do
  local over = id ~= 'version' and redis.call('ZSCORE', prefix .. 'silences:ends', id)
  if over and tonumber(over) <= cutoff then
    redis.call('HDEL', silences, id)
    redis.call('ZREM', prefix .. 'silences:ends', id)
    gone = gone + 1
  end
end
for i = 4, #ARGV do
  local seen_at = prefix .. 'seen_at:' .. ARGV[i]
  for _, key in ipairs(old(seen_at, redis.call('ZRANGE', seen_at, -1, -1, 'WITHSCORES'))) do
    redis.call('HDEL', prefix .. 'seen:' .. ARGV[i], key)
    redis.call('ZREM', seen_at, key)
    gone = gone + 1
  end
end
return gone
