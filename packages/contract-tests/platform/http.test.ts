import { beforeAll, describe, expect, it } from "vitest";
import { sendRaw } from "../forward-auth/requests.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";

const APP = "https://app.platform.example";
const stack = stackOfTests({ settings: { CORS_ORIGINS: APP } });
let token: string;

beforeAll(async () => {
  token = await logins(stack).entra(`${fresh("http")}@acme.example`);
});

const json = { "content-type": "application/json" };
const discover = (body: string, headers: Record<string, string> = json) =>
  fetch(`${stack.url}/trpc/discover.byEmail`, { method: "POST", headers, body });

/** The reasons in a single response or a batch. */
function reasonsIn(body: unknown): string[] {
  return [...JSON.stringify(body).matchAll(/"reason":"([A-Z_]+)"/g)].map(([, reason]) => reason ?? "");
}

const raw = (request: string) => sendRaw(Number(new URL(stack.url).port), request);

it("answers 404 to HEAD without logging an error", async () => {
  const headers = { "x-user-token": token };
  const answer = await fetch(`${stack.url}/trpc/auth.validate`, { method: "HEAD", headers });
  expect(answer.status).toBe(404);
  expect(stack.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

describe("oversized or malformed requests", () => {
  const email = JSON.stringify({ email: "x@acme.example" });
  it.each([
    ["8,000 commas", () => fetch(`${stack.url}/trpc/${",".repeat(8_000)}?batch=1`), 400, "INPUT_INVALID"],
    [
      "11 calls whose commas are encoded twice",
      () => fetch(`${stack.url}/trpc/${Array(11).fill("auth.validate").join("%252C")}?batch=1&input={}`),
      404,
      "NOT_FOUND",
    ],
    ["a body 33 levels deep", () => discover("[".repeat(33) + "]".repeat(33)), 400, "INPUT_INVALID"],
    [
      "a deep input in the URL",
      () => fetch(`${stack.url}/trpc/auth.check?input=${"[".repeat(40)}`),
      400,
      "INPUT_INVALID",
    ],
    [
      "a query and a mutation in one batch",
      () => fetch(`${stack.url}/trpc/auth.validate,discover.byEmail?batch=1`),
      400,
      "INPUT_INVALID",
    ],
    ["a wrong method", () => fetch(`${stack.url}/validate`, { method: "PUT" }), 404, "NOT_FOUND"],
  ])("are refused: %s", async (_, send, status, reason) => {
    const response = await send();
    expect(response.status).toBe(status);
    const body: unknown = await response.json();
    expect(reasonsIn(body)).toEqual([reason]);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(JSON.stringify(body)).not.toMatch(/stack|node_modules|Error:/);
    const good = await discover(email);
    expect(good.status).toBe(200);
    for (const { headers } of [response, good]) expect(headers.get("cache-control")).toBe("no-store");
  });

  it("get an explanation", async () => {
    const answer = await discover(`${"[".repeat(33)}${"]".repeat(33)}`);
    expect(await answer.text()).toContain("nest deeper than 32 levels");
  });

  it("never change a prototype", async () => {
    await discover(
      '{"email":"x@acme.example","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    );
    expect(Reflect.has({}, "polluted")).toBe(false);
  });
});

it("malformed HTTP gets a 400 with a reason", async () => {
  expect(await raw("GARBAGE\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 [\s\S]*INPUT_INVALID/);
});

it.each([
  "GET /validate",
  "GET /trpc/auth.validate",
  "GET /forward-auth",
  "POST /validate",
  "GET /organizations/me",
  "GET /",
  "GET /livez",
  "GET /metrics",
  "GET /openapi.json",
  "GET /nowhere",
  "OPTIONS /validate",
])("T8J: %s with two Host lines gets a 400, whatever it would get", async (start) => {
  const rest = `X-User-Token: ${token}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
  for (const other of ["a", "b"]) {
    const answer = await raw(`${start} HTTP/1.1\r\nHost: a\r\nhOsT: ${other}\r\n${rest}`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*Host is given more than once/);
  }
  expect(await raw(`${start} HTTP/1.1\r\nHost: a\r\n${rest}`)).toMatch(/^HTTP\/1\.1 (20\d|404) /);
});

it.each(["multipart/form-data", "application/octet-stream"])(
  "a query is answered even with content type %s",
  async (type) => {
    const headers = { "x-user-token": token, "content-type": type };
    expect((await fetch(`${stack.url}/trpc/auth.validate`, { headers })).status).toBe(200);
  },
);

describe("T7A: a POST without content", () => {
  const CONTENT_TYPES = [
    "application/json",
    "text/plain",
    "multipart/form-data",
    "image/png; a",
    "nonsense",
    "",
  ];
  const EMPTY_BODIES = ["Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "\r\n"];
  const cases = [null, ...CONTENT_TYPES].flatMap((type) => EMPTY_BODIES.map((body) => [type, body] as const));
  const post = (path: string, type: string | null, body: string, credential = "") =>
    raw(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${credential}` +
        `${type === null ? "" : `Content-Type: ${type}\r\n`}${body}`,
    );

  it.each(cases)("is answered like one without a body: content type %j, %j", async (type, body) => {
    const validated = await post("/validate", type, body, `X-User-Token: ${token}\r\n`);
    expect(validated).toMatch(/^HTTP\/1\.1 200 [\s\S]*"organizationId":"acme"/);
    const discovered = await post("/public/auth/discover", type, body);
    expect(discovered).toMatch(/^HTTP\/1\.1 400 [\s\S]*The request is not valid/);
    expect(await post("/nowhere", type, body)).toMatch(/^HTTP\/1\.1 404 [\s\S]*NOT_FOUND/);
  });

  it.each(CONTENT_TYPES.slice(1))("is refused with 415 if it has content of type %j", async (type) => {
    for (const body of [
      "Content-Length: 1\r\n\r\nx",
      "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
    ]) {
      const join = "/organizations/acme/join";
      for (const path of ["/validate", join, "/public/auth/discover", "/trpc/discover.byEmail"]) {
        const answer = await post(path, type, body);
        expect(answer).toMatch(/^HTTP\/1\.1 415 /);
        expect(answer).toContain("The request is not valid: send content-type: application/json");
      }
      expect(await post("/nowhere", type, body)).toMatch(/^HTTP\/1\.1 404 /);
    }
  });
});

describe("cross-origin requests", () => {
  it("may have the headers of calls and of traces", async () => {
    const preflight = await fetch(`${stack.url}/validate`, { method: "OPTIONS", headers: { origin: APP } });
    expect(preflight.headers.get("access-control-allow-headers")).toBe(
      "authorization, baggage, content-type, sentry-trace, traceparent, tracestate, x-request-id, x-user-token",
    );
  });

  it("an OPTIONS request without preflight headers gets 204", async () => {
    expect((await fetch(`${stack.url}/validate`, { method: "OPTIONS" })).status).toBe(204);
  });

  it.each([
    [APP, APP],
    ["null", null],
    [`${APP}.evil.example`, null],
    ["https://evil.example", null],
    [APP.toUpperCase(), null],
  ])("are allowed from the origin %s for %s", async (origin, allowed) => {
    const headers = {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization",
    };
    const preflight = await fetch(`${stack.url}/trpc/auth.validate`, { method: "OPTIONS", headers });
    const answer = await fetch(`${stack.url}/validate`, { headers: { origin } });
    const overTrpc = await fetch(`${stack.url}/trpc/auth.validate`, { headers: { origin } });
    for (const response of [preflight, answer, overTrpc]) {
      expect(response.headers.get("access-control-allow-origin")).toBe(allowed);
      expect(response.headers.get("access-control-allow-credentials")).toBeNull();
      expect(response.headers.get("vary")?.toLowerCase()).toContain("origin");
    }
  });
});
