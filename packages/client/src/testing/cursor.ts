import type { Page } from "../organization.ts";
import { Refused } from "./refused.ts";

/** Which part of a list a call asks for. */
interface Part {
  /** The organization and the filter. A cursor of another list does not fit. */
  readonly list: readonly unknown[];
  readonly cursor: string | undefined;
  readonly limit: number | undefined;
  /** Whether the list grows at its end: its cursor is never null. */
  readonly isFeed?: boolean;
}

/**
 * A page of the items, sorted by their places.
 * @throws {Refused} INPUT_INVALID for a cursor of another list
 */
export function pageOf<Item>(
  items: readonly Item[],
  placeOf: (item: Item) => string,
  { list, cursor, limit = 50, isFeed = false }: Part,
): Page<Item> {
  const name = JSON.stringify(list);
  const after = cursor === undefined ? "" : positionOf(cursor, name);
  const left = items.filter((item) => placeOf(item) > after);
  const page = left.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)).slice(0, limit);
  const last = page.at(-1);
  const end = last === undefined ? after : placeOf(last);
  const hasMore = isFeed || page.length < left.length;
  return { items: page, nextCursor: hasMore ? btoa(encodeURIComponent(JSON.stringify([name, end]))) : null };
}

function positionOf(cursor: string, list: string): string {
  const [of, place] = parsed(cursor);
  if (of === list && typeof place === "string") return place;
  throw new Refused("INPUT_INVALID", { problem: "cursor: it is not of this list; start again without one" });
}

function parsed(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(decodeURIComponent(atob(cursor)));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
