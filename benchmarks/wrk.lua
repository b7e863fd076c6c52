-- Posts the bodies of a file, one a line, in turn. Arguments: the file, the path, the type of the
-- bodies and, for a given rate of requests, the mean pause of a connection in milliseconds.
local requests, pause, position = {}, nil, 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  local headers = { ["Content-Type"] = arguments[3] }
  for line in io.lines(arguments[1]) do
    table.insert(requests, wrk.format("POST", arguments[2], headers, line))
  end
  pause = tonumber(arguments[4])
  answered, refused, unclear, other = 0, 0, 0, 0
end

function delay()
  if pause then
    return math.floor(-pause * math.log(1 - math.random()))
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function response(status, given)
  if status == 200 then
    answered = answered + 1
  elseif status == 503 then
    refused = refused + 1
    if not (given["Retry-After"] or given["retry-after"]) then
      unclear = unclear + 1
    end
  else
    other = other + 1
  end
end

function done(summary, latency)
  local total = { answered = 0, refused = 0, unclear = 0, other = 0 }
  for _, thread in ipairs(threads) do
    for name, number in pairs(total) do
      total[name] = number + thread:get(name)
    end
  end
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    '\nRESULT {"seconds": %f, "answered": %d, "refused": %d, "unclear": %d, "other": %d, '
      .. '"broken": %d, "median_ms": %f, "p99_ms": %f}\n',
    summary.duration / 1e6, total.answered, total.refused, total.unclear, total.other, broken,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
