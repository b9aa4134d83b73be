import { base64urlOf, textOfBase64url } from "./encoding.ts";
import { Refusal } from "./refusal.ts";

/** Part of a list. It may be shorter than asked for, also where more follows. */
export interface Page<T> {
  readonly items: T[];
  /** Where the next page begins; null after the last one. */
  readonly nextCursor: string | null;
}

export const PAGE_LIMIT = { usual: 50, most: 100 } as const;

/** What a list is restricted to: its name, its organization and its filter. Absent fields do not count. */
export type ListScope = Readonly<Record<string, string | undefined>>;

/** An opaque text for the place behind `position`, which only the list with the same scope accepts. */
export function cursorOf(position: string, scope: ListScope): string {
  return base64urlOf(JSON.stringify([nameOf(scope), position]));
}

/**
 * The position in a cursor. It is a client's text: it may only say where in its own list a page begins.
 * @param isPosition whether the list has such positions
 * @throws {Refusal} INPUT_INVALID for a cursor of another list
 */
export function positionOf(
  cursor: string,
  scope: ListScope,
  isPosition: (position: string) => boolean = () => true,
): string {
  const [of, position, ...rest] = parse(cursor);
  const isOfList = of === nameOf(scope) && rest.length === 0;
  if (isOfList && typeof position === "string" && isPosition(position)) return position;
  const hint = "cursor: it is not of this list; start again without one";
  throw new Refusal("INPUT_INVALID", "the cursor is not of this list", { hint });
}

function parse(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(textOfBase64url(cursor));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function nameOf(scope: ListScope): string {
  const known = Object.entries(scope).filter(([, value]) => value !== undefined);
  return JSON.stringify(known.sort());
}
