import { createLogger, readServerConfig, serve } from "@platform-api/platform-api";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { startFaultProxy } from "../simulator/fault-proxy.ts";
import { actionClaims } from "../simulator/issuer.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh } from "../simulator/people.ts";
import { canary, exchange, get, holdsCanary, type RawAnswer } from "./canary.ts";
import { type Planted, plantedInRequests, plantedInTokens } from "./canary-requests.ts";
import { PLANTED_UPSTREAMS } from "./canary-upstreams.ts";

/** Where each upstream is configured. */
const VARIABLES = {
  directory: "CLJ_PG_WRAPPER_URL",
  store: "DYNAMODB_ENDPOINT",
  keys: "AUTH0_JWKS_URL",
} as const;

const stack = stackOfTests();
let good = "";
const answers = new Map<string, RawAnswer & { readonly request: string }>();

const PLANTED: readonly Planted[] = [
  ...plantedInRequests(() => good),
  ...plantedInTokens(() => stack.issuer),
];

beforeAll(async () => {
  good = await newcomer();
  // The first login of a process loads code, which may take a busy machine longer than a request has.
  const first = get("/validate", `authorization: Bearer ${good}`);
  await vi.waitUntil(async () => (await exchange(stack.url, first)).status === 200, { timeout: 30_000 });
  for (const [where, , plant] of PLANTED) {
    const request = await plant(canary());
    answers.set(where, { request, ...(await exchange(stack.url, request)) });
  }
});

function newcomer(): Promise<string> {
  const claims = actionClaims({ connection: "acme-entra", email: `${fresh("new")}@acme.example` });
  return stack.issuer.sign(fresh("waad|new"), claims);
}

const pageOf = async (url: string) => (await fetch(`${url}/metrics`)).text();
const linesWith = (log: readonly string[], text: string) => log.filter((line) => line.includes(text)).length;

/** What an answer says, without the two things that it repeats to help its caller: a path of tRPC, an unknown field. */
const saidIn = (text: string) => text.replaceAll(/"path":"[^"]*"/g, "").replaceAll(/unknown key [\w-]+/g, "");

/** Operators need to know which connection of a verified token is not registered, and which organization its request names. */
const withoutNames = (line: string) =>
  line
    .replace(/"detail":"the connection [\w-]+ is not registered"/, "")
    .replace(/"organization":"[\w.-]{1,64}",/, "");

it.each([
  ["canary-1-2", true],
  ["CANARY-1", true],
  ["%63anary-1", true],
  [Buffer.from('{"sub":"waad|canary-1"}').toString("base64url"), true],
  [Buffer.from('{"sub":"waad|xcanary-1"}').toString("base64url"), true],
  [Buffer.from('{"sub":"waad|xxcanary-1"}').toString("base64url"), true],
  ['{"level":"info","route":"/validate"}', false],
])("a planted text is found in %s: %s", (text, found) => {
  expect(holdsCanary(text)).toBe(found);
});

describe("a planted text", () => {
  it.each(PLANTED)("comes in %s, is answered with %d, and is in no refusal", (where, status) => {
    const { request, text, ...answer } = answers.get(where) ?? { request: "", text: "", status: 0 };
    expect(holdsCanary(request)).toBe(true);
    expect(answer.status, text).toBe(status);
    if (status !== 200) expect(saidIn(text)).not.toSatisfy(holdsCanary);
  });

  it("is in no line of the log from any of these places", async () => {
    // What Node cannot parse has no id, and no line.
    const ids = [...answers].flatMap(([where, { text }]) => {
      const id = /^x-request-id: (\S+)/m.exec(text)?.[1];
      return id === undefined ? [] : [{ where, id }];
    });
    expect(ids.length).toBeGreaterThan(0.8 * PLANTED.length);
    const unlogged = () => {
      const lines = stack.log.filter((line) => line.includes('"msg":"answered"')).join("");
      return ids.filter(({ id }) => !lines.includes(id)).map(({ where }) => where);
    };
    await expect.poll(unlogged, { timeout: 10_000 }).toEqual([]);
    for (const reason of ["TOKEN_INVALID", "CREDENTIALS_CONFLICT", "DOMAIN_NOT_ALLOWED", "INPUT_INVALID"]) {
      expect(linesWith(stack.log, `"reason":"${reason}"`), reason).toBeGreaterThan(0);
    }
    const leaks = stack.log.map(withoutNames).filter(holdsCanary);
    expect(leaks).toEqual([]);
  });

  it("is not in the metrics from any of these places", async () => {
    const page = await pageOf(stack.url);
    expect(page).toMatch(
      /^platform_api_calls_total\{procedure="auth.validate",reason="TOKEN_INVALID"\} \d{2}/m,
    );
    expect(page.split("\n").filter(holdsCanary)).toEqual([]);
  });

  it.each(PLANTED_UPSTREAMS)("is in no answer, log, metric: $where", async ({ upstream, status, fault }) => {
    const proxy = await startFaultProxy("http://127.0.0.1:9", fault(canary()));
    const log: string[] = [];
    const settings = { ...stack.environment, [VARIABLES[upstream]]: proxy.url, SHUTDOWN_DRAIN_MS: "0" };
    const server = await serve(
      readServerConfig(settings),
      createLogger("debug", { write: (line) => log.push(line) }),
    );
    const answer = await exchange(server.url, get("/validate", `authorization: Bearer ${await newcomer()}`));
    const page = await pageOf(server.url);
    await server.stop();
    await proxy.close();
    expect(proxy.requests.length).toBeGreaterThan(0);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toSatisfy(holdsCanary);
    expect(linesWith(log, `"status":${status},`)).toBe(1);
    expect(linesWith(log, '"reason":')).toBe(1);
    expect(log.filter(holdsCanary)).toEqual([]);
    expect(page).toMatch(/^platform_api_calls_total\{procedure="auth.validate",reason="[A-Z_]{5,}"\} 1$/m);
    expect(page.split("\n").filter(holdsCanary)).toEqual([]);
  });
});

it("an accepted X-Request-Id and traceparent are in the log, and not in the metrics", async () => {
  const id = canary();
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const headers = [`x-request-id: ${id}`, `traceparent: 00-${traceId}-00f067aa0ba902b7-01`];
  expect((await exchange(stack.url, get("/validate", ...headers))).status).toBe(401);
  const line = () => linesWith(stack.log, `"request_id":"${id}","trace_id":"${traceId}"`);
  await expect.poll(line, { timeout: 10_000 }).toBeGreaterThan(0);
  const page = await pageOf(stack.url);
  for (const text of [id, traceId]) expect(page).not.toContain(text);
});
