import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SenderPorts, User } from "../../answer/index.ts";
import { memorySenderPorts } from "../../answer/testing/memory-sender-ports.ts";
import { Refusal } from "../../domain/index.ts";
import { claims } from "../../domain/testing/people.ts";
import { createLane, type Lane } from "./lane.ts";
import { begunOf, sendersFor } from "./senders.ts";

/** Longer than the second that it would be, for a busy machine. */
const SOON = { timeout: 10_000 };

const TOKEN = "remembered";
const ORIGIN = "https://app.example";
const USER_ID = "0b8f6d1c-3e5a-4c7b-9d2e-1f4a6b8c0d2e";
const VALIDATION = `{"userId":"${USER_ID}"}`;
/** Only the answer is looked at. */
const USER = {
  validation: VALIDATION,
  identity: { userId: USER_ID, actor: { clientId: "agent", userId: null } },
  organization: { id: "acme", role: "admin" },
} as unknown as User;
const HEADERS = { "cache-control": "no-store", "content-type": "application/json; charset=utf-8" };
/** Tokens that are verified when the test says so. */
const [NEW, REFUSED] = ["new", "refused"];

let server: Server;
let lane: Lane;
let logged: unknown[];
let called: unknown[];
let draining: boolean;
let overloaded: boolean;
let others: ReturnType<typeof vi.fn<(request: IncomingMessage, response: ServerResponse) => void>>;
let verify: ReturnType<typeof vi.fn<SenderPorts["verifier"]["verify"]>>;
/** Resolves when a token is being verified. */
let verifying: PromiseWithResolvers<void>;
let verified: PromiseWithResolvers<void>;

