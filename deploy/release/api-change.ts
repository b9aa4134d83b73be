import semver from "semver";

/** Declaration files by path. */
export type Declarations = ReadonlyMap<string, string>;

export interface ApiChange {
  /** Declarations that are gone or read differently, each with its place. */
  readonly lost: readonly string[];
  readonly gained: readonly string[];
}

/**
 * Compares public types line by line, each line within the declaration that contains it. A line that reads differently
 * counts as lost and gained: the text does not say whether a change narrows the type.
 */
export function compareApi(before: Declarations, after: Declarations): ApiChange {
  const [old, now] = [declared(before), declared(after)];
  return {
    lost: [...old].filter((line) => !now.has(line)),
    gained: [...now].filter((line) => !old.has(line)),
  };
}

/** Which number has to go up at least, by the rules of docs/release.md. */
export function neededBump({ lost, gained }: ApiChange, last: string): "major" | "minor" | "patch" {
  if (lost.length > 0) return semver.major(last) === 0 ? "minor" : "major";
  return gained.length > 0 ? "minor" : "patch";
}

function declared(declarations: Declarations): Set<string> {
  const found = new Set<string>();
  for (const [file, text] of declarations) {
    const places = [file];
    for (const line of linesOf(text)) {
      if (line.startsWith("}")) places.pop();
      else found.add([...places, line].join(" › "));
      if (line.endsWith("{")) places.push(line.replace(/ ?\{$/, ""));
    }
  }
  return found;
}

/** The lines that mean something to users. Each name of an export list and each text of a tuple is a line of its own. */
function linesOf(text: string): string[] {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/^import .*;$/gm, "")
    .replaceAll(/^export \{(.*)\};?$/gm, (_, names: string) => itemsOf(names, "export"))
    .replaceAll(/^(.*)readonly \[((?:"[^"]*"(?:, )?)+)\];$/gm, (_, name: string, items: string) =>
      itemsOf(items, name),
    )
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function itemsOf(list: string, owner: string): string {
  return list
    .split(",")
    .map((item) => `${owner.trim()} ${item.trim()}`)
    .join("\n");
}
