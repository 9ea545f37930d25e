-- Make the poll index hold exactly the configured sources; a known one keeps its due time.
-- KEYS: poll due, poll tokens, sources    ARGV: rule book version, id, first poll, id, first poll, ...
local wanted = {}
for i = 2, #ARGV, 2 do
  wanted[ARGV[i]] = true
  redis.call('ZADD', KEYS[1], 'NX', ARGV[i + 1], ARGV[i])
end
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if not wanted[id] then
    redis.call('ZREM', KEYS[1], id)
    redis.call('HDEL', KEYS[2], id)
  end
end
redis.call('SET', KEYS[3], ARGV[1])
return 1
