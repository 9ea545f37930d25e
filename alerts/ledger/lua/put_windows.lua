-- Store windows of correlations that nothing is told of: ARGV: prefix, windows (JSON). 0 if one has changed.
local windows = cjson.decode(ARGV[2])
if window_changed(ARGV[1], windows) then return 0 end
put_windows(ARGV[1], windows)
return 1
