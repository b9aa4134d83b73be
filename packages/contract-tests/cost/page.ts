import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import {
  ASSUMPTIONS,
  type Bill,
  billOf,
  MEASURED,
  type Measured,
  type Month,
  monthOf,
  PRICES,
  type Prices,
  type Region,
} from "./cost.ts";
import { sum } from "./request-units.ts";

const DOCS = new URL("../../../docs/", import.meta.url);
const PAGE = new URL("limits-and-cost.md", DOCS);
const BEGIN = "<!-- cost: begin -->";
const END = "<!-- cost: end -->";
const USERS = [10_000, 1_000_000, 100_000_000];
const REGIONS: readonly Region[] = ["us-east-1", "eu-central-1"];

export function readPage(): string {
  return readFileSync(PAGE, "utf8");
}

export function writePage(page: string): void {
  writeFileSync(PAGE, page);
}

/** The page with these numbers between its two marks. @throws when it lacks a mark */
export function withCost(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error("the page lacks a mark of the cost");
  const parts = [assumptions(), ...tables(measured())];
  return `${before}${BEGIN}\n\n${parts.join("\n\n")}\n\n${END}${after}`;
}

const bench = z.object({
  rows: z.array(
    z.object({
      group: z.string(),
      name: z.string(),
      value: z.object({ median: z.number() }),
      cpuMicros: z.number().nullable(),
    }),
  ),
  storeReadMicros: z.number(),
});

/** The store's part as it was measured last, and the CPU times of the last bench. */
function measured(): Measured {
  const { rows, storeReadMicros } = bench.parse(
    JSON.parse(readFileSync(new URL("performance.json", DOCS), "utf8")),
  );
  const row = (group: string, name: string) => {
    const found = rows.find((each) => each.group === group && each.name.startsWith(name));
    if (found === undefined) throw new Error(`performance.json lacks ${group}, ${name}`);
    return found;
  };
  const answer = row("auth.validate, a log line a request", "Authorization").cpuMicros ?? Number.NaN;
  return {
    ...MEASURED,
    pageCpuMicros: answer + MEASURED.page.reads * storeReadMicros,
    meCpuMicros: row("what asks the stores", "org.me").value.median * storeReadMicros,
  };
}

function assumptions(): string {
  const { daysPerMonth, pagesPerDay, newShare, peakFactor, usedShare, memoryGbPerCore } = ASSUMPTIONS;
  const { firstLogin, page, me, tableBytesPerUser, indexBytesPerUser } = MEASURED;
  return table(
    ["of a user", "assumed or measured"],
    [
      ["days of use in a month, each with a login", String(daysPerMonth)],
      ["pages in a day, each more than a minute after the one before", String(pagesPerDay)],
      ["users who are new in the month, by SSO", `${newShare * 100} %`],
      ["the busiest hour, beside the mean", `${peakFactor} times`],
      ["CPU that is used at that time", `${usedShare * 100} %`],
      ["memory for a core", `${memoryGbPerCore} GB`],
      ["a first login by SSO, measured", `${firstLogin.reads} read units, ${firstLogin.writes} write units`],
      ["a page, which the SDK turns into one request, measured", `${page.reads} read units`],
      ["the `org.me` of a login, measured", `${me.reads} read units`],
      [
        "stored after the first login, measured",
        `${kilobytes(tableBytesPerUser)} in the table, ${kilobytes(indexBytesPerUser)} in the index`,
      ],
    ],
  );
}

const QUANTITIES: readonly (readonly [string, (month: Month) => string])[] = [
  ["read units, million", ({ millionReadUnits }) => rounded(millionReadUnits)],
  ["read units a second, in the busiest hour", ({ readUnitsPerSecond }) => rounded(readUnitsPerSecond)],
  ["write units, million", ({ millionWriteUnits }) => rounded(millionWriteUnits)],
  ["stored, GB", ({ tableGb, indexGb }) => rounded(tableGb + indexGb)],
  ["cores", ({ cores }) => rounded(cores)],
];

const ITEMS: readonly (readonly [string, (bill: Bill) => number])[] = [
  ["reads", ({ reads }) => reads],
  ["writes", ({ writes }) => writes],
  ["storage, with its index", ({ storage }) => storage],
  ["point-in-time recovery", ({ recovery }) => recovery],
  ["machines", ({ machines }) => machines],
  ["**together**", (bill) => sum(Object.values(bill))],
];

function tables(taken: Measured): string[] {
  const months = USERS.map((users) => monthOf(users, taken));
  const heads = USERS.map((users) => `${users.toLocaleString("en")} users`);
  const bills = (region: Region) => months.map((month) => billOf(month, PRICES[region]));
  const quantities = QUANTITIES.map(([name, of]) => [name, ...months.map(of)]);
  return [
    table(["a month takes", ...heads], quantities),
    ...REGIONS.map((region) =>
      table(
        [`US dollars a month, \`${region}\``, ...heads],
        ITEMS.map(([name, of]) => [name, ...bills(region).map((bill) => dollars(of(bill)))]),
      ),
    ),
    table(
      ["price, US dollars", ...REGIONS.map((region) => `\`${region}\``)],
      PRICE_NAMES.map(([name, of]) => [name, ...REGIONS.map((region) => String(of(PRICES[region])))]),
    ),
  ];
}

const PRICE_NAMES: readonly (readonly [string, (prices: Prices) => number])[] = [
  ["a million read request units", (prices) => prices.perMillionReadUnits],
  ["a million write request units", (prices) => prices.perMillionWriteUnits],
  ["storage, a GB and month", (prices) => prices.storagePerGbMonth],
  ["point-in-time recovery, a GB and month", (prices) => prices.recoveryPerGbMonth],
  ["a core and hour (Fargate, Linux on x86)", (prices) => prices.cpuPerCoreHour],
  ["memory, a GB and hour", (prices) => prices.memoryPerGbHour],
];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** Two digits: the assumptions are no more exact. */
function rounded(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString("en", { maximumFractionDigits: 3 });
}

function dollars(value: number): string {
  return value < 1 ? "under 1" : rounded(value);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}
