import { traceFields } from "@platform-api/server/domain";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { accessLogger, createLogger } from "./logger.ts";

const TRACE = { requestId: "req-1", parent: null };
const NAMES = { procedure: null, organization: null };

/** A logger at this level, and what it has written. */
function start(level: string) {
  const written: string[] = [];
  return { written, logger: createLogger(level, { write: (lines) => written.push(lines) }) };
}

describe("an access line", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_795_651_200_007 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ["GET", "/livez", 200, 0, "req-1"],
    ["POST", "/trpc/*", 401, 12_345, "req-zz"],
    ["OPTIONS", null, 404, 3, "req-1a"],
    ["M-SEARCH", "/organizations/:organizationId/join", 503, 7, "req-2"],
    ["GET", '/a"b\\c', 200, 1, "req-3"],
    ["GET", "/tab\t, line\n, nul\u0000, delete\u007f", 200, 1, "req-4"],
    ["GET", "/ä/\u2028/😀", 200, 1, "req-5"],
    [`G"${"x".repeat(60)}`, `/${"é😀".repeat(40)}`, 200, 1, "x".repeat(64)],
  ])("has the bytes of pino: %j %j", (method, route, status, ms, requestId) => {
    const { written, logger } = start("info");
    const traces = [
      { requestId, parent: null },
      { requestId, parent: { traceId: "a".repeat(32), spanId: "b".repeat(16), flags: "01" } },
    ];
    const log = accessLogger(logger, "all");
    for (const trace of traces) {
      for (const procedure of [undefined, "auth.check"]) {
        const organization = procedure && "acme";
        const fields = { method, route, procedure, organization, status, ms };
        logger.child(traceFields(trace)).info(fields, "answered");
        const names = { procedure: procedure ?? null, organization: organization ?? null };
        log.answered(method, route, status, ms, trace, names);
      }
    }
    log.flush();
    expect(written.pop()).toBe(written.join(""));
  });
});

it("the last access lines are written while the process still exits", () => {
  const written: string[] = [];
  let later = "";
  const destination = {
    write(lines: string) {
      later += lines;
    },
    writeNow: () => void written.push(later),
  };
  const log = accessLogger(createLogger("info", destination), "all");
  log.answered("GET", "/livez", 200, 1, TRACE, NAMES);
  log.flush();
  expect(written).toEqual([expect.stringContaining('"msg":"answered"')]);
});

it.each([
  ["trace", 1],
  ["info", 1],
  ["warn", 0],
  ["silent", 0],
])("a logger of level %s has %d access lines", (level, lines) => {
  const { written, logger } = start(level);
  const log = accessLogger(logger, "all");
  log.answered("GET", "/livez", 500, 1, TRACE, NAMES);
  log.close();
  expect(written).toHaveLength(lines);
});
