import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { type RequestTrace, traceRequest } from "../../domain/index.ts";
import { Spans } from "./spans.ts";

const PARENT = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "1".repeat(16), flags: "01" };
const TRACE: RequestTrace = { requestId: "r", parent: { ...PARENT, callerSpanId: "2".repeat(16) } };
const NAMES = { procedure: "auth.check", organization: "acme" };

/** Spans for a collector that answers with this status. */
async function start(status: number) {
  const got: unknown[] = [];
  const server = createServer(async (request, response) => {
    got.push(await json(request));
    response.writeHead(status, { "content-type": "application/json" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const failures: number[] = [];
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const onFailure = (_: unknown, lost: number) => void failures.push(lost);
  return { got, failures, spans: new Spans({ endpoint, service: "tests", version: "1", onFailure }) };
}

it("exports a request below its client's span, and a failed request to an upstream below it, with their times", async () => {
  const { spans, got } = await start(200);
  const beganMs = Date.now();
  traceRequest(TRACE, () => spans.upstream("store", "GetItem", "failed", 1.5));
  spans.answered("GET", "/check", 503, 2_000, TRACE, { ...NAMES, reason: "STORE_UNAVAILABLE" });
  await spans.flush();
  const client = {
    traceId: PARENT.traceId,
    parentSpanId: PARENT.spanId,
    name: "store GetItem",
    kind: 3,
    status: { code: 2 },
  };
  const server = {
    traceId: PARENT.traceId,
    spanId: PARENT.spanId,
    parentSpanId: "2".repeat(16),
    name: "auth.check",
    kind: 2,
  };
  const attribute = (key: string, value: object) => ({ key, value });
  expect(got).toMatchObject([
    {
      resourceSpans: [
        {
          resource: { attributes: [attribute("service.name", { stringValue: "tests" }), {}] },
          scopeSpans: [
            {
              spans: [
                client,
                {
                  ...server,
                  status: { code: 2 },
                  attributes: [
                    attribute("http.request.method", { stringValue: "GET" }),
                    attribute("http.response.status_code", { intValue: 503 }),
                    attribute("platform_api.reason", { stringValue: "STORE_UNAVAILABLE" }),
                    attribute("http.route", { stringValue: "/check" }),
                    attribute("platform_api.organization", { stringValue: "acme" }),
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
  ]);
  const times = JSON.stringify(got).matchAll(/"(start|end)TimeUnixNano":"(\d+)"/g);
  const [, , startNs = 0, endNs = 0] = [...times].map(([, , ns]) => Number(ns));
  expect(endNs - startNs).toBeCloseTo(2e9, -4);
  expect(endNs / 1e6).toBeGreaterThanOrEqual(beganMs - 1);
});

it("exports nothing of a request that its client has not sampled, or that has no trace", async () => {
  const { spans, got } = await start(200);
  for (const parent of [{ ...PARENT, flags: "00" }, null]) {
    spans.answered("GET", "/check", 200, 1, { requestId: "r", parent }, NAMES);
    traceRequest({ requestId: "r", parent }, () => spans.upstream("store", "GetItem", "ok", 1));
  }
  spans.upstream("jwks", "fetch", "ok", 1); // of no request
  await spans.flush();
  expect([got, spans.lost]).toEqual([[], 0]);
});

it("keeps 4,096 spans, loses the rest, and those that the collector refuses, and reports that once", async () => {
  const { spans, got, failures } = await start(400);
  for (let count = 0; count < 4_100; count += 1) spans.answered("GET", "/check", 200, 1, TRACE, NAMES);
  expect(spans.lost).toBe(4);
  await spans.flush();
  expect([got.length, spans.lost, failures]).toEqual([8, 4_100, [4 + 512]]);
});
