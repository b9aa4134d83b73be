import { expect, it } from "vitest";
import { barOf, progressBar } from "./progress-bar.ts";
import type { Terminal } from "./terminal.ts";

function terminal(written: string[], rewrite?: Terminal["rewrite"]): Terminal {
  return {
    env: {},
    out: () => {},
    err: (text) => written.push(text),
    ...(rewrite && { rewrite }),
    readInput: async () => "",
    ask: null,
    operator: "jo",
    onStop: () => {},
  };
}

it.each([
  [0, 2_000, `${"░".repeat(30)}   0 %  0 of 2,000 lines`],
  [1_000, 2_000, `${"█".repeat(15)}${"░".repeat(15)}  50 %  1,000 of 2,000 lines`],
  [1_999, 2_000, `${"█".repeat(29)}░  99 %  1,999 of 2,000 lines`],
  [2_000, 2_000, `${"█".repeat(30)} 100 %  2,000 of 2,000 lines`],
  [0, 0, `${"█".repeat(30)} 100 %  0 of 0 lines`],
])("the bar of %i of %i is full only at the end", (done, all, bar) => {
  expect(barOf(done, all, "lines")).toBe(bar);
});

it("a bar is drawn ten times a second at most, at its end whenever that is, and is taken away", () => {
  const lines: string[] = [];
  let ms = 0;
  const bar = progressBar(
    terminal([], (line) => lines.push(line)),
    () => ms,
  );
  for (const at of [0, 50, 99, 100, 120]) {
    ms = at;
    bar.report(at, 120, "lines");
  }
  bar.end();
  expect(lines).toEqual([...[0, 100, 120].map((at) => barOf(at, 120, "lines")), ""]);
});

it("nothing is drawn where nobody watches", () => {
  const written: string[] = [];
  const bar = progressBar(terminal(written));
  bar.report(1, 2, "lines");
  bar.end();
  expect(written).toEqual([]);
});
