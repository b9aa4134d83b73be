import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Resolve } from "./model.ts";
import { openNdjson } from "./ndjson/ndjson.ts";
import { makePlan, NO_RULES, resolveAgain } from "./plan.ts";
import { subjectRule } from "./subjects.ts";

const uuid = (n: number) => `${String(n).padStart(8, "0")}-0000-4000-8000-000000000000`;
const users = new Map(Array.from({ length: 250 }, (_, at) => [`waad|${at}`, uuid(at)]));
const never = new AbortController().signal;
const report = () => {};

/** What is known now of some subjects, where it differs from the plan. */
function resolveWith(others: Readonly<Record<string, string | null>>): {
  resolve: Resolve;
  sizes: readonly number[];
} {
  const sizes: number[] = [];
  const resolve: Resolve = async (subjects) => {
    sizes.push(subjects.length);
    return new Map(
      subjects.map((subject) => {
        const userId = subject in others ? (others[subject] ?? null) : (users.get(subject) ?? null);
        return [subject, userId === null ? { userId, why: "nobody" } : { userId, by: "link" as const }];
      }),
    );
  };
  return { resolve, sizes };
}

it("asks again whose all subjects of a plan are, a hundred at a time", async () => {
  const { resolve, sizes } = resolveWith({});
  await resolveAgain({ users }, { resolve, report }, never);
  expect(sizes).toEqual([100, 100, 50]);
});

it("stops a plan of which a subject is somebody else's now, or nobody's", async () => {
  const again = (others: Parameters<typeof resolveWith>[0]) =>
    resolveAgain({ users }, { resolve: resolveWith(others).resolve, report }, never);
  await expect(again({ "waad|7": uuid(8), "waad|9": null })).rejects.toThrow(
    "planned: 1 somebody else's now (waad|7); 1 nobody's now (waad|9). Plan again, which",
  );
  await expect(again({ "waad|9": null })).rejects.toThrow("planned: 1 nobody's now (waad|9). Plan again");
});

it.each([
  [10_000, { rows: 1, conflicts: [] }],
  [10_001, { rows: 0, conflicts: [{ rule: "by-hand", conflicts: 1 }] }],
])("plans a row of %i places, or leaves it where they are too many for a line", async (places, planned) => {
  const folder = mkdtempSync(join(tmpdir(), "leak-places-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "rows"), JSON.stringify({ u: Array.from({ length: places }, () => "waad|7") }));
  const source = await openNdjson(join(folder, "rows"), subjectRule(["waad"]), never);
  const { resolve } = resolveWith({});
  const options = {
    file: join(folder, "plan"),
    source,
    rules: NO_RULES,
    resolve,
    report,
    merges: true,
    only: null,
  };
  expect(await makePlan(options, never)).toMatchObject(planned);
});
