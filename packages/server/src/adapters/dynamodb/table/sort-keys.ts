/** The greatest character in the store's order. No key contains {@link FILL} of them in a row. */
const GREATEST = "\u{10ffff}";
const FILL = 32;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/** The store's order, by bytes of UTF-8, which differs from JavaScript's order behind U+FFFF. */
export function compareSortKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The beginning of everything that begins with the prefix. DynamoDB compares no key with an empty text. */
export function beginOfPrefix(prefix: string): string {
  return prefix === "" ? "\u0000" : prefix;
}

/** The end of everything that begins with the prefix. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}${GREATEST.repeat(FILL)}`;
}

/** The smallest sort key that is greater. */
export function sortKeyAfter(key: string): string {
  return `${key}\u0000`;
}

/** A sort key that is smaller, and at least as great as every other smaller one. `key` must not be empty. */
export function sortKeyBefore(key: string): string {
  const characters = Array.from(key);
  const code = characters.pop()?.codePointAt(0) ?? 0;
  const rest = characters.join("");
  if (code === 0) return rest;
  const isBehindSurrogates = code - 1 >= FIRST_SURROGATE && code - 1 <= LAST_SURROGATE;
  const previous = isBehindSurrogates ? FIRST_SURROGATE - 1 : code - 1;
  return endOfPrefix(`${rest}${String.fromCodePoint(previous)}`);
}

/** Sort keys from one to another, both included. */
export interface SortKeyRange {
  readonly from: string;
  readonly to: string;
}

/** What is left of the range behind a key, which may lie outside; null if nothing is. */
export function rangeBehind(
  key: string | null,
  { from, to }: SortKeyRange,
  descending: boolean,
): SortKeyRange | null {
  const start = key === null || descending ? from : greatest(from, sortKeyAfter(key));
  const end = key === null || !descending ? to : smallest(to, sortKeyBefore(key));
  return compareSortKeys(start, end) > 0 ? null : { from: start, to: end };
}

function greatest(a: string, b: string): string {
  return compareSortKeys(a, b) > 0 ? a : b;
}

function smallest(a: string, b: string): string {
  return compareSortKeys(a, b) < 0 ? a : b;
}
