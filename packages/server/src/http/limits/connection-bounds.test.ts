import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { registerDocsRoutes } from "../docs/routes.ts";
import { boundConnections, type ConnectionBounds } from "./connection-bounds.ts";

/** More than the kernel buffers for a client that does not read. */
const HUGE = Buffer.alloc(32 * 1_048_576);
const HUGE_GZIPPED = gzipSync(HUGE);
const VIEWER = "/docs/swagger-ui-bundle.js";
const BOUNDS: ConnectionBounds = { maxHandled: 10, maxWaiting: 500, stallMs: 10_000, maxArriving: 1_000 };
const POLL = { interval: 5, timeout: 10_000 };
const GET = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

let app: FastifyInstance;
let url: string;
let clients: Socket[] = [];
afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  app.server.closeAllConnections();
  await app.close();
});

/** `/held` answers after `release`. The other routes answer at once. */
async function start(bounds: Partial<ConnectionBounds>) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const state = { atOnce: 0, mostAtOnce: 0, handled: 0, arrived: 0, responses: new Set<ServerResponse>() };
  app = Fastify();
  app.addHook("onRequest", async () => {
    state.arrived += 1;
  });
  const counts = boundConnections(app, { ...BOUNDS, ...bounds });
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) =>
    done(null, body),
  );
  app.post("/held", async ({ body }) => {
    state.handled += 1;
    await released;
    return body;
  });
  app.get<{ Params: { number: string } }>("/held/:number", async ({ params }, reply) => {
    state.handled += 1;
    state.atOnce += 1;
    state.mostAtOnce = Math.max(state.mostAtOnce, state.atOnce);
    state.responses.add(reply.raw);
    reply.raw.once("close", () => state.responses.delete(reply.raw));
    await released;
    await new Promise(setImmediate);
    state.atOnce -= 1;
    return `<${params.number}>`;
  });
  app.get("/huge", (_request, reply) => reply.send(HUGE));
  registerDocsRoutes(app, () => HUGE_GZIPPED);
  url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { state, release, counts };
}

/** Both ends of a new connection. */
async function open(): Promise<{ client: Socket; server: Socket }> {
  const accepted = once(app.server, "connection");
  const client = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {}); // a reset emits an error
  clients.push(client);
  const [server]: Socket[] = await accepted;
  return { client, server: server ?? client };
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => `${number}`);
const PADDING = "x".repeat(1_000);
const pipelined = (count: number) =>
  numbers(count)
    .map((number) => GET(`/held/${number}?${PADDING}`))
    .join("");

describe("T75: pipelined requests", () => {
  it("handles ten requests of a connection at a time, reads no faster, and answers all in order", async () => {
    const { state, release } = await start({});
    const { client } = await open();
    let text = "";
    client.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
    });
    client.write(pipelined(400));
    await expect.poll(() => state.handled, POLL).toBe(10);
    for (let turn = 0; turn < 50; turn++) await (await fetch(`${url}/nowhere`)).text(); // gives more requests time to arrive
    expect(state.arrived).toBeLessThan(250);
    release();
    await expect.poll(() => text.match(/(?<=<)\d+(?=>)/g) ?? [], POLL).toEqual(numbers(400));
    expect(state.mostAtOnce).toBe(10);
  });

  it("resets the connection when too many requests wait", async () => {
    const { state } = await start({ maxWaiting: 20 });
    const { client } = await open();
    client.write(pipelined(31));
    const [error] = await once(client, "error");
    expect(error).toMatchObject({ code: "ECONNRESET" });
    expect(state.handled).toBe(10);
  });

  it("ends every request of a broken connection, including those queued behind another answer", async () => {
    const { state, counts } = await start({});
    const { client } = await open();
    client.write(pipelined(10));
    await expect.poll(() => state.handled, POLL).toBe(10);
    expect(counts.connections()).toBe(1);
    client.destroy();
    await expect.poll(() => state.responses.size, POLL).toBe(0);
    expect(state.handled).toBe(10);
    expect(counts.connections()).toBe(0);
  });
});

it("does not count a request that arrives here after its client hung up", async () => {
  const { state, counts } = await start({});
  const [toFastify] = app.server.listeners("request");
  app.server.removeAllListeners("request");
  const begun = once(app.server, "request");
  const { client, server } = await open();
  client.write(GET("/held/1"));
  const request = await begun;
  client.destroy();
  await once(server, "close");
  toFastify?.(...request);
  await expect.poll(() => state.arrived, POLL).toBe(1);
  expect(counts.all()).toBe(0);
});

