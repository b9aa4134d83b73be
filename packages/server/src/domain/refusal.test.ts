import { expect, it } from "vitest";
import { causeOf } from "./refusal.ts";

const caused = (...causes: readonly object[]) =>
  causes.reduceRight<Error>(
    (cause, fields) => Object.assign(new Error("quotes the input", { cause }), fields),
    new Error(),
  );

it.each([
  ["the code of a cause", [{}, { name: "TypeError" }, { code: "ECONNREFUSED" }], "ECONNREFUSED"],
  ["the name of the first cause without a code", [{}, { name: "TimeoutError" }, {}], "TimeoutError"],
  ["no name that an upstream has made up", [{}, { name: "jane@acme.example" }], "unknown"],
  ["no code that an upstream has made up", [{}, { code: "a token of Jane's" }], "unknown"],
])("a cause for the log is %s", (_, [error, ...causes], expected) => {
  expect(causeOf(caused(error ?? {}, ...causes))).toBe(expected);
});

it("is null without a cause", () => {
  expect(causeOf(new Error("alone"))).toBeNull();
});
