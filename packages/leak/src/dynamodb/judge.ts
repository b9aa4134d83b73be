import type { Objection, PlannedRow } from "../changes.ts";
import type { RowKey } from "../model.ts";
import { forward, keyAfter, nameOfKey, readItems, type Step, type Writable } from "./apply.ts";
import { changed } from "./attributes.ts";

/**
 * Of planned rows what DynamoDB, or the way back, would refuse: items whose new key another one has or is to have, and sets
 * that hold the UUID too.
 */
export async function judge(
  rows: readonly PlannedRow[],
  aliases: ReadonlyMap<string, readonly string[]>,
  writable: Writable,
  signal: AbortSignal,
): Promise<readonly (Objection | null)[]> {
  const steps = rows.map((row) => {
    const step = forward(row);
    return { step, rivals: rivalsOf(step, aliases, writable) };
  });
  const inSets = steps.filter(({ step }) => mayBeInSet(step)).map(({ step }) => step.key);
  const items = await readItems([...steps.flatMap(({ rivals }) => rivals), ...inSets], writable, signal);
  return steps.map(({ step, rivals }) => {
    const rival = rivals.find((key) => items.has(nameOfKey(key)));
    if (rival !== undefined) return taken(rival);
    const item = mayBeInSet(step) ? items.get(nameOfKey(step.key)) : undefined;
    return item !== undefined && changed(item, step.changes) === "merged" ? MERGED : null;
  });
}

/** The keys of other items that have the new key of this one, or are to have it. */
function rivalsOf(
  step: Step,
  aliases: ReadonlyMap<string, readonly string[]>,
  { keys }: Pick<Writable, "keys">,
): readonly RowKey[] {
  const after = keyAfter(step, { keys });
  const own = nameOfKey(step.key);
  if (nameOfKey(after) === own) return [];
  const parts = after.map((text, at) =>
    text === step.key[at] ? [text] : [text, ...(aliases.get(text) ?? [])],
  );
  const all = parts.reduce<string[][]>(
    (begun, texts) => begun.flatMap((key) => texts.map((text) => [...key, text])),
    [[]],
  );
  return all.filter((key) => nameOfKey(key) !== own);
}

/** An element of a set is named by itself. */
function mayBeInSet({ changes }: Step): boolean {
  return changes.some(({ path, from }) => path.at(-1) === from);
}

function taken(key: RowKey): Objection {
  const text = `The item with the key ${nameOfKey(key)} has the new key of this one, or is to have it. Look at both with \`aws dynamodb get-item\`, and keep one or put together by hand what they say; then plan again.`;
  return { rule: "unique", text };
}

const MERGED: Objection = {
  rule: "merge",
  text: "A set of the item holds the UUID as well, so that two of its elements would become one. Remove the subject from the set by hand, or leave the item as it is.",
};
