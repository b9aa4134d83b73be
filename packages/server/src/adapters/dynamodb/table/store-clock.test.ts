import { beforeEach, expect, it } from "vitest";
import { StoreClock } from "./store-clock.ts";

const NOON_MS = Date.UTC(2026, 10, 24, 12);
const SKEW_MS = 600_000;

/** Milliseconds after noon by this machine's clock, which is ten minutes ahead, and after its start. */
let wallMs = 0;
let monotonicMs = 0;
let storeClock: StoreClock;
beforeEach(() => {
  wallMs = 0;
  monotonicMs = 0;
  const clock = { wallMs: () => NOON_MS + SKEW_MS + wallMs, monotonicMs: () => 7.25 + monotonicMs };
  storeClock = new StoreClock(clock);
});

const pass = (ms: number) => {
  wallMs += ms;
  monotonicMs += ms;
};
/** A reply that the store sends so many seconds after noon. */
const replyAt = (seconds: number) => ({
  date: new Date(NOON_MS + seconds * 1_000).toUTCString(),
  "x-amzn-requestid": "1",
});
const afterNoonMs = () => storeClock.nowMs() - NOON_MS;

it("is the machine's clock before the first reply", () => {
  pass(1_000);
  expect([afterNoonMs(), storeClock.offsetMs()]).toEqual([SKEW_MS + 1_000, 0]);
});

it("goes on from the last reply, whatever the machine's clock does", () => {
  storeClock.hear(replyAt(0));
  pass(900.5);
  expect([afterNoonMs(), storeClock.offsetMs()]).toEqual([900, SKEW_MS + 0.5]);
  wallMs += 3_600_000;
  expect([afterNoonMs(), storeClock.offsetMs()]).toEqual([900, SKEW_MS + 3_600_000.5]);
  storeClock.hear(replyAt(5));
  expect(afterNoonMs()).toBe(5_000);
});

it("does not begin a second again with each of its replies", () => {
  storeClock.hear(replyAt(0));
  pass(900);
  storeClock.hear(replyAt(0));
  expect(afterNoonMs()).toBe(900);
});

// Replies as [when the store sends it, when it comes in], in milliseconds after noon.
it.each<[string, [sentMs: number, inMs: number][]]>([
  ["at the beginning of a second", [[2_000, 2_000]]],
  ["at the end of a second", [[2_999, 2_999]]],
  [
    "in a second that began with another one",
    [
      [2_001, 2_001],
      [2_990, 2_995],
    ],
  ],
  [
    "after a quiet second",
    [
      [1_999, 1_999],
      [2_990, 2_990],
    ],
  ],
  [
    "before an older one comes in, which it overtook",
    [
      [2_003, 2_010],
      [1_999, 2_015],
    ],
  ],
  [
    "before one comes in that was sent seconds ago",
    [
      [5_010, 5_010],
      [1_100, 5_020],
    ],
  ],
])("is never in a second before that of a reply %s, and never ahead", (_, replies) => {
  for (const [sentMs, inMs] of replies) {
    pass(inMs - wallMs);
    storeClock.hear(replyAt(Math.floor(sentMs / 1_000)));
  }
  const lastSentMs = Math.max(...replies.map(([sentMs]) => sentMs));
  expect(Math.floor(afterNoonMs() / 1_000)).toBe(Math.floor(lastSentMs / 1_000));
  expect(afterNoonMs()).toBeLessThanOrEqual(wallMs);
});

it("goes on after the store's clock was put back by little, as soon as its replies are later again", () => {
  storeClock.hear(replyAt(10));
  for (const seconds of [8, 9, 10, 11]) {
    pass(1_000);
    storeClock.hear(replyAt(seconds));
  }
  expect(afterNoonMs()).toBe(11_000);
});

it.each<[string, Parameters<StoreClock["hear"]>[0]]>([
  ["without a date", { "x-amzn-requestid": "1" }],
  ["with a malformed date", { ...replyAt(0), date: "noon" }],
  ["of a proxy, which has no request id", { date: replyAt(-60).date }],
])("learns nothing from a reply %s", (_, headers) => {
  storeClock.hear(replyAt(10));
  storeClock.hear(headers);
  expect(afterNoonMs()).toBe(10_000);
});

it("measures what has passed by the clock that says more", () => {
  storeClock.hear(replyAt(0));
  const before = storeClock.now();
  pass(2_000);
  expect(storeClock.sinceMs(before)).toBe(2_000);
  storeClock.hear(replyAt(60)); // the machine slept
  expect(storeClock.sinceMs(before)).toBe(60_000);
  storeClock.hear(replyAt(1));
  expect(storeClock.sinceMs(before)).toBe(2_000);
});
