import { afterAll, beforeAll, expect, it } from "vitest";
import type { Running } from "./serve.ts";
import { runBackend } from "./testing/backend.ts";

const { platform, serveOn, storeEndpoint } = runBackend();
const RESOURCE = "https://agents.example/mcp";
const METADATA = "https://agents.example/.well-known/oauth-protected-resource/mcp";
let backend: Running;
beforeAll(async () => {
  backend = await serveOn(storeEndpoint(), [], { MCP_URL: RESOURCE, MCP_ISSUER: "https://issuer.example/" });
});
afterAll(() => backend.stop());

async function post(
  message: unknown,
  { token = platform.signIn(), ...headers }: Record<string, string> = {},
) {
  const response = await fetch(`${backend.url}/mcp`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(message),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

const rpc = (method: string, params?: object) => ({ jsonrpc: "2.0", id: 7, method, params });

it("tells who has no token where to sign in, in a document that is public", async () => {
  const { status, headers } = await post(rpc("ping"), { token: "no-token" });
  expect([status, headers.get("www-authenticate")]).toEqual([
    401,
    expect.stringContaining(`resource_metadata="${METADATA}"`),
  ]);
  const document = await fetch(new URL(new URL(METADATA).pathname, backend.url));
  expect(await document.json()).toMatchObject({
    resource: RESOURCE,
    authorization_servers: ["https://issuer.example/"],
  });
});

it.each<[string, unknown, object]>([
  ["a ping", rpc("ping"), { result: {} }],
  [
    "a version that is spoken",
    rpc("initialize", { protocolVersion: "2025-03-26" }),
    { result: { protocolVersion: "2025-03-26" } },
  ],
  [
    "another version",
    rpc("initialize", { protocolVersion: "2031-01-01" }),
    { result: { protocolVersion: "2025-06-18" } },
  ],
  ["no version", rpc("initialize", {}), { error: { code: -32_602 } }],
  ["another method", rpc("resources/list"), { error: { code: -32_601 } }],
  ["no such tool", rpc("tools/call", { name: "toString" }), { error: { code: -32_602 } }],
  ["no name of a tool", rpc("tools/call"), { error: { code: -32_602 } }],
  [
    "an id that leads to another route",
    rpc("tools/call", { name: "get_run", arguments: { id: "../livez" } }),
    { result: { isError: true, content: [{ text: expect.stringContaining("NOT_FOUND") }] } },
  ],
  [
    "a wrong status",
    rpc("tools/call", { name: "list_runs", arguments: { status: "lost&limit=1" } }),
    { result: { isError: true, content: [{ text: expect.stringContaining("status must be one of") }] } },
  ],
])("answers %s", async (_, message, answer) => {
  expect(await post(message)).toMatchObject({ status: 200, body: { jsonrpc: "2.0", id: 7, ...answer } });
});

it.each<[string, unknown, Record<string, string>, number]>([
  ["a notification", { jsonrpc: "2.0", method: "notifications/initialized" }, {}, 202],
  ["a list", [rpc("ping")], {}, 400],
  [
    "a version of the protocol that is not spoken",
    rpc("ping"),
    { "mcp-protocol-version": "2024-01-01" },
    400,
  ],
  ["a page of another site", rpc("ping"), { origin: "https://attacker.example" }, 403],
])("answers %s with a status alone that says so", async (_, message, headers, status) => {
  expect(await post(message, headers)).toMatchObject({ status });
});

it("acts in the organization that the request names, as the routes do", async () => {
  const token = platform.signIn();
  const start = rpc("tools/call", { name: "start_run", arguments: { title: "a", document: "b" } });
  expect((await post(start, { token, "x-organization-id": "umbrella" })).body.result.isError).toBe(false);
  const list = rpc("tools/call", { name: "list_runs" });
  const counts = ["acme", "umbrella"].map(async (organization) => {
    const { body } = await post(list, { token, "x-organization-id": organization });
    return body.result.structuredContent.runs.length;
  });
  expect(await Promise.all(counts)).toEqual([0, 1]);
});

it("opens no stream, ends no session, and is not there without its address", async () => {
  const headers = { authorization: `Bearer ${platform.signIn()}` };
  const statuses = ["GET", "DELETE"].map(async (method) => {
    return (await fetch(`${backend.url}/mcp`, { method, headers })).status;
  });
  expect(await Promise.all(statuses)).toEqual([405, 405]);
  const { url, stop } = await serveOn(storeEndpoint(), []);
  expect((await fetch(`${url}/mcp`, { method: "POST", headers })).status).toBe(404);
  await stop();
});
