-- Put a set of rules in force, and keep it for later explanations: the newest of them only.
-- KEYS: rule book, versions. ARGV: prefix, version, files (JSON), now, files (packed), how many to keep,
--       number of rules, names of receivers (JSON)
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'files', ARGV[3], 'at', ARGV[4], 'problem', '',
  'rules', ARGV[7], 'receivers', ARGV[8])
redis.call('SET', ARGV[1] .. 'rulebook:' .. ARGV[2], ARGV[5])
redis.call('LREM', KEYS[2], 0, ARGV[2])
redis.call('LPUSH', KEYS[2], ARGV[2])
for _, version in ipairs(redis.call('LRANGE', KEYS[2], ARGV[6], -1)) do
  redis.call('DEL', ARGV[1] .. 'rulebook:' .. version)
end
redis.call('LTRIM', KEYS[2], 0, ARGV[6] - 1)
return 1
