-- Record outcomes of attempts: delivered, due again, or dead.
-- KEYS: deliver targets, counts    ARGV: prefix, completions (JSON): [{id, token, target, at, reason,
-- attempt (JSON text), due or false, keep}, ...]
-- Returns a list of 1 (recorded, or recorded before) and 0 (the lease was lost).
local prefix, results = ARGV[1], {}
for i, done in ipairs(cjson.decode(ARGV[2])) do
  local key = prefix .. 'delivery:' .. done.id
  local held = redis.call('HGET', key, 'token')
  if held == done.token .. ':done' then
    results[i] = 1
  elseif held ~= done.token then
    results[i] = 0
  else
    results[i] = 1
    local due = prefix .. 'deliver:due:' .. done.target
    local leased = prefix .. 'deliver:leased:' .. done.target
    local attempts = redis.call('HGET', key, 'attempts')
    local list = attempts and cjson.decode(attempts) or {}
    if #list >= done.keep then table.remove(list, 1) end
    list[#list + 1] = done.attempt
    redis.call('ZREM', leased, done.id)
    redis.call('HINCRBY', key, 'tries', 1)
    local state = 'due'
    if done.due then
      redis.call('ZADD', due, done.due, done.id)
      redis.call('HSET', key, 'due', done.due)
    else
      state = done.reason == 'delivered' and 'delivered' or 'dead'
      redis.call('ZREM', due, done.id)
      redis.call('ZREM', prefix .. 'deliveries:due', done.id)
      redis.call('ZADD', prefix .. 'deliveries:' .. state, done.at, done.id)
      redis.call('HDEL', key, 'due')
    end
    redis.call('HSET', key, 'state', state, 'attempts', cjson.encode(list), 'token', done.token .. ':done')
    redis.call('HINCRBY', KEYS[2], 'attempts:' .. done.target .. ':' .. done.reason, 1)
    local head = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
    local lease = redis.call('ZRANGE', leased, 0, 0, 'WITHSCORES')
    -- Never before those that wait: a target with an old backlog goes to the end of the row.
    local at = head[2] and math.max(tonumber(head[2]), done.at)
    if lease[2] and (not at or tonumber(lease[2]) < at) then at = tonumber(lease[2]) end
    if at then redis.call('ZADD', KEYS[1], at, done.target) else redis.call('ZREM', KEYS[1], done.target) end
  end
end
return results
