import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const WORDS = fileURLToPath(new URL("main.ts", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "words-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function check(text: string, name = "text.md"): { status: number | null; stderr: string } {
  const file = join(folder, name);
  writeFileSync(file, text);
  const { status, stderr } = spawnSync(process.execPath, [WORDS, file], { encoding: "utf8" });
  return { status, stderr };
}

/** Spelled in parts, so that this file passes the check itself. */
const REFUSED = [
  ["wh", "oever asks"],
  ["it men", "ds itself"],
  ["begin an", "ew"],
  ["keys that cannot be ", "had"],
  ["an id that is ", "none"],
  ["it is ", "no UUID"],
  ["to", "ld of an error"],
].map((parts) => parts.join(""));

const ALLOWED = [
  "The amendment recommends renewed software.",
  "There is no organization, or there are none.",
  "The key is no longer valid.",
  `It quotes ${REFUSED[1]} (plain-words: quoted).`,
];

it("the words check names the file, the line and the plain word of every refused phrase", () => {
  const { status, stderr } = check(REFUSED.join("\n"));
  expect(status).toBe(1);
  const lines = stderr.split("\n");
  for (const [index] of REFUSED.entries()) {
    expect(lines[index]).toMatch(new RegExp(`text\\.md:${index + 1}: ".+": (write|name) `));
  }
  expect(stderr).toContain(`${REFUSED.length} lines are not plain English.`);
});

it("the words check accepts plain English and marked quotes", () => {
  expect(check(ALLOWED.join("\n"))).toEqual({ status: 0, stderr: "" });
});

/** The ways in which a test gets its name: the text before the name, and how many line breaks it has. */
const DECLARATIONS: readonly (readonly [before: string, breaks: number])[] = [
  ["it(", 0],
  ["  test.concurrent(\n    ", 1],
  ["it.skipIf(isSlow)(", 0],
  ["it.each(Object.entries(ROWS))(", 0],
  ["  it.each([\n    [f(1)],\n\n    [2],\n  ] as const)(", 4],
  ["it.each([\n  [1],\n])(\n  ", 3],
];

it("the words check names the line and the word of every test name that is half a sentence", () => {
  const names = ["of two one wins", "T84: that fails", "who asks, wins", "when it fails", "in any order"];
  let text = "";
  const expected: string[] = [];
  for (const name of names) {
    for (const [before, breaks] of DECLARATIONS) {
      for (const quote of ['"', "'", "`"]) {
        const word = name.replace("T84: ", "").split(" ")[0];
        expected.push(`a.test.ts:${text.split("\n").length + breaks}: "${word}": begin the test's name with`);
        text += `${before}${quote}${name}${quote}, () => {});\n`;
      }
    }
  }
  const { status, stderr } = check(text, "a.test.ts");
  expect(status).toBe(1);
  const found = stderr.split("\n").slice(0, -2);
  expect(found.map((line) => line.replace(/^.*\/|(?<=name with).*/g, ""))).toEqual(expected);
});

it("the words check accepts test names that are whole sentences", () => {
  const names = [
    "one of two wins",
    "T84: refuses that",
    "when it fails, it is 503",
    "in-process servers stop",
    "%s: of two",
  ];
  const tests = names.flatMap((name) =>
    DECLARATIONS.map(([before]) => `${before}"${name}", () => call("of"));\n`),
  );
  expect(check(tests.join(""), "a.test.ts")).toEqual({ status: 0, stderr: "" });
});
