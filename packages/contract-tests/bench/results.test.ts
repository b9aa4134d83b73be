import { describe, expect, it } from "vitest";
import { chart } from "./chart.ts";
import { withNumbers } from "./page.ts";
import { isWithin, missed, plainRow, type Results, type Row, roundsOf } from "./results.ts";
import { ratioRow } from "./rounds.ts";
import { table } from "./table.ts";

const cost = (cpuNs: number, perSecond: number | null = null) => ({ cpuNs, perSecond });
const GROUP = "auth.validate, a log line a request";

/** Four rounds on a machine that gets slower; in the last one, something else disturbed our run. */
const validation = ratioRow(
  { group: GROUP, name: "Authorization", limit: { atLeast: 0.7 }, unit: "of bare" },
  [
    { ours: cost(20_000, 40_000), bare: cost(16_000) },
    { ours: cost(40_000, 20_000), bare: cost(32_000) },
    { ours: cost(80_000, 10_000), bare: cost(64_000) },
    { ours: cost(400_000, 2_000), bare: cost(64_000) },
  ],
);
const start = plainRow(
  { group: "start and SDK", name: "serve", limit: { atMost: 400 }, unit: "ms" },
  [390, 640, 500],
);
const peer: Row = {
  ...validation,
  group: "peers with the same tokens and answers",
  name: "A & B",
  limit: null,
};
const sdk = plainRow(
  { group: "start and SDK", name: "@platform-api/client, remembered", limit: null, unit: "M/s" },
  [1.25],
);

const results: Results = {
  ranOn: { cpu: "A CPU", cores: 2, node: "v24", date: "2026-11-26", commit: "abc1234", rounds: 4 },
  rows: [validation, start, peer, sdk],
  latencies: [{ name: "a token that platform-api remembers", p50Ms: 0.123, p99Ms: 1.5 }],
  firstLoginCalls: { GetItem: 3, "/api/v1/users/ensure": 1 },
  storeReadMicros: 300,
};

describe("a ratio", () => {
  it("is the bare CPU time divided by ours, compared within a round", () => {
    expect(validation.value).toEqual({ lower: 0.64, median: 0.8, upper: 0.8 });
  });

  it("comes with the requests a second and the CPU time of one request", () => {
    expect([validation.perSecond, validation.cpuMicros]).toEqual([15_000, 60]);
  });
});

describe("a limit", () => {
  it("holds for the median, at the limit too", () => {
    const at = (value: number, limit: Row["limit"]) => isWithin({ ...plainRow(start, [value]), limit });
    expect([at(0.8, { atLeast: 0.8 }), at(0.79, { atLeast: 0.8 })]).toEqual([true, false]);
    expect([at(400, { atMost: 400 }), at(401, { atMost: 400 })]).toEqual([true, false]);
    expect(at(1, null)).toBe(true);
  });

  it("names its row when it is missed", () => {
    expect(missed(results)).toEqual([start]);
  });
});

describe("rounds", () => {
  const measured = (...values: number[]) => plainRow(start, values);
  const count = (...rows: Row[]) => [...roundsOf(2, () => rows)].length;

  it.each([
    ["the middle half is within the limit", measured(390, 400, 400, 400, 900), 2],
    ["the middle half is beyond the limit", measured(100, 401, 401, 402, 403), 2],
    ["the limit lies within it", measured(390, 390, 410, 410), 6],
  ])("are added only while a row is undecided: %s", (_, row, rounds) => {
    expect(count(row, measured(1))).toBe(rounds);
  });

  it("end when the row of all so far is decided", () => {
    const values = [390, 430, 390, 390, 390];
    let measuredRounds = 0;
    for (const round of roundsOf(2, () => [measured(...values.slice(0, measuredRounds))]))
      measuredRounds = round;
    expect(measuredRounds).toBe(4);
  });
});

it("the table shows each row with its limit and whether it holds", () => {
  const lines = table(results).split("\n");
  const line = (name: string) =>
    lines
      .find((each) => each.trim().startsWith(`${name} `))
      ?.trim()
      .split(/ {2,}/);
  expect(line("Authorization")).toEqual([
    "Authorization",
    "0.80 of bare",
    "0.64 to 0.80",
    "≥ 0.70",
    "ok",
    "15,000/s",
    "60.0 µs",
  ]);
  expect(line("serve")).toEqual(["serve", "500 ms", "445 to 570", "≤ 400", "MISSED"]);
});

describe("the chart", () => {
  const svg = chart(results);

  it("has a bar for each share of a bare server, with its value", () => {
    expect(svg.match(/<rect class="(?:ours|peer)"/g)).toEqual(['<rect class="ours"', '<rect class="peer"']);
    expect(svg).toContain('>0.80<tspan class="quiet"> · 15,000/s</tspan>');
  });

  it("marks limits, and peers have none", () => {
    expect(svg.match(/class="limit"/g)).toHaveLength(1);
  });

  it("escapes names and has both colour schemes", () => {
    expect(svg).toContain("A &amp; B");
    expect(svg).toContain("prefers-color-scheme: dark");
  });
});

describe("the page", () => {
  const page = "# Performance\n\n<!-- bench: begin -->\nold\n<!-- bench: end -->\n\nText\n";

  it("gets the numbers between its marks and keeps the rest", () => {
    const written = withNumbers(page, results);
    expect(written).toMatch(/^# Performance\n\n<!-- bench: begin -->\n/);
    expect(written).toMatch(/\n<!-- bench: end -->\n\nText\n$/);
    expect(written).not.toContain("old");
    expect(withNumbers(written, results)).toBe(written);
  });

  it("computes machines for a million users from what answers and reads cost", () => {
    const written = withNumbers(page, results);
    expect(written).toContain("| answers | 100,000 | 60 µs | 6 |");
    expect(written).toMatch(/^\| reads .* \| 5,000 \| 300 µs \| 1\.5 \|$/m);
    expect(written).toContain("**15 cores**");
  });

  it("must have its marks", () => {
    expect(() => withNumbers("# Performance", results)).toThrow(/mark/);
  });
});
