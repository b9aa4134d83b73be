import { type JsonReplacement, replaceStrings, stringsOf } from "../json-text.ts";
import { elementReplacement, elementsOf } from "./array-text.ts";

/** What has to become of one place in a column. */
export interface Edit {
  readonly path: readonly (string | number)[];
  readonly from: string;
  readonly to: string;
  /** How `to` is written in JSON, where that is not plain. */
  readonly written: string | null;
}

export interface Edited {
  /** The new text of the column. */
  readonly text: string;
  /** How each old value was written, in the order of the edits: null where that is plain JSON. */
  readonly written: readonly (string | null)[];
}

export type ColumnForm = "value" | "array" | "document" | "documents";

/** @returns null where a place does not hold what it should, or nobody could tell it from another one afterwards */
export function edit(text: string, form: ColumnForm, edits: readonly Edit[]): Edited | null {
  if (form === "document") return editDocument(text, edits);
  if (form !== "value") return editArray(text, form, edits);
  const [only] = edits;
  return only !== undefined && text === only.from ? { text: only.to, written: [null] } : null;
}

function editDocument(text: string, edits: readonly Edit[]): Edited | null {
  const wanted = new Map(edits.map((one, at) => [idOf(one.path, one.from), { one, at }]));
  const values = new Set(edits.flatMap(({ from, to }) => [from, to]));
  const after = new Set(edits.map(({ path, to }) => idOf(path, to)));
  const places = new Set<string>();
  const replacements: JsonReplacement[] = [];
  const written: (string | null)[] = [];
  for (const { path, value, start, end, raw } of stringsOf(text, (string) => values.has(string))) {
    const found = wanted.get(idOf(path, value));
    if (found === undefined && !after.has(idOf(path, value))) continue;
    // A key that was doubled since the file was written: both would be one value, which no way back could part again.
    if (places.size === places.add(idOf(path)).size) return null;
    if (found === undefined) continue;
    replacements.push({ start, end, raw: found.one.written ?? JSON.stringify(found.one.to) });
    written[found.at] = raw === JSON.stringify(value) ? null : raw;
  }
  if (edits.some((_, at) => written[at] === undefined)) return null;
  return { text: replaceStrings(text, replacements), written };
}

function editArray(text: string, form: "array" | "documents", edits: readonly Edit[]): Edited | null {
  const elements = elementsOf(text);
  // An array of PostgreSQL is as deep everywhere.
  const depth = elements[0]?.path.length ?? 0;
  const wanted = Map.groupBy(edits.entries(), ([, { path }]) => idOf(path.slice(0, depth)));
  const replacements: JsonReplacement[] = [];
  const written: (string | null)[] = [];
  for (const element of elements) {
    const own = wanted.get(idOf(element.path));
    if (own === undefined) continue;
    const inner = own.map(([, one]) => ({ ...one, path: one.path.slice(depth) }));
    const edited = edit(element.value, form === "array" ? "value" : "document", inner);
    if (edited === null) return null;
    replacements.push(elementReplacement(element, edited.text));
    for (const [order, [at]] of own.entries()) written[at] = edited.written[order] ?? null;
  }
  if (edits.some((_, at) => written[at] === undefined)) return null;
  return { text: replaceStrings(text, replacements), written };
}

function idOf(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}
