import { basename } from "node:path";

/** One change of the code, as Stryker reports it; lines and columns start at 1. */
export interface Mutant {
  readonly fileName: string;
  readonly status: string;
  readonly location: { readonly start: Position; readonly end: Position };
  readonly replacement?: string | undefined;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** A mutant that no test can detect, and why. */
export interface Explanation {
  /** Of the domain, without `.ts`. */
  readonly file: string;
  /** The whole line, or all lines that the code spans, with white space collapsed. */
  readonly line: string;
  /** The part of it that is replaced. */
  readonly code: string;
  readonly by: string;
  readonly why: string;
}

type Change = Omit<Explanation, "why">;

export interface Survivors {
  readonly tried: number;
  readonly unexplained: readonly string[];
  /** Explanations of mutants that were killed or no longer exist. */
  readonly unused: readonly string[];
}

/** The mutants that no test detected and no explanation covers. */
export function survivorsOf(
  mutants: readonly Mutant[],
  sources: ReadonlyMap<string, string>,
  explained: readonly Explanation[],
): Survivors {
  const tried = mutants.filter(({ status }) => status !== "Ignored");
  const survived = tried
    .filter(({ status }) => status === "Survived" || status === "NoCoverage")
    // Stryker fills empty lists with a string of its own, which the compiler rejects.
    .filter(({ replacement = "" }) => !replacement.includes("Stryker was here"))
    .map((mutant) => ({ at: mutant.location.start.line, ...changeOf(mutant, sources) }));
  const isOf = (change: Change, { file, line, code, by }: Change) =>
    change.file === file && change.line === line && change.code === code && change.by === by;
  const files = new Set(mutants.map(({ fileName }) => basename(fileName, ".ts")));
  return {
    tried: tried.length,
    unexplained: survived
      .filter((each) => !explained.some((other) => isOf(each, other)))
      .map(({ at, ...change }) => `${change.file}.ts:${at} ${inWords(change)}`),
    unused: explained
      .filter((other) => files.has(other.file) && !survived.some((each) => isOf(each, other)))
      .map((change) => `${change.file}.ts ${inWords(change)}`),
  };
}

function changeOf(mutant: Mutant, sources: ReadonlyMap<string, string>): Change {
  const { fileName, location, replacement = "" } = mutant;
  const { start, end } = location;
  const lines = (sources.get(fileName) ?? "").split("\n").slice(start.line - 1, end.line);
  const last = lines.at(-1) ?? "";
  const code = [...lines.slice(0, -1), last.slice(0, end.column - 1)].join("\n").slice(start.column - 1);
  const file = basename(fileName, ".ts");
  return { file, line: oneLine(lines.join("\n")), code: oneLine(code), by: oneLine(replacement) };
}

function inWords({ line, code, by }: Change): string {
  return `${code} → ${by} in: ${line}`;
}

function oneLine(code: string): string {
  return code.replace(/\s+/g, " ").trim();
}
