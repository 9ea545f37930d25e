-- Compare and set of correlations' windows: {{key, read_version, keep (ms), json, count}, ...} (before every script).
local function window_changed(prefix, windows)
  for _, window in ipairs(windows) do
    local stored = redis.call('GET', prefix .. 'window:' .. window.key)
    local version = stored and cjson.decode(stored).version or 0
    if version ~= window.read_version then return true end
  end
  return false
end
local function put_windows(prefix, windows)
  for _, window in ipairs(windows) do
    redis.call('SET', prefix .. 'window:' .. window.key, window.json, 'PX', window.keep)
    if window.count ~= '' then redis.call('HINCRBY', prefix .. 'counts', window.count, 1) end
  end
end
