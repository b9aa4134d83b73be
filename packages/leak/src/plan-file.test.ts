import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { PlanHeader, PlannedRow, UndoHeader, UndoRow } from "./changes.ts";
import { RowRefused } from "./model.ts";
import { PlanWriter, plannedRows, verifyPlan } from "./plan-file.ts";
import { subjectRule } from "./subjects.ts";
import { namesAll, undoBatches, verifyUndo } from "./undo-file.ts";
import { UndoWriter } from "./undo-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "leak-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER: PlanHeader = {
  kind: "plan",
  version: 1,
  store: "postgres",
  label: "app on a:5432 as jane",
  place: "app on a:5432",
  schemas: null,
  skipped: [],
  fingerprint: "f",
  madeAt: "2026-12-01T00:00:00.000Z",
};
const UNDO_HEADER: UndoHeader = {
  kind: "undo-header",
  version: 1,
  store: "postgres",
  schemas: null,
  fingerprint: "f",
  place: "app on a:5432",
  plan: "a".repeat(64),
  rows: 3,
  tables: [],
};
const RULE = subjectRule(["waad"]);
const userId = "00000001-0000-4000-8000-000000000000";
const change = { column: "u", path: [], subject: "waad|ä", userId, why: "link" } as const;
const row = (key: string): PlannedRow => ({
  kind: "row",
  table: "t",
  key: [key],
  changes: [change],
  unit: null,
});
const undoRow = (key: string): UndoRow => ({
  kind: "undo",
  table: "t",
  keyBefore: [key],
  keyAfter: [key],
  changes: [{ ...change, written: null }],
  unit: null,
});

async function planOf(name: string): Promise<string> {
  const file = join(folder, name);
  const writer = await PlanWriter.create(file, HEADER);
  for (const key of ["1", "2", "3"]) await writer.write(row(key));
  await writer.write({ kind: "note", text: "a note" });
  await writer.seal();
  return file;
}

/** Changes the lines of a file. */
function rewrite(file: string, change: (lines: string[]) => readonly string[]): void {
  writeFileSync(file, change(readFileSync(file, "utf8").split("\n")).join("\n"));
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const item of items) read.push(item);
  return read;
}

it("reads a plan as it was written", async () => {
  const file = await planOf("whole");
  const { header, seal, changed } = await verifyPlan(file, RULE);
  expect([header, seal.rows, seal.conflicts]).toEqual([HEADER, 3, 0]);
  expect(changed).toEqual(new Map([["t", new Set(["u"])]]));
  expect(await all(plannedRows(file))).toEqual(["1", "2", "3"].map(row));
});

it.each<[string, (lines: string[]) => readonly string[], RegExp]>([
  ["a UUID", (lines) => lines.map((line) => line.replace("00000001-", "00000002-")), /edited/],
  ["a UUID that is not one", (lines) => lines.map((line) => line.replace(userId, "waad|x")), /edited/],
  ["a line less", (lines) => lines.toSpliced(2, 1), /edited/],
  ["a line twice", (lines) => lines.toSpliced(2, 0, lines[2] ?? ""), /edited/],
  ["two lines exchanged", ([a = "", b = "", c = "", ...rest]) => [a, c, b, ...rest], /edited/],
  ["a line that is not JSON", (lines) => lines.toSpliced(2, 1, "{"), /edited/],
  ["a line after its seal", (lines) => [...lines.slice(0, -1), lines[2] ?? "", ""], /edited/],
  [
    "another count in its seal",
    (lines) => lines.map((line) => line.replace('"rows":3', '"rows":2')),
    /edited/,
  ],
  ["its last line missing", (lines) => [...lines.slice(0, -2), ""], /not whole/],
  ["its last line cut", (lines) => [...lines.slice(0, -2), (lines.at(-2) ?? "").slice(0, 20)], /not whole/],
  ["nothing in it", () => [], /is empty/],
  ["another first line", (lines) => lines.slice(1), /not a plan/],
  ["a header of another version", ([, ...rest]) => ['{"kind":"plan","version":2}', ...rest], /version/],
  ["the header of an undo file", ([, ...rest]) => [JSON.stringify(UNDO_HEADER), ...rest], /undo/],
  ["the header of its beginning", ([, ...rest]) => ['{"kind":"part","version":1}', ...rest], /beginning/],
])("refuses a plan with %s", async (name, damage, says) => {
  const file = await planOf(name);
  rewrite(file, damage);
  await expect(verifyPlan(file, RULE)).rejects.toThrow(says);
});

it.each<[string, PlannedRow["changes"], RegExp]>([
  ["no subject", [{ ...change, subject: "admin" }], /not a subject of a known strategy/],
  ["a subject of another strategy", [{ ...change, subject: "other|1" }], /not a subject of a known strategy/],
  ["two UUIDs for one subject", [change, { ...change, userId: userId.replace("1", "2") }], /edited/],
  ["the UUID of nobody", [{ ...change, userId: "admin" }], /edited/],
])("refuses a plan with %s, although its seal fits", async (name, changes, says) => {
  const file = join(folder, name);
  const writer = await PlanWriter.create(file, HEADER);
  await writer.write({ ...row("1"), changes });
  await writer.seal();
  await expect(verifyPlan(file, RULE)).rejects.toThrow(says);
});

