import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RequestTrace } from "../../domain/index.ts";
import { createAccessLog } from "./access-log.ts";
import type { RequestNames } from "./request-names.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const TRACE: RequestTrace = { requestId: "req-1", parent: null };
const NONE: RequestNames = { procedure: null, organization: null };
const PARENT = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", flags: "01" };

function start(answers: "all" | "refused" = "all") {
  const written: string[] = [];
  const log = createAccessLog({ service: "tests", answers, write: (lines) => written.push(lines) });
  return { ...log, written };
}

it("writes the lines of 200 ms together, counted from the first line", () => {
  const { answered, written } = start();
  answered("GET", "/livez", 200, 1, TRACE, NONE);
  vi.advanceTimersByTime(150);
  answered("GET", "/livez", 200, 2, TRACE, NONE);
  vi.advanceTimersByTime(49);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(written.map((lines) => lines.match(/"ms":\d/g))).toEqual([['"ms":1', '"ms":2']]);
  answered("GET", "/livez", 200, 3, TRACE, NONE);
  vi.advanceTimersByTime(199);
  expect(written).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(written).toHaveLength(2);
});

it("holds at most 32 KiB, and splits no line", () => {
  const { answered, written, flush } = start();
  for (let count = 0; count < 2_000; count += 1) answered("GET", "/validate", 200, count, TRACE, NONE);
  expect(written.length).toBeGreaterThan(2);
  for (const lines of written) expect(lines.length).toBeGreaterThan(32_768 - 200);
  flush();
  for (const lines of written) expect(lines.length).toBeLessThanOrEqual(32_768);
  const all = written.flatMap((lines) => lines.trimEnd().split("\n")).map((line) => JSON.parse(line).ms);
  expect(all).toEqual(Array.from({ length: 2_000 }, (_, count) => count));
});

it("writes each line once, and after closing immediately", () => {
  const { answered, written, flush, close } = start();
  answered("GET", "/livez", 200, 1, TRACE, NONE);
  flush();
  flush();
  answered("GET", "/livez", 200, 2, TRACE, NONE);
  close();
  answered("GET", "/livez", 200, 3, TRACE, NONE);
  vi.advanceTimersByTime(1_000);
  expect(written.map((lines) => JSON.parse(lines).ms)).toEqual([1, 2, 3]);
});

it("gives each line the time of its answer", () => {
  const { answered, written, flush } = start();
  vi.setSystemTime("2026-11-26T00:00:00.999Z");
  answered("GET", "/livez", 200, 1, TRACE, NONE);
  vi.setSystemTime("2026-11-26T00:00:01.000Z");
  answered("GET", "/livez", 200, 1, TRACE, NONE);
  flush();
  expect(written.join("").match(/"time":"[^"]+"/g)).toEqual([
    '"time":"2026-11-26T00:00:00.999Z"',
    '"time":"2026-11-26T00:00:01.000Z"',
  ]);
});

it("logs only refused answers where so configured", () => {
  const { answered, written, flush } = start("refused");
  for (const status of [200, 204, 302, 399, 400, 401, 404, 500, 503])
    answered("GET", "/livez", status, 1, TRACE, NONE);
  flush();
  expect(written.join("").match(/(?<="status":)\d+/g)).toEqual(["400", "401", "404", "500", "503"]);
});

it("gives each answer a line of its own, with its request and whole milliseconds", () => {
  const { answered, written, flush } = start();
  answered("GET", "/validate", 200, 0.4, TRACE, NONE);
  answered("GET", "/validate", 200, 0.6, { requestId: "req-2", parent: PARENT }, NONE);
  answered("POST", null, 404, 1, TRACE, NONE);
  answered("POST", "/trpc/*", 207, 1, TRACE, { procedure: "auth.check,org.me", organization: "acme,globex" });
  flush();
  const lines = written.join("").trimEnd().split("\n");
  const of = { level: "info", time: expect.any(String), service: "tests", msg: "answered" };
  const validate = { ...of, method: "GET", route: "/validate", status: 200 };
  const { traceId: trace_id, spanId: span_id } = PARENT;
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { ...validate, ms: 0, request_id: "req-1" },
    { ...validate, ms: 1, request_id: "req-2", trace_id, span_id },
    { ...of, method: "POST", route: null, status: 404, ms: 1, request_id: "req-1" },
    {
      ...of,
      method: "POST",
      route: "/trpc/*",
      procedure: "auth.check,org.me",
      organization: "acme,globex",
      status: 207,
      ms: 1,
      request_id: "req-1",
    },
  ]);
});
