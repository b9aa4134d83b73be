import { expect, it } from "vitest";
import type { Terminal } from "../../terminal/terminal.ts";
import { durationWords, progressLine, progressWords } from "./progress.ts";

const what = "rows read, now runs";

it.each([
  [
    "how many, where it is not known of how many",
    { what, done: 1_234, all: null },
    0,
    0,
    "1,234 rows read, now runs",
  ],
  [
    "no time at the beginning",
    { what, done: 50, all: 200 },
    50,
    500,
    "50 of about 200 rows read, now runs (25 %)",
  ],
  [
    "the time left by what was gained since the beginning",
    { what, done: 500, all: 2_000 },
    250,
    10_000,
    "500 of about 2,000 rows read, now runs (25 %, 60 s left)",
  ],
  [
    "never more than 100 %, because the number of rows is a guess",
    { what, done: 300, all: 200 },
    300,
    5_000,
    "300 of about 300 rows read, now runs (100 %, 0 s left)",
  ],
])("the line of progress says %s", (_, progress, gained, ms, expected) => {
  expect(progressWords(progress, gained, ms)).toBe(expected);
});

it.each([
  [0, "0 s"],
  [89_000, "89 s"],
  [90_000, "2 min"],
  [3_600_000, "60 min"],
  [3 * 3_600_000 + 60_000, "3 h 1 min"],
])("%d ms are %s", (ms, expected) => {
  expect(durationWords(ms)).toBe(expected);
});

const UNUSED = {
  env: {},
  out: () => {},
  readInput: async () => "",
  ask: null,
  operator: "",
  onStop: () => {},
} satisfies Omit<Terminal, "err">;

it("without a terminal there is a line every 10 s, and on a terminal one line is rewritten and taken away", () => {
  const told: string[] = [];
  const run = (terminal: Terminal) => {
    told.length = 0;
    let time = 0;
    const line = progressLine(terminal, () => time);
    for (time = 0; time <= 20_000; time += 100) line.report({ what: "rows", done: time, all: null });
    line.end();
    return told.length;
  };
  const tell = (text: string) => void told.push(text);
  expect(run({ ...UNUSED, err: tell })).toBe(2);
  expect(told).toEqual(["10,000 rows\n", "20,000 rows\n"]);
  expect(run({ ...UNUSED, err: () => {}, rewrite: tell })).toBe(101);
  expect(told.slice(-2)).toEqual(["20,000 rows", ""]);
});
