import type { Explanation } from "@platform-api/server/trial";
import { jsonText, printable } from "../../terminal/terminal.ts";

/** The explanation as text for a terminal. */
export function formatExplanation({ steps, warnings }: Explanation): string {
  const width = Math.max(...steps.map(({ step }) => step.length));
  const lines = steps.flatMap(({ step, ok, saw, expected, reason, detail, fix }) => {
    const line = `${ok ? "✓" : "✗"} ${step.padEnd(width)}  ${saw}`;
    if (ok) return [line];
    const indent = " ".repeat(width + 4);
    return [
      line,
      `${indent}refused:  ${reason} (${detail})`,
      `${indent}expected: ${expected}`,
      `${indent}to fix:   ${fix}`,
    ];
  });
  return [...lines, ...warnings.map((warning) => `! ${warning}`)]
    .map((line) => `${printable(line)}\n`)
    .join("");
}

/** A value of a token, on one line and cut at 200 characters. */
export function shown(value: unknown): string {
  const text = value === undefined ? "absent" : jsonText(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
