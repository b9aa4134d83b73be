import { expect, it } from "vitest";
import { parsePersonName } from "./person-name.ts";

it.each([
  ["Jane Miller", "Jane Miller"],
  ["  Jane  ", "Jane"],
  ["Zoe\u0308", "Zo\u00eb"],
  ["O’Connor-Núñez, José (he/him)", "O’Connor-Núñez, José (he/him)"],
  ["王小明", "王小明"],
  ["Nguyễn Thị Ánh", "Nguyễn Thị Ánh"],
  ["عائشة", "عائشة"],
  ["x".repeat(100), "x".repeat(100)],
  ["🦊", "🦊"],
])("the name %j is shown as %j", (text, name) => {
  expect(parsePersonName(text)).toBe(name);
});

it.each<[string, unknown]>([
  ["nothing", ""],
  ["blanks", "   "],
  ["too long", "x".repeat(101)],
  ["a number", 5],
  ["null", null],
  ["nothing at all", undefined],
  ["a list", ["Jane"]],
  ["an address", "jane@acme.example"],
  ["a name with an address", "Jane <jane@acme.example>"],
  ["an address of wide letters", "jane\uff20acme.example"],
  ["an address with a small @", "jane\ufe6bacme.example"],
  ["an address in the web", "www.evil.example"],
  ["a link", "https://evil.example/acme"],
  ["what mail programs decode", "=?utf-8?B?RXZpbA==?="],
  ["a line break", "Jane\nAdmin of Acme"],
  ["a control character", "Jane\u0000"],
  ["text that is turned around", "Jane\u202eenaJ"],
  ["an isolate", "\u2066Jane\u2069"],
  ["something that cannot be seen", "Ja\u200bne"],
  ["half a character", "Jane\ud800"],
  ["punctuation alone", "…"],
  ["marks that are piled up", `J${"\u0301".repeat(6)}ane`],
])("T8R: %s is not a name", (_, value) => {
  expect(parsePersonName(value)).toBeNull();
});

it("a name that was parsed is parsed to itself", () => {
  for (const name of ["Zoe\u0308", " Jane ", "Å"].map(parsePersonName))
    expect(parsePersonName(name)).toBe(name);
});
