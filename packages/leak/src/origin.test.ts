import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { UndoHeader } from "./changes.ts";
import type { LeakSource, Progress } from "./model.ts";
import { openNdjson } from "./ndjson/ndjson.ts";
import { ageWords, checkLayout } from "./origin.ts";
import { makePlan, NO_RULES } from "./plan.ts";
import { scan } from "./scan.ts";
import { subjectRule } from "./subjects.ts";

const folder = mkdtempSync(join(tmpdir(), "leak-origin-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rule = subjectRule(["waad"]);
const source = async (place: string): Promise<LeakSource> => {
  const file = join(folder, "lines");
  writeFileSync(file, '{"by":"waad|1"}\n'.repeat(2_500));
  utimesSync(file, 0, 0);
  const opened = await openNdjson(file, rule, new AbortController().signal);
  return { ...opened, catalog: { ...opened.catalog, place } };
};

/** What begins something, and stops it after its first step; or ends it. */
const BEGUN = {
  scan: async (file: string, place: string, stop: AbortController, resumed: string[]) => {
    await scan({
      source: await source(place),
      rule,
      stateFile: file,
      resolve: async () => new Map(),
      onProgress: () => stop.abort(),
      onResumed: (_rows, begunAt) => resumed.push(begunAt),
      signal: stop.signal,
    });
  },
  plan: async (file: string, place: string, stop: AbortController, resumed: string[]) => {
    const report = ({ done }: Progress) => {
      if (done > 0) stop.abort();
    };
    const onResumed = (begunAt: string) => void resumed.push(begunAt);
    const resolve = async () => new Map();
    const options = { file: file.replace(/\.part$/, ""), rules: NO_RULES, merges: false, only: null };
    await makePlan(
      { ...options, source: await source(place), resolve, report, onResumed },
      stop.signal,
    ).catch((error: Error) => {
      if (!/^stopped/.test(error.message)) throw error;
    });
  },
};

it.each(["scan", "plan"] as const)(
  "a %s goes on only with what it read in the same place, today",
  async (name) => {
    const file = join(folder, `${name}.part`);
    const resumed: string[] = [];
    const run = (place: string) => BEGUN[name](file, place, new AbortController(), resumed);
    await run("app on a:5432");
    expect(resumed).toEqual([]);
    await expect(run("app on b:5432")).rejects.toThrow(
      `${file} was begun on app on a:5432, and this is app on b:5432: remove it`,
    );
    await run("app on a:5432");
    expect(resumed).toEqual([expect.stringMatching(/Z$/)]);
    const old = new Date(Date.now() - 25 * 3_600_000).toISOString();
    writeFileSync(file, readFileSync(file, "utf8").replace(/"begunAt":"[^"]*"/, `"begunAt":"${old}"`));
    await expect(run("app on a:5432")).rejects.toThrow("was begun 25 h ago, and what it has read");
  },
);

it("a file that was written again is another place", async () => {
  const file = join(folder, "again");
  writeFileSync(file, "{}\n");
  const place = async () => (await openNdjson(file, rule, new AbortController().signal)).catalog.place;
  const first = await place();
  expect(await place()).toBe(first);
  utimesSync(file, 1, 1);
  expect(await place()).not.toBe(first);
});

it.each([
  [0, "0 min"],
  [-5 * 60_000, "0 min"],
  [119.5 * 60_000, "119 min"],
  [2 * 3_600_000, "2 h"],
  [50 * 3_600_000, "2 days"],
])("%d ms are %s", (ms, words) => {
  expect(ageWords(new Date(1_000_000 - ms).toISOString(), 1_000_000)).toBe(words);
});

type Layout = UndoHeader["tables"];
const table = (over: Partial<Layout[number]> = {}): Layout[number] => ({
  name: "t",
  key: ["id"],
  columns: [{ name: "u", type: "text" }],
  ...over,
});

it.each<[string, Layout, string | null]>([
  ["nothing else", [table()], null],
  [
    "another table and another column",
    [table({ columns: [{ name: "v", type: "text" }, ...table().columns] }), table({ name: "other" })],
    null,
  ],
  ["no table", [table({ name: "other" })], "there is no table t"],
  ["another key", [table({ key: ["id", "at"] })], "the primary key of t is (id, at), and was (id)"],
  ["no column", [table({ columns: [] })], "t has no column u of the type text"],
  [
    "a column of another type",
    [table({ columns: [{ name: "u", type: "uuid" }] })],
    "t has no column u of the type text",
  ],
])("the way back is asked of a layout with %s", (_, now, problem) => {
  const tables = now.map(({ columns, ...rest }) => ({
    ...rest,
    rows: null,
    columns: columns.map((one) => ({ ...one, form: "value" as const, isGenerated: false })),
  }));
  const check = () =>
    checkLayout("undo", { tables: [table()] }, new Map([["t", new Set(["u"])]]), {
      tables,
      place: "app on a",
    });
  if (problem === null) expect(check).not.toThrow();
  else expect(check).toThrow(`undo does not fit app on a any more: ${problem}`);
});
