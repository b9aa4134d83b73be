import { expect, it } from "vitest";
import { type Explanation, type Mutant, survivorsOf } from "./survivors.ts";

const SOURCES = new Map([["/domain/rules.ts", "const a =\n  one &&\n  two;\nconst b = three;\n"]]);
const mutant = (status: string, overrides: Partial<Mutant> = {}): Mutant => ({
  fileName: "/domain/rules.ts",
  status,
  location: { start: { line: 2, column: 3 }, end: { line: 3, column: 6 } },
  replacement: "one ||\n two",
  ...overrides,
});
const THREE = { location: { start: { line: 4, column: 11 }, end: { line: 4, column: 16 } } };
const EXPLAINED: Explanation = {
  file: "rules",
  line: "one && two;",
  code: "one && two",
  by: "one || two",
  why: "for the compiler",
};

it.each<[string, Mutant[], Explanation[], [number, string[], string[]]]>([
  ["nothing of what tests killed", [mutant("Killed"), mutant("Timeout")], [], [2, [], []]],
  [
    "what survived, and what no test runs",
    [mutant("Survived"), mutant("NoCoverage", THREE)],
    [],
    [
      2,
      [
        "rules.ts:2 one && two → one || two in: one && two;",
        "rules.ts:4 three → one || two in: const b = three;",
      ],
      [],
    ],
  ],
  ["nothing of what is explained", [mutant("Survived")], [EXPLAINED], [1, [], []]],
  [
    "another change of the same code",
    [mutant("Survived", { replacement: "true" })],
    [EXPLAINED],
    [
      1,
      ["rules.ts:2 one && two → true in: one && two;"],
      ["rules.ts one && two → one || two in: one && two;"],
    ],
  ],
  [
    "an explanation of what was killed",
    [mutant("Killed")],
    [EXPLAINED],
    [1, [], ["rules.ts one && two → one || two in: one && two;"]],
  ],
  [
    "no explanation of a file that was not tried",
    [mutant("Killed")],
    [{ ...EXPLAINED, file: "others" }],
    [1, [], []],
  ],
  ["nothing that was not tried", [mutant("Ignored")], [], [0, [], []]],
  [
    "nothing that does not compile",
    [mutant("Survived", { replacement: '["Stryker was here"]' })],
    [],
    [1, [], []],
  ],
])("reports %s", (_, mutants, explained, [tried, unexplained, unused]) => {
  expect(survivorsOf(mutants, SOURCES, explained)).toEqual({ tried, unexplained, unused });
});
