/** First words of names that other programs use too. We read only one variable of each. Logins set `MAIL`. */
const FOREIGN_WORDS = new Set(["NODE", "AWS", "LOG", "ACCESS", "MAIL", "OTEL"]);

/** Addresses that Kubernetes sets for each service, and ports that `pnpm start` sets. */
const SERVICE_ADDRESS = /_SERVICE_HOST$|_PORT(_|$)/;

/** The most characters by which a misspelled name may differ. */
const CLOSE = 2;

/**
 * Finds variables that look like ours but are not read, most likely because they are misspelled. A name looks like ours
 * when it shares a prefix with several known names, or is almost one of them.
 */
export function unknownVariables(names: readonly string[], known: readonly string[]): string[] {
  const prefixes = prefixesOf(known);
  const problems: string[] = [];
  for (const name of names) {
    if (known.includes(name)) continue;
    const close = known.find((other) => other.includes("_") && isClose(name, other));
    const isLikeOurs =
      prefixes.some((prefix) => `${name}_`.startsWith(prefix)) && !SERVICE_ADDRESS.test(name);
    if (close !== undefined) problems.push(`${name} is unknown: did you mean ${close}?`);
    else if (isLikeOurs) problems.push(`${name} is unknown`);
  }
  return problems;
}

/** The common prefix of the names with the same first word, without their last words: `JWKS_`, `PLATFORM_JWT_`. */
function prefixesOf(known: readonly string[]): string[] {
  const compound = known.map((name) => name.split("_")).filter((words) => words.length > 1);
  const groups = Map.groupBy(compound, ([first = ""]) => first);
  return [...groups].flatMap(([first, group]) => {
    if (FOREIGN_WORDS.has(first)) return [];
    const [words = []] = group;
    const end = words.findIndex((word, index) => group.some((other) => other[index] !== word));
    return `${words.slice(0, end < 0 ? -1 : end).join("_")}_`;
  });
}

function isClose(one: string, other: string): boolean {
  return Math.abs(one.length - other.length) <= CLOSE && distance(one, other) <= CLOSE;
}

/** The least number of characters to insert, delete or replace (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, character] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (other[column - 1] === character ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
