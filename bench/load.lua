-- What wrk does in the bench. BENCH_RATE: requests a second, spread evenly; unset: as fast as answers come.
-- BENCH_BODY: sent by POST. The result is one line of JSON.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long microseconds; } bench_time;
  int gettimeofday(bench_time *time, void *zone);
]]

local rate = tonumber(os.getenv("BENCH_RATE") or "")
local body = os.getenv("BENCH_BODY")
local now = ffi.new("bench_time")
local slot = 0

if body then
  wrk.method = "POST"
  wrk.body = body
  wrk.headers["Content-Type"] = "application/json"
end

-- A connection that is free takes the next slot. wrk counts an answer's time from when its request is sent.
if rate then
  function delay()
    ffi.C.gettimeofday(now, nil)
    local ms = tonumber(now.seconds) * 1000 + tonumber(now.microseconds) / 1000
    slot = math.max(slot + 1000 / rate, ms)
    return math.floor(slot - ms + 0.5)
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d,"p999":%d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)
  ))
end
