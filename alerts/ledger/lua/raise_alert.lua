-- Store an alert that no event sets off (the service's own, a silence) with its deliveries; once,
-- whoever calls twice, and with the windows of correlations that it was read from.
-- KEYS: alerts, deliver targets, deliveries:due, hint, counts
-- ARGV: prefix, now, hint ms, alert id, alert JSON, deliveries (JSON, see delivery.lua), windows (JSON)
-- What would join a digest that is on its way goes by itself.
-- Returns -2 a window has changed since it was read, -1 it was there already, 1 nudge deliver, 0 no need.
local prefix, windows = ARGV[1], cjson.decode(ARGV[7])
if window_changed(prefix, windows) then return -2 end
put_windows(prefix, windows)
if not redis.call('SET', prefix .. 'alert:' .. ARGV[4], ARGV[5], 'NX') then return -1 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[4])
redis.call('HINCRBY', KEYS[5], 'alerts', 1)
local nudge = 0
for _, delivery in ipairs(cjson.decode(ARGV[6])) do
  if begun(prefix, delivery) then
    delivery.held, delivery.due = false, tonumber(ARGV[2])
  end
  if put_delivery(prefix, KEYS[2], KEYS[3], delivery, ARGV[2]) then nudge = 1 end
end
return nudge == 1 and wake(KEYS[4], ARGV[3]) or 0
