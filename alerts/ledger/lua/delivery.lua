-- Storing a delivery, on its own or in a digest (before every script).
-- A row: {id, alert, target, created, due, held or false, escalation (JSON) or false}; held: {digest, delivery, thread, why, max_items, json}.
-- A digest is a hash, thread -> "alert:delivery alert:delivery ...", the last one the newest; it travels by a
-- delivery of its own, whose alert is the digest's id. What is in it stays in it: it is full once its
-- delivery has begun.
local function untouched(prefix, id, target)
  local tries = redis.call('HGET', prefix .. 'delivery:' .. id, 'tries')
  return tries == '0' and redis.call('ZSCORE', prefix .. 'deliver:due:' .. target, id)
end
local function begun(prefix, row)
  if not row.held or redis.call('EXISTS', prefix .. 'delivery:' .. row.id) == 1 then return false end
  local carrier = row.held.delivery
  return redis.call('EXISTS', prefix .. 'delivery:' .. carrier) == 1 and not untouched(prefix, carrier, row.target)
end
local function put_due(prefix, targets, waiting, row)
  local key = prefix .. 'delivery:' .. row.id
  if redis.call('HSETNX', key, 'alert', row.alert) == 0 then return false end
  redis.call('HSET', key, 'target', row.target, 'state', 'due', 'created', row.created, 'due', row.due, 'tries', 0)
  redis.call('ZADD', prefix .. 'deliver:due:' .. row.target, row.due, row.id)
  redis.call('ZADD', prefix .. 'deliver:since:' .. row.target, row.due, row.id)
  redis.call('ZADD', targets, 'LT', row.due, row.target)
  redis.call('ZADD', waiting, row.created, row.id)
  if row.escalation then
    redis.call('HSET', key, 'escalation', row.escalation)
    redis.call('SADD', prefix .. 'escalations:' .. row.alert, row.id)
  end
  return true
end
local function put_held(prefix, targets, waiting, row)
  local key, held = prefix .. 'delivery:' .. row.id, row.held
  if redis.call('HSETNX', key, 'alert', row.alert) == 0 then return end
  redis.call('HSET', key, 'target', row.target, 'state', 'held', 'created', row.created, 'due', row.due,
    'tries', 0, 'held', held.json)
  redis.call('ZADD', prefix .. 'deliveries:held', row.created, row.id)
  redis.call('HINCRBY', prefix .. 'deliver:held', row.target, 1)
  local digest, one = prefix .. 'digest:' .. held.digest, row.alert .. ':' .. row.id
  local before = redis.call('HGET', digest, held.thread)
  redis.call('HSET', digest, held.thread, before and before .. ' ' .. one or one)
  local carrier = {id = held.delivery, alert = held.digest, target = row.target, created = row.created, due = row.due}
  if put_due(prefix, targets, waiting, carrier) then
    redis.call('HSET', prefix .. 'delivery:' .. held.delivery, 'why', held.why, 'max_items', held.max_items,
      'until', row.due)
  end
end
-- Returns whether it is due now.
local function put_delivery(prefix, targets, waiting, row, now)
  if row.held then
    put_held(prefix, targets, waiting, row)
    return false
  end
  return put_due(prefix, targets, waiting, row) and row.due <= tonumber(now)
end
-- The deliveries that go with a digest's.
local function carried(prefix, digest)
  local ids = {}
  if string.sub(digest, 1, 4) ~= 'dig_' then return ids end
  for _, many in ipairs(redis.call('HVALS', prefix .. 'digest:' .. digest)) do
    for id in string.gmatch(many, ':(%S+)') do ids[#ids + 1] = id end
  end
  return ids
end
-- Take what would escalate an alert and has not begun out of the index; returns its targets.
local function cancel_escalations(prefix, alert, now)
  local targets = {}
  for _, id in ipairs(redis.call('SMEMBERS', prefix .. 'escalations:' .. alert)) do
    local key = prefix .. 'delivery:' .. id
    local target = redis.call('HGET', key, 'target')
    if target and untouched(prefix, id, target) then
      redis.call('ZREM', prefix .. 'deliver:due:' .. target, id)
      redis.call('ZREM', prefix .. 'deliver:since:' .. target, id)
      redis.call('ZREM', prefix .. 'deliveries:due', id)
      redis.call('HSET', key, 'state', 'cancelled', 'due', '')
      redis.call('ZADD', prefix .. 'deliveries:cancelled', now, id)
      targets[#targets + 1] = target
    end
  end
  return targets
end
