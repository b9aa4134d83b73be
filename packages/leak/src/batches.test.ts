import { expect, it } from "vitest";
import { batchesOf } from "./batches.ts";
import type { PlannedRow } from "./changes.ts";

/** So many rows of a unit; `docs` have a document. */
const rowsOf = (unit: string | null, count: number, path: readonly string[] = []): PlannedRow[] =>
  Array.from({ length: count }, () => ({
    kind: "row",
    table: "t",
    key: [],
    changes: [{ column: "u", path, subject: "waad|x", userId: "", why: "link" }],
    unit,
  }));

async function* each(rows: readonly PlannedRow[]) {
  yield* rows;
}

it.each<[string, readonly PlannedRow[], readonly number[]]>([
  ["nothing", [], []],
  ["rows without a unit", rowsOf(null, 1_200), [500, 500, 200]],
  ["rows with documents", rowsOf(null, 120, ["a"]), [50, 50, 20]],
  ["small units together", [..."abcdef"].flatMap((unit) => rowsOf(unit, 200)), [400, 400, 400]],
  [
    "a unit that is larger than a batch",
    [...rowsOf("a", 10), ...rowsOf("b", 700), ...rowsOf("c", 10)],
    [10, 700, 10],
  ],
  [
    "rows with a unit and without one",
    [...rowsOf(null, 3), ...rowsOf("a", 3), ...rowsOf(null, 3)],
    [3, 3, 3],
  ],
])("makes batches of %s", async (_, rows, sizes) => {
  const found: number[] = [];
  for await (const batch of batchesOf(each(rows))) found.push(batch.length);
  expect(found).toEqual(sizes);
});
