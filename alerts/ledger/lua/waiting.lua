-- How many wait in each index, and the score of its first. Reads only.
-- KEYS: sorted sets    Returns {count, score or '', ...} in their order.
local out = {}
for i, index in ipairs(KEYS) do
  out[2 * i - 1] = redis.call('ZCARD', index)
  out[2 * i] = redis.call('ZRANGE', index, 0, 0, 'WITHSCORES')[2] or ''
end
return out
