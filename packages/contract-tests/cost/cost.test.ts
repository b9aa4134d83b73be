import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ASSUMPTIONS, billOf, type Measured, monthOf } from "./cost.ts";
import { readPage, withCost } from "./page.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

it("docs/limits-and-cost.md has the cost that the model computes", () => {
  const update = "npx -y pnpm@12 exec node packages/contract-tests/cost/main.ts --write";
  expect(readPage(), `update the page with: ${update}`).toBe(withCost(readPage()));
});

it("the command of the page prints the page", () => {
  const [, file = ""] = /^npx -y pnpm@12 exec node (\S+)$/m.exec(readPage()) ?? [];
  expect(execFileSync(process.execPath, [file], { cwd: ROOT, encoding: "utf8" })).toBe(withCost(readPage()));
});

const NOTHING = { reads: 0, writes: 0 };
const MEASURED: Measured = {
  ...{ firstLogin: NOTHING, page: NOTHING, me: NOTHING },
  ...{ tableBytesPerUser: 0, indexBytesPerUser: 0, pageCpuMicros: 0, meCpuMicros: 0 },
};
/** A month of a million users who open a page on each of ten days. A tenth of them is new. */
const ASSUMED = { ...ASSUMPTIONS, daysPerMonth: 10, pagesPerDay: 1, newShare: 0.1 };

it.each<[string, Partial<Measured>, object]>([
  ["pages", { page: { reads: 3, writes: 0 } }, { millionReadUnits: 30 }],
  ["logins", { me: { reads: 2, writes: 0 } }, { millionReadUnits: 20 }],
  [
    "first logins",
    { firstLogin: { reads: 15, writes: 12 } },
    { millionReadUnits: 1.5, millionWriteUnits: 1.2 },
  ],
  ["items", { tableBytesPerUser: 1_073.741824, indexBytesPerUser: 2_147.483648 }, { tableGb: 1, indexGb: 2 }],
  [
    "the busiest hour",
    { page: { reads: 2.628, writes: 0 } },
    { readUnitsPerSecond: 10 * ASSUMPTIONS.peakFactor },
  ],
  ["nobody's requests", {}, { cores: ASSUMPTIONS.leastCores }],
  // 10 million requests of 2.628 s in the 2.628 million seconds of a month: 10 cores on average.
  ["requests that take a core", { pageCpuMicros: 2_628_000 }, { cores: (10 * ASSUMPTIONS.peakFactor) / 0.5 }],
])("a month counts %s", (_, taken, expected) => {
  expect(monthOf(1_000_000, { ...MEASURED, ...taken }, ASSUMED)).toMatchObject(expected);
});

it("a bill multiplies each quantity by its price, and recovery leaves the index out", () => {
  const month = {
    millionReadUnits: 2,
    readUnitsPerSecond: 1,
    millionWriteUnits: 3,
    tableGb: 4,
    indexGb: 5,
    cores: 6,
  };
  const prices = {
    ...{
      perMillionReadUnits: 1,
      perMillionWriteUnits: 10,
      storagePerGbMonth: 100,
      recoveryPerGbMonth: 1_000,
    },
    ...{ cpuPerCoreHour: 1, memoryPerGbHour: 10 },
  };
  expect(billOf(month, prices)).toEqual({
    ...{ reads: 2, writes: 30, storage: 900, recovery: 4_000 },
    machines: 6 * 730 * (1 + ASSUMPTIONS.memoryGbPerCore * 10),
  });
});
