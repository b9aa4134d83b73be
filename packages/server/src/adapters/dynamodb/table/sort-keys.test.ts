import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareSortKeys, endOfPrefix, sortKeyAfter, sortKeyBefore } from "./sort-keys.ts";

/** Any well-formed text, with the characters at which byte order and JavaScript's order part. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\u0000", "#", "\ud7ff", "\ue000", "\uffff", "\u{10000}"),
    fc.string({ unit: "binary" }),
  ),
  maxLength: 12,
});

describe("neighbours of a sort key", () => {
  it("leave no place for another key between", () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        fc.pre(one !== other && one !== "" && other !== "");
        const [small, great] = compareSortKeys(one, other) < 0 ? [one, other] : [other, one];
        expect(compareSortKeys(sortKeyBefore(great), great)).toBe(-1);
        expect(compareSortKeys(small, sortKeyBefore(great))).toBeLessThanOrEqual(0);
        expect(compareSortKeys(small, sortKeyAfter(small))).toBe(-1);
        expect(compareSortKeys(sortKeyAfter(small), great)).toBeLessThanOrEqual(0);
      }),
      {
        examples: [
          ["a", "a\u0000"],
          ["a\ud7ffz", "a\ue000"],
          ["\uffff", "\u{10000}"],
          ["AUDIT#a", "AUDIT#b"],
        ],
      },
    );
  });

  it("end a prefix behind everything that begins with it", () => {
    fc.assert(
      fc.property(text, text, (prefix, rest) => {
        expect(compareSortKeys(`${prefix}${rest}`, endOfPrefix(prefix))).toBe(-1);
      }),
    );
  });
});
