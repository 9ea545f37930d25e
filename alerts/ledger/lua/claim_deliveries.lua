-- Claim due deliveries, the targets in turn, none beyond its share in flight.
-- KEYS: deliver targets, fence    ARGV: now, limit, lease end, prefix, default in flight, {target: n} (JSON)
-- Returns {id, token, {alert, target, state, created, due, tries, attempts, why, max_items, until,
-- escalation}, what, ...}; what is
-- the alert's JSON, of a digest {thread, "alert:delivery ...", ...} as JSON.
local now, limit, prefix = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[4]
local caps = cjson.decode(ARGV[6])
local out, taken = {}, 0
local token = redis.call('INCRBY', KEYS[2], limit) - limit  -- tokens for all that may be claimed
local targets = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, math.max(limit, 64))
for _, target in ipairs(targets) do
  local due, leased = prefix .. 'deliver:due:' .. target, prefix .. 'deliver:leased:' .. target
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', leased, '-inf', now)) do
    redis.call('ZREM', leased, id)
    redis.call('ZADD', due, now, id)
  end
  local share = (caps[target] or tonumber(ARGV[5])) - redis.call('ZCARD', leased)
  local room = math.min(share, limit - taken)
  if room > 0 then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, room)) do
      redis.call('ZREM', due, id)
      local key = prefix .. 'delivery:' .. id
      local fields = redis.call('HMGET', key, 'alert', 'target', 'state', 'created', 'due', 'tries', 'attempts',
        'why', 'max_items', 'until', 'escalation')
      local alert = fields[1] and redis.call('GET', prefix .. 'alert:' .. fields[1])
      if fields[10] then
        local threads = redis.call('HGETALL', prefix .. 'digest:' .. fields[1])
        alert = threads[1] and cjson.encode(threads)
      end
      if alert then
        token = token + 1
        redis.call('ZADD', leased, ARGV[3], id)
        redis.call('HSET', key, 'token', token)
        out[#out + 1] = id
        out[#out + 1] = token
        out[#out + 1] = fields
        out[#out + 1] = alert
        taken = taken + 1
        share = share - 1
      else -- its alert was forgotten: there is nothing left to send
        redis.call('DEL', key)
        redis.call('ZREM', prefix .. 'deliveries:due', id)
        redis.call('ZREM', prefix .. 'deliver:since:' .. target, id)
      end
    end
  end
  -- When may this target be looked at again? At its next due delivery if it has a free
  -- share (never before those that wait: `now` puts it last), else when a lease ends.
  local head = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  local lease = redis.call('ZRANGE', leased, 0, 0, 'WITHSCORES')
  local at
  if head[2] and share > 0 then at = math.max(tonumber(head[2]), now) end
  if lease[2] and (not at or tonumber(lease[2]) < at) then at = tonumber(lease[2]) end
  if at then redis.call('ZADD', KEYS[1], at, target) else redis.call('ZREM', KEYS[1], target) end
  if taken >= limit then break end
end
return out
