import { expect, it } from "vitest";
import type { StoreOptions } from "./leak-store.ts";
import { applyWords, planWords } from "./repair-report.ts";

it.each<[StoreOptions, string]>([
  [
    { postgres: "postgres://jane:secret@db/app" },
    "Read the plan, then: platform-api leak apply plan --postgres <url>\n",
  ],
  [{ dynamodb: "runs" }, "Read the plan, then: platform-api leak apply plan --dynamodb runs\n"],
  [
    { ndjson: "lines" },
    "Read the plan; the program that owns the file changes its lines, by their numbers in the plan.\n",
  ],
])("a plan of %j ends with what comes next", (store, next) => {
  const sum = { rows: 1, tables: [{ table: "t", rows: 1 }], conflicts: [], notes: [] };
  expect(planWords("plan", store, sum).split("\n\n").at(-1)).toBe(next);
});

it("rows that were changed before are told from those that hold something else", () => {
  const report = {
    rows: 6,
    changed: 1,
    changedBefore: 4,
    skipped: 1,
    refused: [],
    isStopped: false,
    left: [],
  };
  expect(applyWords(report, "undo")).toMatch(
    /^1 row changed; 4 had been changed before; 1 no longer holds what the file says, and stays as it is\. /,
  );
});
