import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const WORDS = fileURLToPath(new URL("main.ts", import.meta.url));

let file: string;
beforeAll(() => {
  file = join(mkdtempSync(join(tmpdir(), "words-")), "text.md");
});
afterAll(() => rmSync(join(file, ".."), { recursive: true }));

function check(text: string): { status: number | null; stderr: string } {
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
