-- Stands before every script: how a step that made work tells the lane that will do it.
-- `hint` is the lane's hint key. A run that waits (its `waiting` key lives) is woken by a push and
-- needs nothing else; else one "look now" is wanted, unless one is on its way. Returns 1: wanted.
local function wake(hint, hint_ms)
  redis.call('LPUSH', hint .. ':wake', 1)
  redis.call('LTRIM', hint .. ':wake', 0, 0)
  redis.call('PEXPIRE', hint .. ':wake', hint_ms)
  if redis.call('EXISTS', hint .. ':waiting') == 1 then return 0 end
  return redis.call('SET', hint, '1', 'NX', 'PX', hint_ms) and 1 or 0
end
