import { expect, it } from "vitest";
import { describeCreation, describeVerification } from "./table-commands.ts";

const ALL = ["deletion protection", "point-in-time recovery", "time to live"] as const;
const CREATED = "Created table platform-api.\n";
const EXISTS = "Table platform-api exists already.\n";

it.each([
  [{ created: true, switchedOn: [ALL[1]], unsupported: [] }, CREATED],
  [{ created: false, switchedOn: [], unsupported: [] }, EXISTS],
  [
    { created: false, switchedOn: ALL, unsupported: [] },
    `${EXISTS}Switched on: deletion protection, point-in-time recovery, time to live.\n`,
  ],
  [
    { created: true, switchedOn: [], unsupported: ALL },
    `${CREATED}This store has no deletion protection and no point-in-time recovery and no time to live.\n`,
  ],
])("describes what `table create` has changed and what the store lacks: %j", (creation, text) => {
  expect(describeCreation("platform-api", creation)).toBe(text);
});

const finding = (n: number) => ({ pk: `ORG#${n}`, sk: "ORGANIZATION", problem: "is malformed: name" });

it.each([
  [{ items: 3, problems: 0, findings: [] }, "Table platform-api: 3 items verified, 0 problems found.\n"],
  [
    { items: 3, problems: 1, findings: [finding(1)] },
    "ORG#1 ORGANIZATION: is malformed: name\nTable platform-api: 3 items verified, 1 problem found.\n",
  ],
  [
    { items: 9, problems: 4, findings: [finding(1), finding(2)] },
    "ORG#1 ORGANIZATION: is malformed: name\nORG#2 ORGANIZATION: is malformed: name\n… and 2 more\nTable platform-api: 9 items verified, 4 problems found.\n",
  ],
])("describes what `table verify` has found: %j", (verification, text) => {
  expect(describeVerification("platform-api", verification)).toBe(text);
});
