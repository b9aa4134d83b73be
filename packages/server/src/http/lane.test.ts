import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Refusal } from "../domain/index.ts";
import { memoryPorts, resolver } from "../domain/testing/memory-ports.ts";
import { claims } from "../domain/testing/people.ts";
import type { Services, User } from "../trpc/index.ts";
import { begunOf } from "./contexts.ts";
import { createLane, type Lane } from "./lane.ts";

const TOKEN = "remembered";
const ORIGIN = "https://app.example";
const VALIDATION = '{"userId":"0b8f6d1c-3e5a-4c7b-9d2e-1f4a6b8c0d2e"}';
/** Only the answer is looked at. */
const USER = { validation: VALIDATION } as User;
const HEADERS = { "cache-control": "no-store", "content-type": "application/json; charset=utf-8" };
/** Tokens that are verified when the test says so. */
const [NEW, REFUSED] = ["new", "refused"];

let server: Server;
let lane: Lane;
let logged: unknown[];
let draining: boolean;
let others: ReturnType<typeof vi.fn<(request: IncomingMessage, response: ServerResponse) => void>>;
let verify: ReturnType<typeof vi.fn<Services["verifier"]["verify"]>>;
/** Resolves when a token is being verified. */
let verifying: PromiseWithResolvers<void>;
let verified: PromiseWithResolvers<void>;

beforeEach(async () => {
  logged = [];
  draining = false;
  verifying = Promise.withResolvers();
  verified = Promise.withResolvers();
  others = vi.fn((_request, response) => void response.writeHead(418).end("left to Fastify"));
  verify = vi.fn(async (token) => {
    verifying.resolve();
    await verified.promise;
    if (String(token) === NEW) return claims();
    throw new Refusal("TOKEN_INVALID", "not one of this test");
  });
  const ports = memoryPorts();
  lane = createLane({
    services: {
      ...ports,
      people: { recall: () => null, remember: () => {} },
      resolveIdentity: resolver(ports),
      verifier: { recall: (token) => (String(token) === TOKEN ? USER : null), verify, remember: () => {} },
    },
    corsOrigins: [ORIGIN],
    isDraining: () => draining,
    accessLog: { answered: (...line) => logged.push(line) },
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
  expect(logged).toEqual([["GET", route, 200, 0]]);
});

it.each<[sent: Sent]>([
  [{ headers: [] }],
  [{ headers: ["Authorization", TOKEN] }],
  [{ headers: ["Authorization", `Basic ${TOKEN}`, "X-User-Token", TOKEN] }],
  [{ headers: ["Authorization", `Bearer ${TOKEN}`, "AUTHORIZATION", `Bearer ${TOKEN}`] }],
  [{ headers: ["Authorization", `Bearer ${TOKEN}`, "X-User-Token", "other"] }],
  [{ headers: ["X-User-Token", TOKEN, "X-User-Token", TOKEN] }],
  [{ headers: ["X-User-Token", TOKEN, "Accept", "application/jsonl"] }],
  [{ headers: ["X-User-Token", TOKEN, "trpc-accept", "application/jsonl"] }],
  [{ path: "/validate?x=1" }],
  [{ path: "/trpc/auth.validate?batch=1&input=%7B%7D" }],
  [{ path: "/VALIDATE" }],
  [{ path: "/validate/" }],
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
    "access-control-expose-headers": "retry-after, www-authenticate",
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
  expect(logged).toEqual([["GET", "/validate", 200, expect.any(Number)]]);
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
  await expect(begun?.context.user()).rejects.toMatchObject({ reason: "TOKEN_INVALID" });
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
  await vi.waitFor(() => expect(accepted.writable).toBe(false));
  verified.resolve();
  await vi.waitFor(() => expect(lane.waiting()).toBe(0));
  expect(logged).toEqual([]);
  expect(others).not.toHaveBeenCalled();
});