beforeEach(async () => {
  logged = [];
  called = [];
  draining = false;
  overloaded = false;
  verifying = Promise.withResolvers();
  verified = Promise.withResolvers();
  others = vi.fn((_request, response) => void response.writeHead(418).end("left to Fastify"));
  verify = vi.fn(async (token) => {
    verifying.resolve();
    await verified.promise;
    if (String(token) === NEW) return claims();
    throw new Refusal("TOKEN_INVALID", "not one of this test");
  });
  const verifier: SenderPorts["verifier"] = {
    recall: (token) => (String(token) === TOKEN ? USER : null),
    verify,
    remember: () => {},
  };
  lane = createLane({
    verifier,
    senderOf: sendersFor({ ...memorySenderPorts(), verifier }, 0),
    corsOrigins: [ORIGIN],
    isDraining: () => draining,
    isOverloaded: () => overloaded,
    answered: (...line) => logged.push(line),
    called: (...call) => called.push(call),
  });
  server = createServer((request, response) => lane.handle(request, response, others));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Names and values in turn. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

function port(): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server does not listen");
  return address.port;
}

async function send({
  method = "GET",
  path = "/validate",
  headers = ["X-User-Token", TOKEN],
  body,
}: Sent = {}) {
  const sent = request({
    port: port(),
    host: "127.0.0.1",
    method,
    path,
    headers: ["Host", "x", ...headers],
  }).end(body);
  const [response]: IncomingMessage[] = await once(sent, "response");
  if (response === undefined) throw new Error("no response");
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const names = (procedure: string) => ({ procedure, organization: null });

it.each<[sent: Sent, route: string, body: string]>([
  [{}, "/validate", VALIDATION],
  [{ path: "/trpc/auth.validate" }, "/trpc/*", `{"result":{"data":${VALIDATION}}}`],
  [{ headers: ["authorization", `Bearer ${TOKEN}`] }, "/validate", VALIDATION],
  [{ headers: ["Authorization", `bearer ${TOKEN}`, "X-User-Token", TOKEN] }, "/validate", VALIDATION],
])("answers %j from memory, and logs it", async (sent, route, body) => {
  const answer = await send(sent);
  expect(answer).toMatchObject({
    status: 200,
    body,
    headers: { ...HEADERS, "content-length": `${body.length}` },
  });
  const trace = { requestId: answer.headers["x-request-id"], parent: null };
  expect(logged).toEqual([["GET", route, 200, expect.any(Number), trace, names("auth.validate")]]);
  expect(called).toEqual([["auth.validate", "OK"]]);
});

it.each(["/forward-auth", "/forward-auth?"])(
  "answers %s from memory, with headers and no body",
  async (path) => {
    const { status, headers, body } = await send({ path });
    const identity = {
      "x-user-id": USER_ID,
      "x-organization-id": "acme",
      "x-organization-role": "admin",
      "x-actor-client": "agent",
    };
    expect({ status, headers, body }).toMatchObject({
      status: 200,
      body: "",
      headers: { ...identity, "content-length": "0", "cache-control": "no-store" },
    });
    expect(headers).not.toHaveProperty("content-type");
    expect(logged).toEqual([
      ["GET", "/forward-auth", 200, expect.any(Number), expect.anything(), names("forward-auth")],
    ]);
    expect(called).toEqual([["forward-auth", "OK"]]);
  },
);

it("returns and logs the request id that a client sends, and logs its trace", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const traced = ["X-Request-Id", "r-1", "traceparent", `00-${traceId}-00f067aa0ba902b7-01`];
  verified.resolve();
  for (const token of [TOKEN, NEW]) {
    const { headers } = await send({ headers: ["X-User-Token", token, ...traced] });
    expect(headers["x-request-id"]).toBe("r-1");
  }
  const trace = {
    requestId: "r-1",
    parent: { traceId, flags: "01", spanId: expect.any(String), callerSpanId: "00f067aa0ba902b7" },
  };
  expect(logged.map((line) => Object(line)[4])).toEqual([trace, trace]);
});

it("answers from memory while the server is overloaded, and leaves the rest to Fastify", async () => {
  overloaded = true;
  expect(await send()).toMatchObject({ status: 200 });
  expect(await send(asks(NEW))).toMatchObject({ status: 418 });
});

it.each<[sent: Sent]>([
  [{ headers: [] }],
  [{ headers: ["Authorization", TOKEN] }],
  [{ headers: ["Authorization", `Basic ${TOKEN}`, "X-User-Token", TOKEN] }],
  [{ headers: ["Authorization", `Bearer ${TOKEN}`, "AUTHORIZATION", `Bearer ${TOKEN}`] }],
  [{ headers: ["Authorization", `Bearer ${TOKEN}`, "X-User-Token", "other"] }],
  [{ headers: ["X-User-Token", TOKEN, "X-User-Token", TOKEN] }],
  [{ headers: ["X-User-Token", TOKEN, "HOST", "x"] }],
  [{ headers: ["X-User-Token", TOKEN, "Accept", "application/jsonl"] }],
  [{ headers: ["X-User-Token", TOKEN, "trpc-accept", "application/jsonl"] }],
  [{ path: "/validate?x=1" }],
  [{ path: "/trpc/auth.validate?batch=1&input=%7B%7D" }],
  [{ path: "/VALIDATE" }],
  [{ path: "/validate/" }],
  [{ path: "/forward-auth?organizationId=globex" }],
  [{ path: "/forward-auth??" }],
  [{ path: "/ext-authz" }],
  [{ method: "HEAD" }],
  [{ method: "POST" }],
  [{ headers: ["X-User-Token", TOKEN, "Content-Length", "2"], body: "{}" }],
  [{ headers: ["X-User-Token", TOKEN, "Transfer-Encoding", "chunked"], body: "{}" }],
])("leaves %j to Fastify", async (sent) => {
  expect(await send(sent)).toMatchObject({ status: 418 });
  expect(logged).toEqual([]);
});

it("leaves every request to Fastify while the server drains", async () => {
  draining = true;
  expect(await send()).toMatchObject({ status: 418 });
});

it.each([
  [ORIGIN, ORIGIN],
  ["https://evil.example", undefined],
  ["null", undefined],
])("tells a browser at %s that it may read the answer: %s", async (origin, allowed) => {
  const { headers } = await send({ headers: ["X-User-Token", TOKEN, "Origin", origin] });
  expect(headers).toMatchObject({
    vary: "Origin",
    "access-control-expose-headers": "retry-after, www-authenticate, x-request-id",
  });
  expect(headers["access-control-allow-origin"]).toBe(allowed);
});

const asks = (token: string): Sent => ({ headers: ["X-User-Token", token] });

it("answers a token that it does not remember when its user is known", async () => {
  const answer = send(asks(NEW));
  await verifying.promise;
  expect(lane.waiting()).toBe(1);
  expect(logged).toEqual([]);
  verified.resolve();
  const { status, headers, body } = await answer;
  expect({ status, headers }).toMatchObject({ status: 200, headers: HEADERS });
  expect(JSON.parse(body)).toMatchObject({ source: "auth0" });
  expect(headers.connection).toBe("keep-alive");
  expect(logged).toEqual([
    ["GET", "/validate", 200, expect.any(Number), expect.anything(), names("auth.validate")],
  ]);
  expect(called).toEqual([["auth.validate", "OK"]]);
  expect(lane.waiting()).toBe(0);
  expect(others).not.toHaveBeenCalled();
});

it("closes the connection behind an answer that a shutdown finds waiting", async () => {
  const answer = send(asks(NEW));
  await verifying.promise;
  draining = true;
  verified.resolve();
  expect(await answer).toMatchObject({ status: 200, headers: { connection: "close" } });
});

it("leaves a refusal to Fastify, with the context, so that nothing is asked twice", async () => {
  const answer = send(asks(REFUSED));
  await verifying.promise;
  verified.resolve();
  expect(await answer).toMatchObject({ status: 418 });
  const begun = begunOf(others.mock.calls[0]?.[0] as IncomingMessage);
  await expect(begun?.sender.user()).rejects.toMatchObject({ reason: "TOKEN_INVALID" });
  expect(begun?.waitedMs).toBeGreaterThan(0);
  expect(verify).toHaveBeenCalledTimes(1);
  expect(logged).toEqual([]);
  expect(lane.waiting()).toBe(0);
});

it.each<[how: string, hangUp: (client: Socket) => void]>([
  ["closes its connection", (client) => client.destroy()],
  ["resets its connection", (client) => client.resetAndDestroy()],
  ["ends its side", (client) => client.end()],
])("neither answers nor logs a request whose client %s", async (_, hangUp) => {
  const client = connect(port(), "127.0.0.1").on("error", () => {});
  client.write(`GET /validate HTTP/1.1\r\nHost: x\r\nX-User-Token: ${NEW}\r\n\r\n`);
  const [accepted] = await once(server, "connection");
  accepted.on("error", () => {});
  await verifying.promise;
  hangUp(client);
  await vi.waitFor(() => expect(accepted.writable).toBe(false), SOON);
  verified.resolve();
  await vi.waitFor(() => expect(lane.waiting()).toBe(0), SOON);
  expect(logged).toEqual([]);
  expect(others).not.toHaveBeenCalled();
});
