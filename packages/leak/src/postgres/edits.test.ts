import fc from "fast-check";
import { expect, it } from "vitest";
import { elementsOf } from "./array-text.ts";
import { type ColumnForm, type Edit, edit } from "./edits.ts";

const change = (path: Edit["path"], from = "waad|a", to = "U", written: string | null = null): Edit => ({
  path,
  from,
  to,
  written,
});

it.each<[ColumnForm, string, readonly Edit[], string | null, readonly (string | null)[]]>([
  ["value", "waad|a", [change([])], "U", [null]],
  ["value", "waad|a ", [change([])], null, []],
  ["document", '{ "a":["waad|a"] }', [change(["a", 0])], '{ "a":["U"] }', [null]],
  ["document", '{"a":"\\u0077aad|a"}', [change(["a"])], '{"a":"U"}', ['"\\u0077aad|a"']],
  ["document", '{"a":"U"}', [change(["a"], "U", "waad|a", '"\\u0077aad|a"')], '{"a":"\\u0077aad|a"}', [null]],
  ["document", '{"a":"waad|a","a":"waad|a"}', [change(["a"])], null, []],
  ["document", '{"a":"waad|a","a":"U"}', [change(["a"])], null, []],
  ["document", '{"o":{"a":"U"},"o":{"a":"waad|a"}}', [change(["o", "a"], "U", "waad|a")], null, []],
  ["document", '{"a":"waad|a","a":"x"}', [change(["a"])], '{"a":"U","a":"x"}', [null]],
  ["document", '{"a":"waad|a"}', [change(["b"])], null, []],
  ["document", '{"a":"waad|a"}', [change(["a"]), change(["b"])], null, []],
  ["array", "{NULL,waad|a,x}", [change([1])], '{NULL,"U",x}', [null]],
  ["array", "[5:6]={waad|a,waad|a}", [change([1])], '[5:6]={waad|a,"U"}', [null]],
  ["array", "{{a,b},{waad|a,c}}", [change([1, 0])], '{{a,b},{"U",c}}', [null]],
  ["array", "{waad|a}", [change([1])], null, []],
  ["array", '{"NULL",NULL}', [change([0], "NULL", 'a"\\')], '{"a\\"\\\\",NULL}', [null]],
  [
    "documents",
    '{"{\\"a\\": \\"waad|a\\"}",NULL}',
    [change([0, "a"])],
    '{"{\\"a\\": \\"U\\"}",NULL}',
    [null],
  ],
])("edits a %s: %s", (form, text, edits, after, written) => {
  expect(edit(text, form, edits)).toEqual(after === null ? null : { text: after, written });
});

it.each<[ColumnForm, string, readonly string[]]>([
  ["array", "waad|a", []],
  ["documents", '"{\\"a\\":\\"waad|a\\"}"', ["a"]],
])("edits 20,000 elements of the form %s in seconds, not minutes", (form, element, rest) => {
  const text = `{${Array.from({ length: 20_000 }, () => element).join(",")}}`;
  const edits = Array.from({ length: 20_000 }, (_, at) => change([at, ...rest]));
  const beganMs = performance.now();
  expect(edit(text, form, edits)?.text).toBe(text.replaceAll("waad|a", form === "array" ? '"U"' : "U"));
  expect(performance.now() - beganMs).toBeLessThan(10_000);
});

it("reads the elements of any array as they were written", () => {
  const texts = fc.array(fc.string({ minLength: 1 }), { minLength: 1 });
  fc.assert(
    fc.property(texts, (values) => {
      const text = `{${values.map((value) => `"${value.replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;
      const read = elementsOf(text);
      expect(read.map(({ value }) => value)).toEqual(values);
      expect(read.map(({ path }) => path)).toEqual(values.map((_, at) => [at]));
    }),
  );
});
