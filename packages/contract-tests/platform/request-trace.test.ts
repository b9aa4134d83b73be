import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { createLogger, readServerConfig, serve } from "@platform-api/platform-api";
import { beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { sendRaw } from "../forward-auth/requests.ts";
import type { Fault } from "../simulator/fault-proxy.ts";
import { pass } from "../simulator/faults.ts";
import { newcomer } from "../simulator/forge.ts";
import { listen as listenAt } from "../simulator/free-ports.ts";
import { faultyStackOfTests } from "../simulator/of-tests.ts";
import type { Server } from "../simulator/stack.ts";

/** Longer than a busy machine needs. */
const PATIENCE = { timeout: 20_000 };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const CLIENT_SPAN = "00f067aa0ba902b7";
const TRACED = { "x-request-id": "request-1", traceparent: `00-${TRACE_ID}-${CLIENT_SPAN}-01` };

const faulty = faultyStackOfTests();
let server: Server;
/** The headers of each request that the directory got. */
let asked: Record<string, unknown>[];

beforeAll(async () => {
  server = await faulty.server({});
});

function listen(fault: Fault = pass): void {
  asked = [];
  faulty.directory.fault = (exchange) => {
    asked.push(exchange.request.headers);
    return fault(exchange);
  };
}

const ask = async (path: string, headers: Record<string, string>) => {
  const answer = await fetch(server.url + path, { headers });
  await answer.text();
  return answer;
};

interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
}

/** A collector of OTLP's JSON over HTTP, and the spans that it has got. */
async function startCollector() {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(`${request.method} ${request.url} ${await text(request)}`);
    response.setHeader("content-type", "application/json").end("{}");
  });
  onTestFinished(() => void server.close());
  const collector = `http://127.0.0.1:${await listenAt(server)}`;
  const traces = (): ExportedSpan[] =>
    bodies.flatMap((body) => {
      const { resourceSpans } = JSON.parse(body.replace("POST /v1/traces ", ""));
      return resourceSpans.flatMap((each: { scopeSpans: { spans: ExportedSpan[] }[] }) =>
        each.scopeSpans.flatMap(({ spans }) => spans),
      );
    });
  return { collector, traces };
}

/** The lines about a request. The last one is written with others, a moment later. */
async function linesOf(requestId: string, log = faulty.stack.log): Promise<Record<string, unknown>[]> {
  return vi.waitFor(() => {
    const lines = log.flatMap((text) => text.trimEnd().split("\n")).map((line) => JSON.parse(line));
    const own = lines.filter(({ request_id }) => request_id === requestId);
    expect(own.at(-1)).toMatchObject({ msg: "answered" });
    return own;
  }, PATIENCE);
}

