import { expect, it } from "vitest";
import { formatTable, guarded, jsonText, print, printable, type Terminal } from "./terminal.ts";

/** Each range of characters that a terminal acts on or hides. */
const RANGES = [
  [0, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xe0001, 0xe007f],
  [0xe0100, 0xe01ef],
];
const UNSAFE = RANGES.flatMap(([from = 0, to = 0]) =>
  Array.from({ length: to - from + 1 }, (_, at) => String.fromCodePoint(from + at)),
);
const SAFE = "Bücher & Söhne · 株式会社 · حساب · ✓ – … 😀 \\u{1b}";

it("T8I: shows each character that a terminal acts on or hides as its code, and the others as they are", () => {
  expect(UNSAFE.filter((each) => !/^\\u\{[0-9a-f]+\}$/.test(printable(each)))).toEqual([]);
  expect(printable(SAFE)).toBe(SAFE);
});

it("T8I: writes JSON that holds none of these characters and means the same", () => {
  const value = { "a\u009b": UNSAFE.join("\\"), SAFE };
  expect(jsonText(value)).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Cs}]+$/u);
  expect(JSON.parse(jsonText(value))).toEqual(value);
  expect(jsonText("\u{e0041}\u202e")).toBe('"\\udb40\\udc41\\u202e"');
});

/** An argument of several lines, with all that a text of replacement could mean. */
const SEVERAL = "x\ny$`$&$'$$c";

it("T8I: guards all that a command writes and asks", async () => {
  const written: string[] = [];
  const write = (text: string) => {
    written.push(text);
  };
  const unused = { env: {}, readInput: async () => "", operator: "jo", onStop: () => {} };
  const ask = async (question: string) => `${question.length}`;
  const process = { ...unused, out: write, err: write, rewrite: write, ask };
  const terminal: Terminal = guarded(process, ["a\nb", "\n", SEVERAL]);
  terminal.out("a\u001b[2J\nb\r\n");
  terminal.err("a\u009b2J\u202e\n");
  terminal.err('"a\nb" is not an id\n');
  terminal.err(`"${SEVERAL}" is not an id\n`);
  terminal.rewrite?.("a\rb\n");
  const argument = '"a\\u{a}b" is not an id\n';
  const patterns = `"x\\u{a}y$\`$&$'$$c" is not an id\n`;
  expect(written).toEqual([
    "a\\u{1b}[2J\nb\\u{d}\n",
    "a\\u{9b}2J\\u{202e}\n",
    argument,
    patterns,
    "a\\u{d}b\\u{a}",
  ]);
  expect(await terminal.ask?.("\u202e")).toBe("8");
  expect(guarded({ ...terminal, ask: null }, []).ask).toBeNull();
});

it("names the program in hints as the reader calls it, and leaves data as it is", () => {
  const written: string[] = [];
  const write = (text: string) => {
    written.push(text);
  };
  const rest = { readInput: async () => "", ask: null, operator: "jo", onStop: () => {} };
  const hint = "platform-api says: see `platform-api org list`, or: platform-api leak undo plan\n";
  for (const env of [{ PLATFORM_API_COMMAND: "./platform" }, {}]) {
    const terminal = guarded({ env, out: write, err: write, ...rest }, []);
    terminal.err(hint);
    print({}, hint, undefined, terminal);
    print(hint, "", true, terminal);
  }
  const named = "platform-api says: see `./platform org list`, or: ./platform leak undo plan\n";
  const data = `${JSON.stringify(hint)}\n`;
  expect(written).toEqual([named, named, data, hint, hint, data]);
});

it("aligns a table by what it shows", () => {
  const table = formatTable(["SUBJECT", "SINCE"], [["waad|\u001b[2Jx\u202e\n", "2026"]]);
  expect(table).toBe(
    ["SUBJECT                       SINCE", "waad|\\u{1b}[2Jx\\u{202e}\\u{a}  2026", ""].join("\n"),
  );
});