describe("T8G: requests whose body does not come", () => {
  const BODY = '{"id":1}';
  const [WHOLE, PART] = [BODY, BODY.slice(0, 1)];
  const post = (body: string, framing = `Content-Length: ${BODY.length}\r\n\r\n`) =>
    `POST /held HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${framing}${body}`;
  const chunk = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n`;

  it.each([
    ["with a length", post(PART), BODY.slice(1)],
    [
      "in chunks",
      post(chunk(PART), "Transfer-Encoding: chunked\r\n\r\n"),
      `${chunk(BODY.slice(1))}0\r\n\r\n`,
    ],
  ])("are no work until the body is there, %s", async (_, part, rest) => {
    const { state, release, counts } = await start({});
    const both = () => ({ all: counts.all(), inWork: counts.inWork() });
    const { client } = await open();
    client.write(part);
    await expect.poll(both, POLL).toEqual({ all: 1, inWork: 0 });
    client.write(rest);
    await expect.poll(() => state.handled, POLL).toBe(1);
    expect(both()).toEqual({ all: 1, inWork: 1 });
    release();
    const [answer] = await once(client, "data");
    expect(String(answer)).toContain(BODY);
    await expect.poll(both, POLL).toEqual({ all: 0, inWork: 0 });
  });

  it("stop counting when their client hangs up", async () => {
    const { counts } = await start({});
    const { client } = await open();
    client.write(post(PART));
    await expect.poll(counts.all, POLL).toBe(1);
    client.destroy();
    await expect.poll(counts.all, POLL).toBe(0);
    expect(counts.inWork()).toBe(0);
  });

  it("are bounded in number: one more resets the connection of the oldest, and takes nothing from others", async () => {
    const { state, release, counts } = await start({ maxArriving: 2 });
    const inWork = (await open()).client;
    inWork.write(post(WHOLE));
    await expect.poll(() => state.handled, POLL).toBe(1);
    const clients: Socket[] = [];
    for (let number = 1; number <= 4; number += 1) {
      const { client } = await open();
      clients.push(client);
      const reset = number > 2 ? once(clients[number - 3] ?? client, "error") : null;
      client.write(post(PART));
      await reset;
      await expect.poll(counts.all, POLL).toBe(1 + Math.min(number, 2));
      expect(counts.inWork()).toBe(1);
    }
    expect(clients.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false]);
    release();
    for (const client of [...clients.slice(2), inWork]) {
      if (client !== inWork) client.write(BODY.slice(1));
      const [answer] = await once(client, "data");
      expect(String(answer)).toContain(BODY);
    }
  });
});

describe("T75: a client that never reads", () => {
  it.each([
    ["one large answer", GET("/huge")],
    ["pipelined answers", GET(VIEWER).repeat(50)],
    ["refusals of a malformed path", GET("/%").repeat(60_000)],
  ])("cuts off a client that stops reading during %s, and keeps an idle connection", async (_, requests) => {
    await start({ stallMs: 300 });
    const { client: idle } = await open();
    idle.write(GET("/held-not"));
    await once(idle, "data");
    const { client: deaf, server } = await open();
    deaf.pause().write(requests);
    await once(server, "close");
    idle.write(GET("/held-not"));
    const [answer] = await once(idle, "data");
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
  });

  it("cuts off a client that does not read but keeps sending", async () => {
    await start({ stallMs: 300 });
    const { client: deaf, server } = await open();
    deaf.pause().write(GET("/huge"));
    const sending = setInterval(() => deaf.write("\r\n"), 20);
    await once(server, "close").finally(() => clearInterval(sending));
  });
});

it("T75: sends the whole viewer to a slow client that keeps reading", async () => {
  const stallMs = 600; // a busy machine may stall a client for half of it
  await start({ stallMs });
  const { client } = await open();
  client.write(GET(VIEWER).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
  const began = performance.now();
  let bytes = 0;
  let sincePause = 0;
  for await (const chunk of client) {
    bytes += chunk.length;
    sincePause += chunk.length;
    if (sincePause < HUGE.length / 30) continue;
    sincePause = 0;
    await sleep(stallMs / 10);
  }
  expect(bytes).toBeGreaterThan(HUGE.length);
  expect(performance.now() - began).toBeGreaterThan(2 * stallMs);
});