it("a request's id and trace go to the directory and the log, with one span of this server's own", async () => {
  listen();
  const { token } = await newcomer(faulty.stack.issuer);
  const answer = await ask("/organizations/me", { ...TRACED, "x-user-token": token });
  expect(answer.headers.get("x-request-id")).toBe("request-1");
  expect(answer.headers.get("traceparent")).toBeNull();
  const [line] = await linesOf("request-1");
  expect(line).toMatchObject({ trace_id: TRACE_ID, span_id: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(line?.span_id).not.toBe(CLIENT_SPAN);
  const sent = { "x-request-id": "request-1", traceparent: `00-${TRACE_ID}-${line?.span_id}-01` };
  expect(asked).toMatchObject([sent]);
});

it("a request without an id gets one, in the answer, the log and at the directory, by every path", async () => {
  listen();
  for (const path of ["/validate", "/trpc/auth.validate", "/check?organizationId=forge"]) {
    const { token } = await newcomer(faulty.stack.issuer);
    const id = (await ask(path, { "x-user-token": token })).headers.get("x-request-id") ?? "";
    expect(id).toMatch(UUID);
    expect(asked.at(-1)).toMatchObject({ "x-request-id": id });
    expect(asked.at(-1)).not.toHaveProperty("traceparent");
    for (const line of await linesOf(id)) expect(line).not.toHaveProperty("trace_id");
  }
  expect(asked).toHaveLength(3);
});

it("each line about a refused request has its id and trace", async () => {
  const headers = { ...TRACED, "x-request-id": "refused-1", "x-user-token": "junk" };
  for (const path of ["/validate", "/trpc/org.me"]) {
    expect((await ask(path, headers)).headers.get("x-request-id")).toBe("refused-1");
  }
  await vi.waitFor(async () => expect(await linesOf("refused-1")).toHaveLength(4), PATIENCE);
  const spans = (await linesOf("refused-1")).map(({ trace_id, span_id }) => {
    expect(trace_id).toBe(TRACE_ID);
    return span_id;
  });
  expect(new Set(spans).size).toBe(2);
});

it.each([
  ["/livez", 200],
  ["/nowhere", 404],
  ["/%zz", 400],
  ["/trpc/%zz", 400],
  ["/validate", 401, "Expect: something\r\n"],
])("the answer to %s has the request's id, too, and is not cached", async (path, status, header = "") => {
  const raw = await sendRaw(
    Number(new URL(server.url).port),
    `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: odd-path\r\n${header}Connection: close\r\n\r\n`,
  );
  expect(raw).toContain(`HTTP/1.1 ${status} `);
  expect(raw.match(/\r\nx-request-id: .*/gi)).toEqual(["\r\nx-request-id: odd-path"]);
  expect(raw.match(/\r\ncache-control: .*/gi)).toEqual(["\r\ncache-control: no-store"]);
  expect((await linesOf("odd-path")).at(-1)).toMatchObject({ status });
});

it("exports a span of the request, by the id that is logged, and one of each request to an upstream below it", async () => {
  listen();
  const { collector, traces } = await startCollector();
  const log: string[] = [];
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector}/`, SHUTDOWN_DRAIN_MS: "0" };
  const traced = await serve(
    readServerConfig({ ...faulty.stack.environment, ...settings }),
    createLogger("info", { write: (lines) => log.push(lines) }),
  );
  await vi.waitUntil(async () => (await fetch(`${traced.url}/readyz`)).ok, PATIENCE);
  const { token } = await newcomer(faulty.stack.issuer);
  const answers = [TRACED, { ...TRACED, traceparent: TRACED.traceparent.replace(/1$/, "0") }, {}].map(
    async (headers, index) => {
      const id = `spans-${index}`;
      const sent = { ...headers, "x-request-id": id, "x-user-token": token };
      await (await fetch(`${traced.url}/check?organizationId=forge`, { headers: sent })).text();
      return (await linesOf(id, log)).at(-1);
    },
  );
  const [sampled, , own] = await Promise.all(answers);
  await traced.stop(); // exports what waits
  const spans = traces();
  const servers = spans.filter(({ name }) => name === "auth.check"); // not those of health checks
  expect(servers.map(({ traceId, spanId, parentSpanId }) => [traceId, spanId, parentSpanId]).sort()).toEqual(
    [
      [TRACE_ID, sampled?.span_id, CLIENT_SPAN],
      [own?.trace_id, own?.span_id, undefined],
    ].sort(),
  );
  for (const { kind } of servers) expect(kind).toBe(2);
  const below = spans.filter(({ kind }) => kind === 3);
  expect(below.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["directory ensure", "store GetItem"]),
  );
  for (const { traceId, parentSpanId } of below)
    expect(servers).toContainEqual(expect.objectContaining({ traceId, spanId: parentSpanId }));
});

it("shared work carries the id of the request that began it", async () => {
  const release = Promise.withResolvers<void>();
  listen(async (exchange) => {
    await release.promise;
    return pass(exchange);
  });
  const { token } = await newcomer(faulty.stack.issuer);
  const first = ask("/validate", { "x-user-token": token, "x-request-id": "first" });
  await vi.waitFor(() => expect(asked).toHaveLength(1), PATIENCE);
  const second = ask("/validate", { "x-user-token": token, "x-request-id": "second" });
  release.resolve();
  const ids = (await Promise.all([first, second])).map(({ headers }) => headers.get("x-request-id"));
  expect(ids).toEqual(["first", "second"]);
  expect(asked).toMatchObject([{ "x-request-id": "first" }]);
});
