import { expect, it } from "vitest";
import { type Material, STEPS, type StepName } from "./steps.ts";

const MEMO = `# Plan for 2027

We move our warehouse from Hamburg to Bremen on 1 March 2027. The move costs
€1,200,000 and takes 3 weeks.

## Why

The warehouse in Hamburg is too small since 2024-06-30. Orders grew by 12% a year.
In Bremen the warehouse has 40 docks, e.g. for trucks.

Next steps
----------

1. Sign the contract by Jan 15, 2027.
2. Tell all 85 people of the warehouse.`;

const NEVER = new AbortController().signal;
const ofDocument = (document: string): Material => ({ title: "A title", document, outputs: {} });

it.each<[StepName, string, string]>([
  ["read", MEMO, "67 words on 10 lines, less than a minute to read."],
  ["read", "word ".repeat(1_300), "1,300 words on 1 line, about 7 minutes to read."],
  ["read", "a\r\n\r\nb", "2 words on 2 lines, less than a minute to read."],
  ["read", "…", "0 words on 1 line, less than a minute to read."],
  [
    "find",
    MEMO,
    [
      "3 headings: Plan for 2027; Why; Next steps.",
      "3 dates: 1 March 2027; 2024-06-30; Jan 15, 2027.",
      "6 numbers: 2027; €1,200,000; 3 weeks; 12%; 40 docks; 85 people.",
    ].join("\n"),
  ],
  ["find", "nothing here.", "No headings.\nNo dates.\nNo numbers."],
  [
    "find",
    "Offer\r\n\r\nIt was 5.5 million USD, on 25.11.2026 and on 11/25/2026.",
    "1 heading: Offer.\n2 dates: 25.11.2026; 11/25/2026.\n1 number: 5.5 million USD.",
  ],
  [
    "find",
    "We met on the 3rd of May and in November 2026, twice.",
    "No headings.\n2 dates: 3rd of May; November 2026.\nNo numbers.",
  ],
  [
    "find",
    "It fell from 7 to 6, and from 7 to 5 of 9 in B2B.",
    "No headings.\nNo dates.\n4 numbers: 7; 6; 5; 9.",
  ],
  [
    "find",
    Array.from({ length: 14 }, (_, n) => `# H${n}`).join("\n"),
    `14 headings: ${Array.from({ length: 12 }, (_, n) => `H${n}`).join("; ")}; and 2 more.\nNo dates.\nNo numbers.`,
  ],
  [
    "summarize",
    MEMO,
    "We move our warehouse from Hamburg to Bremen on 1 March 2027. The warehouse in Hamburg is too small since 2024-06-30. In Bremen the warehouse has 40 docks, e.g. for trucks.",
  ],
  ["summarize", "One sentence only.", "One sentence only."],
  ["summarize", "A Line of Its Own", "A Line of Its Own"],
  ["summarize", "# …\n\n---", "The document has nothing to summarize."],
  ["summarize", `${"long ".repeat(100)}end.`, `${"long ".repeat(79)}long …`],
])("%s puts out what a person can use: row %#", async (step, document, output) => {
  expect(await STEPS[step](ofDocument(document), NEVER)).toBe(output);
});

it("publish puts the title, the summary and what was found into one text", () => {
  const outputs = { read: "2 words.", find: "No dates.", summarize: "It is short." };
  const published = STEPS.publish({ title: "A title", document: "", outputs }, NEVER);
  expect(published).toBe("A title\n\nIt is short.\n\nNo dates.\n\n2 words.");
});

it.each(["#", "\n", " ", "1", "1.", "a ", "A. ", "- ", "=\n", "# a#", "€1 ", "Jan 1 "])(
  "no document of %j makes a step slow",
  (part) => {
    const document = part.repeat(20_000 / part.length);
    const started = performance.now();
    for (const step of Object.values(STEPS)) step(ofDocument(document), NEVER);
    expect(performance.now() - started).toBeLessThan(2_000);
  },
);
