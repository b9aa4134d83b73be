import { expect, it } from "vitest";
import { csvLines } from "./csv.ts";

const lineOf = (...cells: string[]) => csvLines([], [cells])[1];

it("begins with the mark of UTF-8, and ends each line as spreadsheets do", () => {
  expect(csvLines(["Name", "Role"], [["Zoë", "Owner"]])).toEqual(["\ufeffName,Role\r\n", "Zoë,Owner\r\n"]);
});

it.each([
  ["Turner, Ada", '"Turner, Ada"'],
  ['Ada "Al" Turner', '"Ada ""Al"" Turner"'],
  ["two\nlines", '"two\nlines"'],
  ["half;half", '"half;half"'],
  ["", ""],
  ["ada.turner+work@acme.example", "ada.turner+work@acme.example"],
  ["2026-12-01T07:11:02Z", "2026-12-01T07:11:02Z"],
])("leaves the text of a cell as it is: %j", (text, cell) => {
  expect(lineOf(text)).toBe(`${cell}\r\n`);
});

it.each([
  ["=1+1", "'=1+1"],
  ["+49 30 1234", '"\'+49 30 1234"'],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1+1", "\"'\t'=1+1\""],
  ["\r=1+1", "\"'\r'=1+1\""],
  ["  =1+1", '"  \'=1+1"'],
  ["＝1+1", "'＝1+1"],
  ['=HYPERLINK("http://evil.example")', '"\'=HYPERLINK(""http://evil.example"")"'],
  // Where semicolons separate cells, these are two.
  ["Ada;=1+1", '"Ada;\'=1+1"'],
  ['Ada";=1+1', '"Ada"";\'=1+1"'],
  ["Ada\r\n=1+1", '"Ada\r\n\'=1+1"'],
])("keeps a spreadsheet from running a cell: %j", (text, cell) => {
  expect(lineOf("Ada", text)).toBe(`Ada,${cell}\r\n`);
});
