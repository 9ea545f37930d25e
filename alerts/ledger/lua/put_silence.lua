-- Store a silence, new or changed. KEYS: silences    ARGV: id, JSON, how many there may be, ms at which it ends
-- Whoever decided by the silences as they were before is refused: their version has changed.
-- Returns 1, or 0 where there are too many.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) > tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[1] .. ':ends', ARGV[4], ARGV[1])
redis.call('HINCRBY', KEYS[1], 'version', 1)
return 1
