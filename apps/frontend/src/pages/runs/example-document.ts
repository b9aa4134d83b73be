/** What the button below the field fills in. Every rule of a run finds something in it. */
export const EXAMPLE = {
  title: "Summarize the support report",
  document: `# Support report, November 2026

Support answered 1,240 tickets in November, 12% more than in October. The first answer took 3.4 hours, and 92% of the tickets were solved within two days.

## What customers asked for

Exports were the most frequent subject with 318 tickets. Most of these tickets ask for exports that run every night. The team starts on nightly exports on 7 December 2026.

## What went wrong

On 2026-11-18 sign-in was slow for 41 minutes. A new index solved it, and 57 tickets were closed the same day.

## What comes next

Support trains 4 colleagues until 15 January 2027. The goal for the first answer is 2 hours.
`,
} as const;
