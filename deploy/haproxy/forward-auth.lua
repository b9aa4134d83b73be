-- `http-request lua.forward_auth` shows a request to platform-api, and puts the identity of its user on it.
-- haproxy.cfg sets PLATFORM_API and txn.requirement.

local URL = os.getenv("PLATFORM_API") .. "/forward-auth?"
local TIMEOUT_MS = 4000 -- platform-api answers within 3 s

local IDENTITY = { "x-user-id", "x-organization-id", "x-organization-role", "x-actor-client" }
-- All that platform-api reads. Repeated credentials must reach it as they are, because it refuses them.
local ASKED = { "authorization", "x-user-token", "x-request-id", "traceparent", "x-forwarded-for" }
-- Of a refusal, what the client gets beside its status and body.
local PASSED = { "www-authenticate", "retry-after", "cache-control", "content-type" }
local REFUSALS = { [400] = true, [401] = true, [403] = true, [429] = true, [500] = true, [502] = true, [503] = true, [504] = true }
local HEX = "%x"
local UUID = "^" .. table.concat({ HEX:rep(8), HEX:rep(4), HEX:rep(4), HEX:rep(4), HEX:rep(12) }, "%-") .. "$"
local UNAVAILABLE =
  '{"error":{"reason":"PLATFORM_UNAVAILABLE","message":"Tokens cannot be checked at the moment; try again shortly"}}'

-- Deletes what a client claims to be, however it is spelt: some services read X_User_Id as X-User-Id.
local function delete_claimed(txn, sent)
  for name in pairs(sent) do
    local plain = name:lower():gsub("[^%w]", "-")
    for _, header in ipairs(IDENTITY) do
      if plain == header then txn.http:req_del_header(name) end
    end
  end
end

-- Asks platform-api. Never cache this: a removed member must be out within 10 s.
local function ask(txn, sent)
  local headers = {}
  for _, name in ipairs(ASKED) do
    for index, value in pairs(sent[name] or {}) do
      headers[name] = headers[name] or {}
      headers[name][index + 1] = value -- HAProxy counts from 0, and Lua from 1
    end
  end
  -- The last one is the client as this proxy sees it: TRUSTED_PROXY_HOPS=1.
  headers["x-forwarded-for"] = headers["x-forwarded-for"] or {}
  table.insert(headers["x-forwarded-for"], txn.f:src())
  local requirement = txn:get_var("txn.requirement") or ""
  return core.httpclient():get({ url = URL .. requirement, headers = headers, timeout = TIMEOUT_MS })
end

local function first(answer, name)
  local values = answer.headers and answer.headers[name]
  return values and values[0] or ""
end

local function refuse(txn, answer)
  local reply = txn:reply()
  if REFUSALS[answer.status] then
    reply:set_status(answer.status)
    for _, name in ipairs(PASSED) do
      local value = first(answer, name)
      if value ~= "" then reply:add_header(name, value) end
    end
    reply:set_body(answer.body or "")
  else
    reply:set_status(503)
    reply:add_header("content-type", "application/json")
    reply:add_header("cache-control", "no-store")
    reply:add_header("retry-after", "2")
    reply:set_body(UNAVAILABLE)
  end
  txn:done(reply)
end

-- `filter lua.refuse_trailers` answers 400 to a request with trailers, because a service may read a trailer X-User-Id as the
-- header. Rules and actions do not see trailers, and Lua cannot remove them.
local Trailers = { id = "refuse trailers", flags = filter.FLT_CFG_FL_HTX }
Trailers.__index = Trailers

function Trailers:new() return setmetatable({}, Trailers) end

function Trailers:start_analyze(_, channel)
  if not channel:is_resp() then filter.register_data_filter(self, channel) end
end

function Trailers:http_payload(txn, message)
  -- What is not the body is trailers, and a mark of one byte at the end of chunks.
  local others = message:input() - #(message:body() or "")
  if others > (message:eom() and 1 or 0) then txn:done(txn:reply({ status = 400 })) end
end

core.register_filter("refuse_trailers", Trailers, function(registered) return registered end)

core.register_action("forward_auth", { "http-req" }, function(txn)
  local sent = txn.http:req_get_headers()
  delete_claimed(txn, sent)
  local answer = ask(txn, sent)
  -- A 200 of platform-api always has a user's UUID. Something else has answered if there is none.
  if answer.status ~= 200 or not first(answer, "x-user-id"):match(UUID) then return refuse(txn, answer) end
  for _, name in ipairs(IDENTITY) do
    local value = first(answer, name)
    if value ~= "" then txn.http:req_set_header(name, value) end
  end
end)
