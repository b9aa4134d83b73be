-- Sends the requests of a file in turn. Arguments: the file, and how many to send in all (0: until SIGINT).
-- Prints `ready` before it begins, and at the end one line of JSON.

local requests, at, limit, answered, refused = {}, 0, 0, 0, 0

function init(args)
  for text in io.open(args[1], "rb"):read("*a"):gmatch("([^%z]+)%z") do
    requests[#requests + 1] = text
  end
  limit = tonumber(args[2])
  if limit > 0 then response = count end
  io.write("ready\n")
  io.flush()
end

function request()
  at = at + 1
  return requests[(at - 1) % #requests + 1]
end

-- wrk has no option for a number of requests, so this ends the process. Until then every connection goes on from the
-- first request, because a server would answer 408 to one that is silent.
function count(status)
  answered = answered + 1
  if status < 200 or status > 299 then refused = refused + 1 end
  if answered < limit then return end
  io.write(string.format('{"requests":%d,"failed":%d}\n', answered, refused))
  io.flush()
  os.exit(0)
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests":%d,"failed":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f}\n',
    summary.requests, failed, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
