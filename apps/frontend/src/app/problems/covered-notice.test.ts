import { expect, it } from "vitest";
import { type Cover, coverAfter } from "./covered-notice.ts";
import type { AppReason } from "./problems.ts";

const DOWN = "PLATFORM_UNAVAILABLE";
type Row = readonly [reason: AppReason | null, bar: AppReason | null, isTrying: boolean, cover: Cover];

it.each<readonly [string, readonly Row[]]>([
  [
    "a notice without a bar is shown",
    [
      [DOWN, null, false, "none"],
      [DOWN, null, true, "none"],
    ],
  ],
  [
    "a notice beside a bar about something else is shown",
    [
      ["NOT_A_MEMBER", DOWN, false, "none"],
      ["RUNS_UNAVAILABLE", "RATE_LIMITED", false, "none"],
    ],
  ],
  [
    "the outage of a part is not shown beside that of everything, and is shown after it",
    [
      ["RUNS_UNAVAILABLE", DOWN, false, "covered"],
      ["RUNS_UNAVAILABLE", null, false, "covered"],
      ["RUNS_UNAVAILABLE", null, true, "retrying"],
      ["RUNS_UNAVAILABLE", null, false, "none"],
    ],
  ],
  [
    "a covered notice stays away when the next attempt succeeds",
    [
      [DOWN, null, false, "none"],
      [DOWN, DOWN, false, "covered"],
      [DOWN, DOWN, true, "covered"],
      [DOWN, null, false, "covered"],
      [DOWN, null, true, "retrying"],
      [null, null, false, "none"],
    ],
  ],
  [
    "a covered notice appears when the next attempt fails",
    [
      [DOWN, DOWN, false, "covered"],
      [DOWN, null, true, "retrying"],
      [DOWN, null, false, "none"],
    ],
  ],
])("%s", (_, rows) => {
  let cover: Cover = "none";
  for (const [reason, bar, isTrying, expected] of rows) {
    cover = coverAfter(cover, { reason, bar, isTrying });
    expect(cover).toBe(expected);
  }
});
