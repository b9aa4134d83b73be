import { expect, it } from "vitest";
import { describeCreation } from "./table-commands.ts";

const BOTH = ["deletion protection", "point-in-time recovery"] as const;
const CREATED = "Created table platform-api.\n";
const EXISTS = "Table platform-api exists already.\n";

it.each([
  [{ created: true, switchedOn: [BOTH[1]], unsupported: [] }, CREATED],
  [{ created: false, switchedOn: [], unsupported: [] }, EXISTS],
  [
    { created: false, switchedOn: BOTH, unsupported: [] },
    `${EXISTS}Switched on: deletion protection, point-in-time recovery.\n`,
  ],
  [
    { created: true, switchedOn: [], unsupported: BOTH },
    `${CREATED}This store has no deletion protection and no point-in-time recovery.\n`,
  ],
])("describes what `table create` has changed and what the store lacks: %j", (creation, text) => {
  expect(describeCreation("platform-api", creation)).toBe(text);
});