it("names a file that does not exist, and a folder", async () => {
  await expect(verifyPlan(join(folder, "missing"), RULE)).rejects.toThrow(
    /missing cannot be read: it does not exist/,
  );
  await expect(verifyPlan(folder, RULE)).rejects.toThrow(/it is a folder/);
});

async function undoOf(name: string, batches: readonly (readonly string[])[], ends = false): Promise<string> {
  const file = join(folder, name);
  const writer = await UndoWriter.open(file, UNDO_HEADER);
  for (const keys of batches) await writer.append(keys.map(undoRow));
  if (ends) await writer.end();
  await writer.close();
  return file;
}

async function keysOf(file: string): Promise<string[][]> {
  const batches = await all(undoBatches(file, await verifyUndo(file)));
  return batches.map((rows) => rows.flatMap(({ keyBefore }) => keyBefore));
}

it("reads an undo file backwards, with the whole lines of a torn batch, also once it was gone on with", async () => {
  const file = await undoOf("torn.undo", [["1", "2"], ["3"]]);
  expect(await keysOf(file)).toEqual([["3"], ["2", "1"]]);
  appendFileSync(file, `${JSON.stringify(undoRow("4"))}\n{"kind":"un`);
  expect(await keysOf(file)).toEqual([["4"], ["3"], ["2", "1"]]);
  await undoOf("torn.undo", [["5"]]);
  expect(await keysOf(file)).toEqual([["5"], ["4"], ["3"], ["2", "1"]]);
});

it("knows whether an undo file has its end, and otherwise whether it names every row of its plan", async () => {
  const file = await undoOf("ended.undo", [["1", "2"]], true);
  const known = async () => {
    const undo = await verifyUndo(file);
    return [undo.rows, undo.isEnded, await namesAll(file, undo)];
  };
  expect(await known()).toEqual([2, true, false]);
  rewrite(file, (lines) => [...lines.slice(0, -2), (lines.at(-2) ?? "").slice(0, -1)]);
  expect(await known()).toEqual([2, false, false]);
  await undoOf("ended.undo", [["1", "2"]]);
  expect(await known()).toEqual([4, false, false]);
  await undoOf("ended.undo", [["3"]]);
  expect(await known()).toEqual([5, false, true]);
  await undoOf("ended.undo", [], true);
  await undoOf("ended.undo", [["3"]]);
  expect(await known()).toEqual([6, false, true]);
  rewrite(file, (lines) => lines.map((line) => line.replace(/("end","sha256":")./, "$1x")));
  await expect(verifyUndo(file)).rejects.toThrow(/edited/);
});

it("refuses a row whose line nobody could read, and writes nothing of its batch", async () => {
  const file = join(folder, "large.undo");
  const writer = await UndoWriter.open(file, UNDO_HEADER);
  const large = { ...undoRow("2"), keyBefore: ["x".repeat(64_000_000)] };
  await expect(writer.append([undoRow("1"), large])).rejects.toThrow(RowRefused);
  await writer.append([undoRow("3")]);
  await writer.close();
  expect(await keysOf(file)).toEqual([["3"]]);
});

it.each(["notes", "notes\nof a long day", `${"long ".repeat(100)}\n`])(
  "leaves a file of somebody as it is: %j",
  async (text) => {
    const file = join(folder, "notes.txt");
    writeFileSync(file, text);
    await expect(UndoWriter.open(file, UNDO_HEADER)).rejects.toThrow(/notes\.txt is not an undo file/);
    expect(readFileSync(file, "utf8")).toBe(text);
  },
);

it("begins an undo file again of which only a piece of the header was written", async () => {
  const file = await undoOf("begun.undo", []);
  truncateSync(file, 10);
  await undoOf("begun.undo", [["1"]]);
  expect(await keysOf(file)).toEqual([["1"]]);
});

it.each<[string, (lines: string[]) => readonly string[], RegExp]>([
  ["another subject", (lines) => lines.map((line) => line.replace("waad|", "waad|x")), /edited/],
  ["a batch less", ([header = "", , , ...rest]) => [header, ...rest], /edited/],
  ["a check less", (lines) => lines.toSpliced(2, 1), /edited/],
  [
    "another header",
    ([, ...rest]) => [JSON.stringify({ ...UNDO_HEADER, fingerprint: "g" }), ...rest],
    /edited/,
  ],
  ["nothing in it", () => [], /is empty/],
  ["the header of a plan", ([, ...rest]) => [JSON.stringify(HEADER), ...rest], /is a plan/],
  ["a foreign first line", () => ["hello", ""], /not an undo file/],
])("refuses an undo file with %s", async (name, damage, says) => {
  const file = await undoOf(`${name}.undo`, [["1"], ["2"], ["3"]]);
  rewrite(file, damage);
  await expect(verifyUndo(file)).rejects.toThrow(says);
});

it("keeps the undo file of a copy", async () => {
  const file = await undoOf("copy.undo", [["1"]]);
  const another = UndoWriter.open(file, { ...UNDO_HEADER, place: "app on b:5432" });
  await expect(another).rejects.toThrow(/of app on a:5432, and this is app on b:5432: keep it.*--undo/);
  expect(await keysOf(file)).toEqual([["1"]]);
});

it("keeps the undo file of another plan", async () => {
  const file = await undoOf("other.undo", [["1"]]);
  const another = UndoWriter.open(file, { ...UNDO_HEADER, plan: "b".repeat(64) });
  await expect(another).rejects.toThrow(/of another plan: keep it/);
  expect(await keysOf(file)).toEqual([["1"]]);
});
