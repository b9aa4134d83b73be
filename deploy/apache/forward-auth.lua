-- `LuaHookAccessChecker … forward_auth` shows a request to platform-api, and puts the identity of its user on it.
-- httpd.conf sets platform_api, forward_auth and websockets.

local socket = require("socket")

local CONNECT_SECONDS = 1
local TIMEOUT_SECONDS = 4 -- platform-api answers within 3 s
local MOST_BYTES = 65536 -- of an answer

local IDENTITY = { "X-User-Id", "X-Organization-Id", "X-Organization-Role", "X-Actor-Client" }
-- All that platform-api reads of the client. Apache has joined repeated credentials, and platform-api refuses those.
local ASKED = { "Authorization", "X-User-Token", "traceparent" }
-- Of a refusal, what the client gets beside its status and body.
local PASSED = { "WWW-Authenticate", "Retry-After", "Cache-Control" }
local REFUSALS = { [400] = true, [401] = true, [403] = true, [429] = true, [500] = true, [502] = true, [503] = true, [504] = true }
local HEX = "%x"
local UUID = "^" .. table.concat({ HEX:rep(8), HEX:rep(4), HEX:rep(4), HEX:rep(4), HEX:rep(12) }, "%-") .. "$"
local UNAVAILABLE = {
  status = 503,
  headers = { ["content-type"] = "application/json", ["cache-control"] = "no-store", ["retry-after"] = "2" },
  body = '{"error":{"reason":"PLATFORM_UNAVAILABLE","message":"Tokens cannot be checked at the moment; try again shortly"}}',
}

-- Deletes what a client claims to be, however it is spelt: some services read X_User_Id as X-User-Id.
local function delete_claimed(r)
  for name in pairs(r:headers_in_table()) do
    local plain = name:lower():gsub("[^%w]", "-")
    for _, header in ipairs(IDENTITY) do
      if plain == header:lower() then r.headers_in[name] = nil end
    end
  end
end

-- "Connection: X-User-Id" would make Apache drop the identity that it has just set.
local function clean_connection(r)
  local connection = (r.headers_in["Connection"] or ""):lower()
  local is_websocket = r.subprocess_env["websockets"] == "on" and (r.headers_in["Upgrade"] or ""):lower() == "websocket"
  if is_websocket then
    r.headers_in["Upgrade"] = "websocket"
    r.headers_in["Connection"] = "Upgrade"
  else
    r.headers_in["Upgrade"] = nil
    r.headers_in["Connection"] = connection:match("close") or connection:match("keep%-alive")
  end
end

-- Asks platform-api, in HTTP/1.0, so that the answer ends with the connection. Never cache this: a removed member must be
-- out within 10 s.
local function ask(r)
  local platform_api = r.subprocess_env["platform_api"]
  local host, port = platform_api:match("^(.*):(%d+)$")
  local lines = { "GET " .. r.subprocess_env["forward_auth"] .. " HTTP/1.0", "Host: " .. platform_api }
  for _, name in ipairs(ASKED) do
    local value = r.headers_in[name]
    if value then table.insert(lines, name .. ": " .. value) end
  end
  table.insert(lines, "X-Request-Id: " .. r.headers_in["X-Request-Id"])
  -- The last one is the client as this proxy sees it: TRUSTED_PROXY_HOPS=1.
  local forwarded = r.headers_in["X-Forwarded-For"]
  table.insert(lines, "X-Forwarded-For: " .. (forwarded and forwarded .. ", " or "") .. r.useragent_ip)

  local connection = socket.tcp()
  connection:settimeout(CONNECT_SECONDS)
  local answer, problem, rest
  if connection:connect(host, port) then
    connection:settimeout(TIMEOUT_SECONDS) -- in place of CONNECT_SECONDS, for each wait
    connection:settimeout(TIMEOUT_SECONDS, "t") -- for all of them
    connection:send(table.concat(lines, "\r\n") .. "\r\n\r\n")
    answer, problem, rest = connection:receive(MOST_BYTES)
  end
  connection:close()
  return answer or problem == "closed" and rest or ""
end

local function parse(text)
  local head, body = text:match("^(HTTP/1%.[01] %d%d%d.-\r\n)\r\n(.*)$")
  if not head then return UNAVAILABLE end
  local headers = {}
  for name, value in head:gmatch("\r\n([^:\r\n]+):[ \t]*([^\r\n]*)") do headers[name:lower()] = value end
  return { status = tonumber(head:match(" (%d%d%d)")), headers = headers, body = body }
end

local function refuse(r, answer)
  r.status = answer.status
  r.content_type = answer.headers["content-type"] or "text/plain"
  for _, name in ipairs(PASSED) do
    local value = answer.headers[name:lower()]
    if value then r.err_headers_out[name] = value end
  end
  r:puts(answer.body)
  return apache2.DONE
end

function forward_auth(r)
  if r.method == "CONNECT" then return 405 end -- a service may take it for a tunnel past this proxy
  delete_claimed(r)
  clean_connection(r)
  r.headers_in["X-Request-Id"] = r:md5(r.subprocess_env["UNIQUE_ID"])
  local answer = parse(ask(r))
  if REFUSALS[answer.status] then return refuse(r, answer) end
  -- A 200 of platform-api always has a user's UUID. Something else has answered if there is none.
  if answer.status ~= 200 or not (answer.headers["x-user-id"] or ""):match(UUID) then return refuse(r, UNAVAILABLE) end
  for _, name in ipairs(IDENTITY) do
    local value = answer.headers[name:lower()] or ""
    if value ~= "" then r.headers_in[name] = value end
  end
  return apache2.OK
end
