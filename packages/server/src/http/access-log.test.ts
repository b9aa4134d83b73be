import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createAccessLog } from "./access-log.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(answers: "all" | "refused" = "all") {
  const written: string[] = [];
  const log = createAccessLog({ service: "tests", answers, write: (lines) => written.push(lines) });
  return { ...log, written };
}

it("writes the lines of 200 ms together, counted from the first line", () => {
  const { answered, written } = start();
  answered("GET", "/livez", 200, 1);
  vi.advanceTimersByTime(150);
  answered("GET", "/livez", 200, 2);
  vi.advanceTimersByTime(49);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(written.map((lines) => lines.match(/"ms":\d/g))).toEqual([['"ms":1', '"ms":2']]);
  answered("GET", "/livez", 200, 3);
  vi.advanceTimersByTime(199);
  expect(written).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(written).toHaveLength(2);
});

it("holds at most 64 KiB, and splits no line", () => {
  const { answered, written, flush } = start();
  for (let count = 0; count < 2_000; count += 1) answered("GET", "/validate", 200, count);
  expect(written.length).toBeGreaterThan(2);
  for (const lines of written) expect(lines.length).toBeGreaterThan(65_536 - 200);
  flush();
  for (const lines of written) expect(lines.length).toBeLessThanOrEqual(65_536);
  const all = written.flatMap((lines) => lines.trimEnd().split("\n")).map((line) => JSON.parse(line).ms);
  expect(all).toEqual(Array.from({ length: 2_000 }, (_, count) => count));
});

it("writes each line once, and after closing immediately", () => {
  const { answered, written, flush, close } = start();
  answered("GET", "/livez", 200, 1);
  flush();
  flush();
  answered("GET", "/livez", 200, 2);
  close();
  answered("GET", "/livez", 200, 3);
  vi.advanceTimersByTime(1_000);
  expect(written.map((lines) => JSON.parse(lines).ms)).toEqual([1, 2, 3]);
});

it("gives each line the time of its answer", () => {
  const { answered, written, flush } = start();
  vi.setSystemTime("2026-11-26T00:00:00.999Z");
  answered("GET", "/livez", 200, 1);
  vi.setSystemTime("2026-11-26T00:00:01.000Z");
  answered("GET", "/livez", 200, 1);
  flush();
  expect(written.join("").match(/"time":"[^"]+"/g)).toEqual([
    '"time":"2026-11-26T00:00:00.999Z"',
    '"time":"2026-11-26T00:00:01.000Z"',
  ]);
});

it("logs only refused answers where so configured", () => {
  const { answered, written, flush } = start("refused");
  for (const status of [200, 204, 302, 399, 400, 401, 404, 500, 503]) answered("GET", "/livez", status, 1);
  flush();
  expect(written.join("").match(/(?<="status":)\d+/g)).toEqual(["400", "401", "404", "500", "503"]);
});

it("gives each answer of a millisecond its own line", () => {
  const { answered, written, flush } = start();
  const answers: Parameters<typeof answered>[] = [
    ["GET", "/validate", 200, 0, undefined],
    ["GET", "/validate", 200, 0, undefined],
    ["POST", "/validate", 200, 0, undefined],
    ["POST", null, 200, 0, undefined],
    ["POST", null, 404, 0, undefined],
    ["POST", null, 404, 1, undefined],
    ["POST", null, 404, 1, "req-1"],
    ["POST", null, 404, 1, "req-2"],
  ];
  for (const answer of answers) answered(...answer);
  flush();
  const lines = written.join("").trimEnd().split("\n");
  expect(
    lines.map((line) => {
      const { method, route, status, ms, reqId } = JSON.parse(line);
      return [method, route, status, ms, reqId];
    }),
  ).toEqual(answers);
});
