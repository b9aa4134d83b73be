import fc from "fast-check";
import { expect, it } from "vitest";
import { countKeys, replaceStrings, stringsOf } from "./json-text.ts";

const ROUNDS = { numRuns: 200 };

/** Any JSON, written in any way: with blanks or without, with characters as escapes or not. */
const documents = fc
  .tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom("", " ", "\n\t", "\r\n"), fc.boolean())
  .map(([value, blank, isEscaped]) => write(value, blank, isEscaped));

/** @param isEscaped writes every character of a string as an escape */
function write(value: unknown, blank: string, isEscaped: boolean): string {
  const list = (parts: readonly string[]) => parts.join(`${blank},${blank}`);
  const inner = (part: unknown) => write(part, blank, isEscaped);
  if (typeof value === "string") {
    const toEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    return isEscaped ? `"${value.split("").map(toEscape).join("")}"` : JSON.stringify(value);
  }
  if (Array.isArray(value)) return `${blank}[${blank}${list(value.map(inner))}${blank}]${blank}`;
  if (typeof value !== "object" || value === null) return `${blank}${JSON.stringify(value)}${blank}`;
  const entries = Object.entries(value).map(([key, item]) => `${inner(key)}${blank}:${inner(item)}`);
  return `${blank}{${blank}${list(entries)}${blank}}${blank}`;
}

/** The same by JSON.parse. */
function stringsByParsing(value: unknown, path: readonly (string | number)[] = []): unknown[] {
  if (typeof value === "string") return [{ path, value }];
  if (Array.isArray(value)) return value.flatMap((item, at) => stringsByParsing(item, [...path, at]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => stringsByParsing(item, [...path, key]));
}

it("every string has the path and the value that JSON.parse gives it, and stands where it says", () => {
  fc.assert(
    fc.property(documents, (text) => {
      const strings = stringsOf(text);
      const found = strings.map(({ path, value }) => ({ path, value }));
      const bySort = (all: unknown[]) => all.map((one) => JSON.stringify(one)).toSorted();
      expect(bySort(found)).toEqual(bySort(stringsByParsing(JSON.parse(text))));
      for (const { start, end, raw, value } of strings) {
        expect(text.slice(start, end)).toBe(raw);
        expect(JSON.parse(raw)).toBe(value);
      }
    }),
    ROUNDS,
  );
});

it("a replacement changes its strings, and no byte beside them", () => {
  fc.assert(
    fc.property(documents, fc.func(fc.boolean()), (text, isReplaced) => {
      const strings = stringsOf(text);
      const chosen = strings.filter(({ path }) => isReplaced(path));
      const replaced = replaceStrings(
        text,
        chosen.map(({ start, end }) => ({ start, end, raw: '"new"' })),
      );
      const after = stringsOf(replaced);
      expect(after.map(({ path }) => path)).toEqual(strings.map(({ path }) => path));
      expect(after.map(({ value }) => value)).toEqual(
        strings.map((one) => (chosen.includes(one) ? "new" : one.value)),
      );
      const back = after.flatMap(({ start, end }, at) => {
        const { raw } = strings[at] ?? { raw: "" };
        return [{ start, end, raw }];
      });
      expect(replaceStrings(replaced, back)).toBe(text);
    }),
    ROUNDS,
  );
});

it("refuses exactly what JSON.parse refuses", () => {
  const piece = fc.constantFrom(...'{}[]:,"\\ \nabtnu0123e.-+', "true", "null", '"a":', '"x"', "\u0001");
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece).map((pieces) => pieces.join("")),
        mutated(),
      ),
      (text) => {
        expect(accepts(() => stringsOf(text))).toBe(accepts(() => JSON.parse(text)));
      },
    ),
    { numRuns: 1_000 },
  );
});

function mutated() {
  const character = fc.constantFrom(...'{}[]:,"\\ 0e.-a');
  return fc.tuple(documents, fc.nat(), fc.nat(2), character).map(([text, at, removed, added]) => {
    const start = at % (text.length + 1);
    return `${text.slice(0, start)}${added}${text.slice(start + removed)}`;
  });
}

function accepts(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return false;
  }
}

it("a key that occurs twice has both of its values", () => {
  const text = '{"a":"1" , "a":"\\u0032","b":[ "3",{"a":1e400}]}';
  expect(stringsOf(text).map(({ path, value }) => [path.join("."), value])).toEqual([
    ["a", "1"],
    ["a", "2"],
    ["b.0", "3"],
  ]);
  const [, second] = stringsOf(text);
  const [start, end] = [second?.start ?? 0, second?.end ?? 0];
  expect(replaceStrings(text, [{ start, end, raw: '"z"' }])).toBe(text.replace('"\\u0032"', '"z"'));
});

it("only the strings that are wanted are kept, and keys are counted apart", () => {
  const text = '{"x":"x","y":{"x":["x","y"]}}';
  expect(stringsOf(text, (value) => value === "y")).toHaveLength(1);
  expect(countKeys(text, (key) => key === "x")).toBe(2);
});

it("a document may be nested 100,000 deep, and a string may have a million characters", () => {
  const deep = `${"[".repeat(100_000)}"x"${"]".repeat(100_000)}`;
  expect(stringsOf(deep).map(({ path }) => path.length)).toEqual([100_000]);
  expect(stringsOf(`["${"x".repeat(1_000_000)}"]`)[0]?.value).toHaveLength(1_000_000);
});

it("replacements that overlap are refused", () => {
  const twice = [
    { start: 0, end: 3, raw: "1" },
    { start: 2, end: 4, raw: "2" },
  ];
  expect(() => replaceStrings('"ab"', twice)).toThrow(RangeError);
});
