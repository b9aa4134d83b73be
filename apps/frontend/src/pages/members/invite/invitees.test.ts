import { describe, expect, it } from "vitest";
import { isAddress, parseInvitees, withInvitees } from "./invitees.ts";

/** A question mark marks what is not an address. */
function read(text: string): string[] {
  return parseInvitees(text).map(({ text, email }) => (email === null ? `${text} ?` : email));
}

const TWO = ["jane@acme.example", "ben@acme.example"];

describe("parseInvitees", () => {
  it.each<[string, string, string[]]>([
    ["nothing", " \n,; ", []],
    ["one address", " jane@acme.example ", ["jane@acme.example"]],
    ["lines", "jane@acme.example\r\nben@acme.example\n", TWO],
    ["commas", "jane@acme.example, ben@acme.example,", TWO],
    ["semicolons", "jane@acme.example;ben@acme.example", TWO],
    ["spaces and tabs", "jane@acme.example\tben@acme.example", TWO],
    ["names", "Jane Doe <jane@acme.example>, Ben <ben@acme.example>", TWO],
    ["names without a separator", "Jane <jane@acme.example> Ben <ben@acme.example>", TWO],
    ["a name with a comma", "Doe, Jane <jane@acme.example>; Fox, Ben <ben@acme.example>", TWO],
    ["quoted names", '"Doe, Jane" <jane@acme.example>, "ben@home" <ben@acme.example>', TWO],
    ["an address as the name", "jane@acme.example <jane@acme.example>", ["jane@acme.example"]],
    ["brackets alone", "<jane@acme.example>,<ben@acme.example>", TWO],
    ["quoted addresses", '"jane@acme.example","ben@acme.example"', TWO],
    ["links", "mailto:jane@acme.example <mailto:ben@acme.example>", TWO],
    ["a sentence's punctuation", "(jane@acme.example) ben@acme.example.", TWO],
    ["invisible marks", "\u202ajane@acme.example\u202c\u200b ben@acme.example", TWO],
    ["capitals, once", "Jane@Acme.Example, jane@acme.example", ["jane@acme.example"]],
    ["other alphabets", "jane@bücher.example", ["jane@xn--bcher-kva.example"]],
    ["plus addresses", "jane+acme@acme.example", ["jane+acme@acme.example"]],
  ])("reads %s", (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    ["a word", "jane", ["jane ?"]],
    ["words, as one", "Jane Doe", ["Jane Doe ?"]],
    ["words between commas", "jane, ben", ["jane ?", "ben ?"]],
    ["a name before a bare address", "Jane Doe\tjane@acme.example", ["Jane Doe ?", "jane@acme.example"]],
    ["words after an address", "jane@acme.example ben", ["jane@acme.example", "ben ?"]],
    ["all but one comma of a name", "max, Doe, Jane <jane@acme.example>", ["max ?", "jane@acme.example"]],
    ["no top-level domain", "jane@acme", ["jane@acme ?"]],
    ["two at signs", "jane@@acme.example", ["jane@@acme.example ?"]],
    ["a name before a bad address", "Jane <jane@acme>", ["Jane ?", "jane@acme ?"]],
    ["text between tags", "<script>alert(1)</script>", ["script ?", "alert(1) ?", "/script ?"]],
    ["all but empty brackets", "Jane <> < >", ["Jane ?"]],
    ["a bracket that is not closed", "Jane <jane@acme.example", ["Jane ?", "jane@acme.example"]],
    ["a quoted local part", '"jane doe"@acme.example', ['"jane doe"@acme.example ?']],
    ["the same twice, once", "jane, Jane", ["jane ?"]],
  ])("drops nothing of %s", (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

/** Every text of the pieces, up to a number of them. */
function textsOf(pieces: readonly string[], most: number): string[] {
  if (most === 0) return [""];
  const shorter = textsOf(pieces, most - 1);
  return [...new Set([...shorter, ...shorter.flatMap((text) => pieces.map((piece) => text + piece))])];
}

it("drops no word of any text, except of a name before an address in brackets", () => {
  const pieces = ["Jane", "alert(1)", "leo@acme", "zoe@acme.example", " ", ",", "\n", "<", ">", '"', "<x>"];
  const texts = textsOf(pieces, 4).filter((text) => !/<[^<>]*zoe@acme\.example[^<>]*>/.test(text));
  const lost = texts.filter((text) => {
    const chips = parseInvitees(text).map((each) => each.text.toLowerCase());
    const words = text.toLowerCase().match(/[^\s,<>"]+/g) ?? [];
    return chips.includes("") || !words.every((word) => chips.some((chip) => chip.includes(word)));
  });
  expect(texts.length).toBeGreaterThan(10_000);
  expect(lost).toEqual([]);
});

it("withInvitees adds each person once and keeps the order", () => {
  const present = parseInvitees("jane@acme.example");
  const texts = withInvitees(present, "ben@acme.example JANE@acme.example").map(({ email }) => email);
  expect(texts).toEqual(TWO);
});

it.each([
  ["jane@acme.example", true],
  [" jane@acme.example ", true],
  ["jane@acme", false],
  ["Jane Doe", false],
])("isAddress of %j is %s", (text, expected) => {
  expect(isAddress(text)).toBe(expected);
});
