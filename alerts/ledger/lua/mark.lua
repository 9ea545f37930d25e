-- Compare and set of inhibitions' marks (before every script).
-- read: {{key, alert id or false}, ...}; marks: {{key, json, keep (ms)}, ...}
local function marks_changed(prefix, read)
  for _, pair in ipairs(read) do
    local stored = redis.call('GET', prefix .. 'inhibit:' .. pair[1])
    if (stored and cjson.decode(stored).alert or false) ~= pair[2] then return true end
  end
  return false
end
local function put_marks(prefix, marks)
  for _, mark in ipairs(marks) do
    redis.call('SET', prefix .. 'inhibit:' .. mark.key, mark.json, 'PX', mark.keep)
  end
end
