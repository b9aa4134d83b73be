import { printable } from "./terminal.ts";

/** What is wrong with an answer, and how to fix it. */
export interface Problem {
  readonly saw: string;
  readonly expected: string;
  readonly fix: string;
}

/**
 * The result of one check. `differs`: platform-api cannot work with what was checked, or not safely. `note`: it can, but
 * the operator should know. `skipped`: not checked, and why.
 */
export interface Finding extends Partial<Problem> {
  readonly check: string;
  readonly result: "ok" | "differs" | "note" | "skipped";
  readonly saw: string;
}

/** Collects the findings, in order, and each once. */
export class Findings {
  readonly #all: Finding[] = [];

  get all(): readonly Finding[] {
    return this.#all;
  }

  ok(check: string, saw: string): void {
    this.#add({ check, result: "ok", saw });
  }

  note(check: string, saw: string): void {
    this.#add({ check, result: "note", saw });
  }

  skipped(check: string, saw: string): void {
    this.#add({ check, result: "skipped", saw });
  }

  differ(check: string, ...problems: readonly Problem[]): void {
    for (const problem of problems) this.#add({ check, result: "differs", ...problem });
  }

  #add(finding: Finding): void {
    if (!this.#all.some(({ check, saw }) => check === finding.check && saw === finding.saw)) {
      this.#all.push(finding);
    }
  }
}

const MARKS = { ok: "✓", differs: "✗", note: "!", skipped: "–" };

/** The findings as text for a terminal. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = " ".repeat(width + 4);
  const lines = findings.flatMap(({ check, result, saw, expected, fix }) => [
    `${MARKS[result]} ${check.padEnd(width)}  ${saw}`,
    ...(expected === undefined ? [] : [`${indent}expected: ${expected}`]),
    ...(fix === undefined ? [] : [`${indent}to fix:   ${fix}`]),
  ]);
  return lines.map((line) => `${printable(line)}\n`).join("");
}
