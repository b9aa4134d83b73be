import { expect, it } from "vitest";
import { EXAMPLE } from "./example-document.ts";
import { EMPTY_DRAFT, isSameDraft, problemsOf, runOf } from "./run-draft.ts";

it.each([
  ["", "", ["Give the run a title.", "Paste a document, or use the example."]],
  ["  ", "\u200b\u2060", ["Give the run a title.", "Paste a document, or use the example."]],
  [` ${"a".repeat(200)} `, "a".repeat(20_000), [null, null]],
  ["a".repeat(201), "a", ["Shorten the title to 200 characters. It has 201.", null]],
  ["Count", "a".repeat(20_001), [null, "Shorten the document to 20,000 characters. It has 20,001."]],
  [EXAMPLE.title, EXAMPLE.document, [null, null]],
])("problemsOf a draft with the title %j are known before it is sent", (title, document, problems) => {
  expect(Object.values(problemsOf({ ...EMPTY_DRAFT, title, document }))).toEqual(problems);
});

it("a draft is the same as its run until something of it is edited", () => {
  const draft = { title: " Count ", document: "One two.", isFailing: false };
  const run = runOf(draft, "run-1");
  expect(run).toEqual({ id: "run-1", title: "Count", document: "One two." });
  expect(isSameDraft(draft, run)).toBe(true);
  for (const change of [{ title: "Sum" }, { document: "One." }, { isFailing: true }]) {
    expect(isSameDraft({ ...draft, ...change }, run)).toBe(false);
    expect(isSameDraft({ ...draft, ...change }, runOf({ ...draft, ...change }, "run-2"))).toBe(true);
  }
});
