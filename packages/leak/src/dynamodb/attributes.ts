import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Place } from "../model.ts";

export type Item = Readonly<Record<string, AttributeValue>>;

/** Keys of maps and indexes of lists. An element of a set is named by itself, because it has no index. */
export type Path = Place["path"];

/** A text of an attribute, or the key of a map in it. */
export interface AttributeText {
  readonly path: Path;
  readonly text: string;
  readonly isKey: boolean;
}

/** One text that is to be another one. */
export interface TextChange {
  readonly column: string;
  readonly path: Path;
  readonly from: string;
  readonly to: string;
}

export function* textsOf(value: AttributeValue, path: Path = []): Generator<AttributeText> {
  if (value.S !== undefined) yield { path, text: value.S, isKey: false };
  for (const text of value.SS ?? []) yield { path: [...path, text], text, isKey: false };
  for (const [index, each] of (value.L ?? []).entries()) yield* textsOf(each, [...path, index]);
  for (const [key, each] of Object.entries(value.M ?? {})) {
    yield { path: [...path, key], text: key, isKey: true };
    yield* textsOf(each, [...path, key]);
  }
}

/**
 * The item after all of its changes. `other`: one of its places does not hold what it says. `merged`: a set holds the new
 * text as well, so that two elements would become one, and nothing could tell them apart again.
 */
export function changed(item: Item, changes: readonly TextChange[]): Item | "other" | "merged" {
  let after: Item = item;
  for (const { column, path, from, to } of changes) {
    const value = replaced(ownOf(after, column), path, from, to);
    if (value === "other" || value === "merged") return value;
    after = { ...after, [column]: value };
  }
  return after;
}

/** The path that an update names: of a set as a whole. */
export function updatedPath(item: Item, { column, path }: TextChange): readonly [string, ...Path] {
  const isInSet = path.length > 0 && valueAt(item, [column, ...path.slice(0, -1)])?.SS !== undefined;
  return [column, ...(isInSet ? path.slice(0, -1) : path)];
}

export function valueAt(
  item: Item,
  [column, ...path]: readonly [string, ...Path],
): AttributeValue | undefined {
  let value = ownOf(item, column);
  for (const step of path) value = typeof step === "number" ? value?.L?.[step] : ownOf(value?.M ?? {}, step);
  return value;
}

function replaced(
  value: AttributeValue | undefined,
  [step, ...rest]: Path,
  from: string,
  to: string,
): AttributeValue | "other" | "merged" {
  if (value === undefined) return "other";
  if (step === undefined) return value.S === from ? { S: to } : "other";
  if (value.SS !== undefined) {
    if (rest.length > 0 || !value.SS.includes(from)) return "other";
    return value.SS.includes(to) ? "merged" : { SS: value.SS.map((text) => (text === from ? to : text)) };
  }
  const inner = typeof step === "number" ? value.L?.[step] : ownOf(value.M ?? {}, step);
  const next = replaced(inner, rest, from, to);
  if (next === "other" || next === "merged") return next;
  return typeof step === "number"
    ? { L: (value.L ?? []).with(step, next) }
    : { M: { ...value.M, [step]: next } };
}

/** `constructor` is a name like any other. */
function ownOf(values: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
