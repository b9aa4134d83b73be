import type { JsonReplacement } from "../json-text.ts";

/** An element of the text of a PostgreSQL array. */
export interface ArrayElement {
  /** Its indexes, counted from 0 in each dimension. */
  readonly path: readonly number[];
  readonly value: string;
  /** Where it stands in the text, with its quotes. */
  readonly start: number;
  readonly end: number;
}

/**
 * The elements of the text of an array, such as `[5:6]={a,"b c"}`, without nulls. Its bounds and its other elements stay byte
 * for byte where one is replaced.
 */
export function elementsOf(text: string): ArrayElement[] {
  const elements: ArrayElement[] = [];
  const path: number[] = [];
  let at = text.startsWith("[") ? text.indexOf("=") + 1 : 0;
  for (; at < text.length; at += 1) {
    const character = text[at];
    if (character === "{") path.push(0);
    else if (character === "}") path.pop();
    else if (character === ",") path.push((path.pop() ?? 0) + 1);
    else {
      const end = character === '"' ? quotedEnd(text, at) : plainEnd(text, at);
      const written = text.slice(at, end);
      if (written !== "NULL") elements.push({ path: [...path], value: unquoted(written), start: at, end });
      at = end - 1;
    }
  }
  return elements;
}

/** An element, to stand in the text of an array. */
export function elementReplacement({ start, end }: ArrayElement, value: string): JsonReplacement {
  return { start, end, raw: `"${value.replaceAll(/["\\]/g, "\\$&")}"` };
}

function unquoted(written: string): string {
  const inner = written.startsWith('"') ? written.slice(1, -1) : written;
  return inner.replaceAll(/\\(.)/gs, "$1");
}

function quotedEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function plainEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== "," && text[at] !== "}") at += 1;
  return at;
}
