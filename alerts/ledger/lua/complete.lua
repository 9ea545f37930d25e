-- Record outcomes of attempts: delivered, due again, or dead.
-- KEYS: deliver targets, counts, delays    ARGV: prefix, completions (JSON): [{id, token, target, at, reason,
-- attempt (JSON text), due or false, keep, published or false, seen or false}, ...], bounds (JSON, seconds)
-- Returns a list of 1 (recorded, or recorded before) and 0 (the lease was lost).
local prefix, results = ARGV[1], {}
local counts, targets, delays = {}, {}, {}
local bounds = cjson.decode(ARGV[3])
local function count_delay(kind, ms)
  local class = 'inf'
  for _, bound in ipairs(bounds) do
    if ms <= bound * 1000 then class = bound break end
  end
  delays[kind .. ':' .. class] = (delays[kind .. ':' .. class] or 0) + 1
  delays[kind .. ':ms'] = (delays[kind .. ':ms'] or 0) + ms
end
for i, done in ipairs(cjson.decode(ARGV[2])) do
  local key = prefix .. 'delivery:' .. done.id
  local stored = redis.call('HMGET', key, 'token', 'attempts', 'tries', 'created', 'alert')
  if stored[1] == done.token .. ':done' then
    results[i] = 1
  elseif stored[1] ~= done.token then
    results[i] = 0
  else
    results[i] = 1
    local attempts = stored[2] and cjson.decode(stored[2]) or {}
    if #attempts >= done.keep then table.remove(attempts, 1) end
    attempts[#attempts + 1] = done.attempt
    redis.call('ZREM', prefix .. 'deliver:leased:' .. done.target, done.id)
    local state = 'due'
    if done.due then
      redis.call('ZADD', prefix .. 'deliver:due:' .. done.target, done.due, done.id)
    else
      state = done.reason == 'delivered' and 'delivered' or 'dead'
      if state == 'delivered' and done.published then
        count_delay('published', math.max(done.at - done.published, 0))
      end
      if state == 'delivered' and done.seen then
        -- What a route's group_wait held back was held back on purpose.
        local since = redis.call('ZSCORE', prefix .. 'deliver:since:' .. done.target, done.id)
        local wait = math.max((tonumber(since) or 0) - tonumber(stored[4]), 0)
        count_delay('seen', math.max(done.at - done.seen - wait, 0))
      end
      if state == 'dead' then redis.call('HINCRBY', prefix .. 'deliver:dead', done.target, 1) end
      redis.call('ZREM', prefix .. 'deliver:since:' .. done.target, done.id)
      redis.call('ZREM', prefix .. 'deliveries:due', done.id)
      redis.call('ZADD', prefix .. 'deliveries:' .. state, done.at, done.id)
      for _, id in ipairs(state == 'delivered' and carried(prefix, stored[5]) or {}) do
        redis.call('HSET', prefix .. 'delivery:' .. id, 'state', 'delivered', 'due', '',
          'attempts', cjson.encode({done.attempt}), 'tries', 1)
        redis.call('ZREM', prefix .. 'deliveries:held', id)
        redis.call('ZADD', prefix .. 'deliveries:delivered', done.at, id)
        redis.call('HINCRBY', prefix .. 'deliver:held', done.target, -1)
      end
    end
    redis.call('HSET', key, 'state', state, 'due', done.due or '', 'attempts', cjson.encode(attempts),
      'tries', stored[3] + 1, 'token', done.token .. ':done')
    local count = 'attempts:' .. done.target .. ':' .. done.reason
    counts[count] = (counts[count] or 0) + 1
    targets[done.target] = math.max(targets[done.target] or 0, done.at)
  end
end
for name, more in pairs(counts) do redis.call('HINCRBY', KEYS[2], name, more) end
for name, more in pairs(delays) do redis.call('HINCRBY', KEYS[3], name, more) end
for target, now in pairs(targets) do
  local head = redis.call('ZRANGE', prefix .. 'deliver:due:' .. target, 0, 0, 'WITHSCORES')
  local lease = redis.call('ZRANGE', prefix .. 'deliver:leased:' .. target, 0, 0, 'WITHSCORES')
  -- Never before those that wait: a target with an old backlog goes to the end of the row.
  local at = head[2] and math.max(tonumber(head[2]), now)
  if lease[2] and (not at or tonumber(lease[2]) < at) then at = tonumber(lease[2]) end
  if at then redis.call('ZADD', KEYS[1], at, target) else redis.call('ZREM', KEYS[1], target) end
end
return results
