-- Commit one event's decision: its record, stories, alerts and deliveries, all or nothing.
-- KEYS: decide due, decide tokens, decision, alerts, deliver targets, deliveries:due, hint, counts
-- ARGV: event id, token, now, hint ms, record, story ttl (s), plan (JSON), prefix
-- The plan: {silences = version, keys = [[key, story id or false], ...], stories = [{id, read_version, json, keys}, ...],
--            alerts = [{id, json, at, rewrites}, ...], deliveries = [see delivery.lua, ...],
--            ended = [alert id, ...], windows = [{key, read_version, keep, json}, ...], counts = [name, ...],
--            marks_read = [[key, alert id or false], ...], marks = [{key, json, keep}, ...]}
-- An alert that waits for its time is written anew, but not once a delivery of it, or the digest that it
-- waits in, has begun; nor does anything join a digest that has.
-- Returns -1 stale lease, -2 what was read has changed since, 1 nudge deliver, 0 no need.
if redis.call('HGET', KEYS[3], 'token') == ARGV[2] then return 0 end
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return -1 end
local plan, prefix = cjson.decode(ARGV[7]), ARGV[8]
if tonumber(redis.call('HGET', prefix .. 'silences', 'version') or 0) ~= plan.silences then return -2 end
if marks_changed(prefix, plan.marks_read) then return -2 end
for _, pair in ipairs(plan.keys) do
  if redis.call('GET', prefix .. 'story_key:' .. pair[1]) ~= pair[2] then return -2 end
end
for _, story in ipairs(plan.stories) do
  local stored = redis.call('GET', prefix .. 'story:' .. story.id)
  local version = stored and cjson.decode(stored).version or 0
  if version ~= story.read_version then return -2 end
end
if window_changed(prefix, plan.windows) then return -2 end
local rewritten = {}
for _, alert in ipairs(plan.alerts) do rewritten[alert.id] = alert.rewrites end
for _, delivery in ipairs(plan.deliveries) do
  if begun(prefix, delivery) then return -2 end
  local stored = rewritten[delivery.alert] and redis.call('HGET', prefix .. 'delivery:' .. delivery.id, 'held')
  local state = rewritten[delivery.alert] and redis.call('HGET', prefix .. 'delivery:' .. delivery.id, 'state')
  local known = state and state ~= 'cancelled'
  local carrier = stored and cjson.decode(stored).delivery or delivery.id
  if known and not untouched(prefix, carrier, delivery.target) then return -2 end
end
for _, story in ipairs(plan.stories) do
  redis.call('SET', prefix .. 'story:' .. story.id, story.json, 'EX', ARGV[6])
  for _, key in ipairs(story.keys) do
    redis.call('SET', prefix .. 'story_key:' .. key, story.id, 'EX', ARGV[6])
  end
end
put_windows(prefix, plan.windows)
put_marks(prefix, plan.marks)
for _, alert in ipairs(plan.alerts) do
  if redis.call('SET', prefix .. 'alert:' .. alert.id, alert.json, 'NX') then
    redis.call('ZADD', KEYS[4], alert.at, alert.id)
    redis.call('HINCRBY', KEYS[8], 'alerts', 1)
  elseif alert.rewrites then
    redis.call('SET', prefix .. 'alert:' .. alert.id, alert.json)
  end
end
local nudge = 0
for _, delivery in ipairs(plan.deliveries) do
  if put_delivery(prefix, KEYS[5], KEYS[6], delivery, ARGV[3]) then nudge = 1 end
end
for _, alert in ipairs(plan.ended) do cancel_escalations(prefix, alert, ARGV[3]) end
for _, name in ipairs(plan.counts) do redis.call('HINCRBY', KEYS[8], name, 1) end
redis.call('HSET', KEYS[3], 'record', ARGV[5], 'token', ARGV[2])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return nudge == 1 and wake(KEYS[7], ARGV[4]) or 0
