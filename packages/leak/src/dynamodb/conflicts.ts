import type { PlannedConflict, PlannedRow } from "../model.ts";
import { forward, keyAfter, nameOfKey, readItems, type Writable } from "./apply.ts";
import { changed } from "./attributes.ts";

/**
 * Of planned rows those that DynamoDB, or the way back, would refuse: items whose new key another one has, or another row
 * of these is to have, and sets that hold the UUID too.
 */
export async function conflictsOf(
  rows: readonly PlannedRow[],
  writable: Writable,
  signal: AbortSignal,
): Promise<readonly PlannedConflict[]> {
  const steps = rows.map(forward).map((step) => {
    const after = keyAfter(step, writable);
    return { step, after, isMoved: nameOfKey(after) !== nameOfKey(step.key) };
  });
  const moved = steps.filter(({ isMoved }) => isMoved);
  const inSets = steps.filter(({ step }) => step.changes.some(({ path, from }) => path.at(-1) === from));
  const items = await readItems(
    [...moved.map(({ after }) => after), ...inSets.map(({ step }) => step.key)],
    writable,
    signal,
  );
  const wanted = Map.groupBy(moved, ({ after }) => nameOfKey(after));
  const taken = moved.flatMap(({ step: { row }, after }): PlannedConflict[] => {
    const name = nameOfKey(after);
    if (items.has(name)) return [conflict(row, "unique", `the item with the key ${name} exists already`)];
    const isShared = (wanted.get(name)?.length ?? 0) > 1;
    return isShared ? [conflict(row, "unique", `several items would have the key ${name}`)] : [];
  });
  const merged = inSets.flatMap(({ step }): PlannedConflict[] => {
    const item = items.get(nameOfKey(step.key));
    const isMerged = item !== undefined && changed(item, step.changes) === "merged";
    return isMerged ? [conflict(step.row, "merge", "a set of the item holds the UUID as well")] : [];
  });
  return [...taken, ...merged];
}

function conflict(
  { table, key, changes }: PlannedRow,
  rule: "unique" | "merge",
  why: string,
): PlannedConflict {
  const choice =
    rule === "unique"
      ? "Look at both with `aws dynamodb get-item`, and keep one or put what they say together by hand; then plan again."
      : "Remove the subject from the set by hand, or leave the item as it is.";
  const places = changes.map(({ column, path, subject }) => ({ column, path, subject }));
  return { kind: "conflict", table, key, rule, places, text: `${capital(why)}. ${choice}` };
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
