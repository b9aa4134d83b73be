import fc from "fast-check";
import { expect, it } from "vitest";
import { queryOf } from "./trpc-route.ts";

const piece = fc.oneof(
  fc.constantFrom(
    "?input=",
    "input",
    "batch",
    "=",
    "&",
    "+",
    "?",
    "#",
    "%",
    "%2",
    "%7B%22",
    "%C3%A9",
    "%ff",
    "%EF%BB%BF",
    "1",
  ),
  fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) }),
);

it("reads a query as URLSearchParams does", () => {
  const query = fc.array(piece).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(query, (text) => {
      const read = queryOf(text);
      const expected = new URLSearchParams(text);
      for (const name of ["input", "batch"]) {
        expect([read[name] ?? []].flat()).toEqual(expected.getAll(name));
      }
    }),
    { numRuns: 2_000 },
  );
});

it("reads no query as an empty one", () => {
  expect(queryOf("")).toEqual({});
});
