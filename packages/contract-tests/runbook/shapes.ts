import { expect } from "vitest";

/**
 * What differs from run to run, as a page shows it and as it may be. A number does, unless it is a part of a name, such as
 * `jane-2019`, or may be a status of HTTP.
 */
const DIFFERS: readonly (readonly [shown: RegExp, printed: string])[] = [
  [/…/, ".*"],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/, "\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z"],
  [/operator:[\w.-]+/, "operator:[\\w.-]+"],
  [/(?<![\w|.-])(?![2-5]\d\d(?![\d.,]))\d[\d.,]*(?!\w)/, "\\d[\\d.,]*"],
];
const ANY = new RegExp(`(${DIFFERS.map(([shown]) => shown.source).join("|")})`);

/** Lines without their indentation and what aligns their columns, and without empty ones. */
function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.replaceAll(/\s+/g, " ").trim());
  return lines.filter((line) => line !== "");
}

/** `…` stands for anything in a line, and on a line of its own for any lines. */
function patternOf(shown: string): string {
  return linesOf(shown)
    .map((line) => (line === "…" ? "(?:.*\\n)*?" : `${linePattern(line)}\\n`))
    .join("");
}

function linePattern(line: string): string {
  const parts = line.split(ANY).map((part, index) => {
    if (index % 2 === 0) return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    return DIFFERS.find(([shown]) => new RegExp(`^${shown.source}`).test(part))?.[1];
  });
  return parts.join("");
}

/** Expects that this is printed, and nothing else. */
export function expectPrinted(printed: string, shown: string): void {
  const text = linesOf(printed).map((line) => `${line}\n`);
  expect(text.join(""), `what the page shows: ${shown}`).toMatch(new RegExp(`^${patternOf(shown)}$`));
}

/** Expects that this is printed, after other lines and before others. */
export function expectAmong(printed: string, shown: string): void {
  const text = linesOf(printed).map((line) => `${line}\n`);
  expect(`\n${text.join("")}`, `what the page shows: ${shown}`).toMatch(new RegExp(`\n${patternOf(shown)}`));
}
