-- Acknowledge an alert: note who, and cancel what would escalate it and has not begun.
-- KEYS: deliver targets, counts    ARGV: prefix, now, ack (JSON), alert id, id of an earlier revision, ...
-- Returns {1 (0: it was acknowledged before), "target" that is cancelled, ...}; -1 where there is no such alert.
local prefix, now = ARGV[1], ARGV[2]
if redis.call('EXISTS', prefix .. 'alert:' .. ARGV[4]) == 0 then return {-1} end
local out = {redis.call('SET', prefix .. 'ack:' .. ARGV[4], ARGV[3], 'NX') and 1 or 0}
if out[1] == 1 then redis.call('HINCRBY', KEYS[2], 'acked', 1) end
for i = 4, #ARGV do
  for _, target in ipairs(cancel_escalations(prefix, ARGV[i], now)) do out[#out + 1] = target end
end
return out
