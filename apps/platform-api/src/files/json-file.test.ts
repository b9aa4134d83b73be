import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CommandFailure } from "../terminal/terminal.ts";
import { FileError, readJsonFile } from "./json-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "json-file-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): unknown {
  const path = join(folder, "file.json");
  writeFileSync(path, text);
  return readJsonFile(path, "members");
}

it("reads a file that begins with a byte order mark", () => {
  expect(read('\ufeff{"a":[1]}')).toEqual({ a: [1] });
});

it.each([
  ["an empty file", "", /^the members file cannot be imported, and nothing was changed:\n {2}invalid JSON: /],
  [
    "an incomplete object",
    "{",
    /^the members file cannot be imported, and nothing was changed:\n {2}invalid JSON: /,
  ],
  [
    "a name that appears twice, of which JSON.parse would lose the first",
    '{"domains":["lost.example"],"domains":[]}',
    /^the members file cannot be imported, and nothing was changed:\n {2}invalid JSON: duplicate member name$/,
  ],
])("refuses %s", (_, text, message) => {
  expect(() => read(text)).toThrow(FileError);
  expect(() => read(text)).toThrow(message);
});

it.each([
  ["does not exist", "missing.json", "there is no such file"],
  ["is a folder", ".", "it is a folder"],
])("refuses a path that %s", (_, name, problem) => {
  const path = join(folder, name);
  expect(() => readJsonFile(path, "members")).toThrow(new CommandFailure(`cannot read ${path}: ${problem}`));
});
