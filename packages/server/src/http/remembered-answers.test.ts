import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { User } from "../trpc/index.ts";
import { createRememberedAnswers } from "./remembered-answers.ts";

const TOKEN = "remembered";
const ORIGIN = "https://app.example";
const VALIDATION = '{"userId":"0b8f6d1c-3e5a-4c7b-9d2e-1f4a6b8c0d2e"}';
/** Only the answer is looked at. */
const USER = { validation: VALIDATION } as User;
const HEADERS = { "cache-control": "no-store", "content-type": "application/json; charset=utf-8" };

let server: Server;
let logged: unknown[];
let draining: boolean;

beforeEach(async () => {
  logged = [];
  draining = false;
  const answer = createRememberedAnswers({
    verifier: { recall: (token) => (String(token) === TOKEN ? USER : null) },
    corsOrigins: [ORIGIN],
    isDraining: () => draining,
    accessLog: { answered: (...line) => logged.push(line) },
  });
  server = createServer((request, response) => {
    if (!answer(request, response)) response.writeHead(418).end("left to Fastify");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => void server.close());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Names and values in turn. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

async function send({
  method = "GET",
  path = "/validate",
  headers = ["X-User-Token", TOKEN],
  body,
}: Sent = {}) {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const sent = request({ port, host: "127.0.0.1", method, path, headers: ["Host", "x", ...headers] }).end(
    body,
  );
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
  [{ headers: ["X-User-Token", "unknown"] }],
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
