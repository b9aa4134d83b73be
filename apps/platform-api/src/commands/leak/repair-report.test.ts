import { expect, it } from "vitest";
import type { StoreOptions } from "./leak-store.ts";
import { applyWords, notAskedWords, planWords, undoWords } from "./repair-report.ts";

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

it.each([
  [6, /The undo file names 6 of the 6 rows of the plan\.\n$/],
  [4, /names 4 of the 6 rows of the plan: the others .*only a later copy takes back\.\n$/],
])("an undo by %i lines says how many rows of the plan they are", (rows, words) => {
  const report = { rows, changed: rows, changedBefore: 0, skipped: 0, refused: [], isStopped: false };
  const header = {
    kind: "undo-header",
    version: 1,
    store: "postgres",
    schemas: null,
    fingerprint: "",
    place: "",
    plan: "",
    rows: 6,
    tables: [],
  } as const;
  expect(undoWords(report, { rows, header })).toMatch(words);
});

it("an apply that asks nobody says so, and why", () => {
  expect(notAskedWords(["AUTH0_TENANT is missing"])).toMatch(
    /^Not asked who they are now.*: AUTH0_TENANT is/,
  );
});
