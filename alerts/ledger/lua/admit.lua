-- Commit one poll: new events with their seen keys, and only with them the validators and
-- the next poll. KEYS: poll due, poll tokens, source state, seen, seen_at, decide due, events,
-- hint, counts
-- ARGV: source id, token, state, next poll, now, hint ms, event key prefix, touched keys (JSON),
--       then per event: entry key, seen record, event id, event, seen ms
-- Returns -1 stale lease, 1 nudge the decide lane, 0 no need.
local held = redis.call('HGET', KEYS[2], ARGV[1])
if held == ARGV[2] .. ':done' then return 0 end
if held ~= ARGV[2] then return -1 end
for i = 9, #ARGV, 5 do
  if redis.call('SET', ARGV[7] .. ARGV[i + 2], ARGV[i + 3], 'NX') then
    redis.call('ZADD', KEYS[6], ARGV[5], ARGV[i + 2])
    redis.call('ZADD', KEYS[7], ARGV[i + 4], ARGV[i + 2])
    redis.call('HINCRBY', KEYS[9], 'events_admitted', 1)
  end
  redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 1])
end
for _, key in ipairs(cjson.decode(ARGV[8])) do redis.call('ZADD', KEYS[5], ARGV[5], key) end
redis.call('SET', KEYS[3], ARGV[3])
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1]) end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. ':done')
redis.call('HINCRBY', KEYS[9], 'polls', 1)
return #ARGV >= 9 and wake(KEYS[8], ARGV[6]) or 0
