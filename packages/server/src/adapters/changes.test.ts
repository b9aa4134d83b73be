import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NotifiedCaches } from "./cache.ts";
import { type ChangesPoll, followChanges, type Notice } from "./changes.ts";
import { ManualClock } from "./tokens/testing/signed-token.ts";

const POLL_MS = 1_000;
const OVERLAP_MS = 25_000;
/** How long a complete poll is believed, from its beginning. */
const BELIEVED_MS = 5_000;
/** The store's time is not that of this machine. */
const STORE_AHEAD_MS = 40_000;

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => vi.useRealTimers());

const notice = (id: string): Notice => ({ id, keys: [`unblocked ${id}`] });

/** A follower of two shards, in which `read` finds the notices. */
function follower(
  read: (shard: number, signal: AbortSignal) => Promise<readonly Notice[]>,
  pollMs = POLL_MS,
) {
  const [clock, notified] = [new ManualClock(), new NotifiedCaches(600_000)];
  const forgotten: string[] = [];
  notified.add("unblocked", { forget: (key) => forgotten.push(key), clear: () => forgotten.push("all") });
  const asked: { readonly shard: number; readonly fromMs: number }[] = [];
  const polls: ChangesPoll[] = [];
  const store = { aheadMs: STORE_AHEAD_MS };
  const nowMs = () => clock.wallMs() + store.aheadMs;
  const changes = followChanges({
    feed: {
      shards: 2,
      read(shard, fromMs, signal) {
        asked.push({ shard, fromMs: fromMs - nowMs() });
        return read(shard, signal);
      },
    },
    notified,
    clock,
    storeClock: { nowMs },
    pollMs,
    onPoll: (poll) => polls.push(poll),
  });
  const pass = async (ms: number) => {
    clock.advance(ms);
    await vi.advanceTimersByTimeAsync(ms);
  };
  const freshMs = () => notified.freshness.untilMs - clock.monotonicMs();
  return { changes, clock, notified, forgotten, asked, polls, store, pass, freshMs };
}

it("asks every shard for what is younger than its creation, less the overlap, and then than its last complete poll", async () => {
  const { changes, asked, pass, freshMs } = follower(async () => []);
  await pass(700);
  changes.start();
  await pass(0);
  expect(freshMs()).toBe(BELIEVED_MS);
  await pass(POLL_MS);
  const first = -OVERLAP_MS - 700;
  const next = -OVERLAP_MS - POLL_MS;
  expect(asked).toEqual([
    { shard: 0, fromMs: first },
    { shard: 1, fromMs: first },
    { shard: 0, fromMs: next },
    { shard: 1, fromMs: next },
  ]);
});

it("forgets the keys of a notice in two polls, however many find it, and again the keys of one that comes back", async () => {
  let found = ["one"];
  const { changes, forgotten, pass } = follower(async (shard) => (shard === 0 ? found.map(notice) : []));
  changes.start();
  for (const next of [["one"], ["one"], ["one", "other"], [], ["one"]]) {
    await pass(POLL_MS);
    found = next;
  }
  await pass(POLL_MS);
  expect(forgotten).toEqual(["one", "one", "other", "one"]);
});

it("leaves the freshness as it was where one shard fails, and reads from the last complete poll the next time", async () => {
  let isUp = true;
  const { changes, forgotten, asked, polls, pass, freshMs } = follower(async (shard) => {
    if (!isUp && shard === 1) throw new Error("down");
    return [notice(`of ${shard}`)];
  });
  changes.start();
  await pass(0);
  isUp = false;
  await pass(POLL_MS);
  expect(freshMs()).toBe(BELIEVED_MS - POLL_MS);
  expect(changes.lastPollAgeMs()).toBe(POLL_MS);
  isUp = true;
  await pass(POLL_MS);
  expect(freshMs()).toBe(BELIEVED_MS);
  expect(changes.lastPollAgeMs()).toBe(0);
  expect(asked.at(-1)?.fromMs).toBe(-OVERLAP_MS - 2 * POLL_MS);
  expect(forgotten).toEqual(["of 0", "of 1", "of 0", "of 0", "of 1"]);
  expect(polls).toMatchObject([
    { outcome: "complete", notices: 2 },
    { outcome: "failed", cause: new Error("down") },
    { outcome: "complete", notices: 2 },
  ]);
});

it("believes a poll from its beginning, never asks while one is under way, and asks at once after a late one", async () => {
  const replies: (() => void)[] = [];
  const { changes, asked, polls, pass, freshMs } = follower(async () => {
    await new Promise<void>((resolve) => replies.push(resolve));
    return [];
  });
  changes.start();
  await pass(3_000);
  expect(asked).toHaveLength(2);
  for (const reply of replies.splice(0)) reply();
  await pass(0);
  expect(freshMs()).toBe(BELIEVED_MS - 3_000);
  expect(polls).toMatchObject([{ outcome: "complete", ms: 3_000 }]);
  expect(asked).toHaveLength(4);
  expect(asked.at(-1)?.fromMs).toBe(-OVERLAP_MS - 3_000);
});

it("gives a poll up that nobody would believe any more, and lets the store rest as long as it took", async () => {
  const { changes, asked, polls, pass } = follower(
    (_, signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  changes.start();
  await pass(BELIEVED_MS);
  expect(polls).toMatchObject([{ outcome: "failed", ms: BELIEVED_MS }]);
  await pass(BELIEVED_MS - 1);
  expect(asked).toHaveLength(2);
  await pass(1);
  expect(asked).toHaveLength(4);
});

it.each<[string, (follower: { clock: ManualClock; pass: (ms: number) => Promise<void> }) => unknown]>([
  ["by the monotonic clock", ({ pass, clock }) => [clock.stepWall(-100_000), pass(60_001)]],
  ["by the wall clock", ({ clock }) => clock.stepWall(60_001)],
])("forgets everything, once, 60 s after the last complete poll %s", async (_, go) => {
  let isUp = true;
  const made = follower(async () => (isUp ? [] : Promise.reject(new Error("down"))));
  const { changes, forgotten, pass } = made;
  changes.start();
  await pass(0);
  isUp = false;
  await go(made);
  for (let polls = 0; polls < 3; polls += 1) await pass(POLL_MS);
  expect(forgotten).toEqual(["all"]);
});

it("forgets nothing within 60 s", async () => {
  const { changes, forgotten, pass, clock } = follower(async () => []);
  changes.start();
  await pass(0);
  clock.stepWall(60_000 - POLL_MS);
  await pass(POLL_MS);
  expect(forgotten).toEqual([]);
});

it("does not believe a poll that has asked by a time that turns out to be wrong", async () => {
  const { changes, store, polls, pass, freshMs } = follower(async () => {
    store.aheadMs = 0; // the first reply says so
    return [];
  });
  changes.start();
  await pass(0);
  expect(polls).toMatchObject([{ outcome: "failed" }]);
  expect(freshMs()).toBe(Number.NEGATIVE_INFINITY);
  await pass(POLL_MS);
  expect(freshMs()).toBe(BELIEVED_MS);
});

it("reads from the last complete poll where the machine has slept since then and its clock was set back", async () => {
  const { changes, store, asked, pass } = follower(async () => []);
  changes.start();
  await pass(0);
  store.aheadMs += 50_000;
  await pass(POLL_MS);
  expect(asked.at(-1)?.fromMs).toBe(-OVERLAP_MS - POLL_MS - 50_000);
});

it("asks nothing after it is closed, and reports no poll that ends with it", async () => {
  const { changes, asked, polls, pass } = follower(
    (_, signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  changes.start();
  changes.close();
  await pass(10 * POLL_MS);
  expect(asked).toHaveLength(2);
  expect(polls).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

it("asks nothing with an interval of 0 ms, and believes nothing", async () => {
  const { changes, asked, pass, freshMs } = follower(async () => [], 0);
  changes.start();
  await pass(10 * POLL_MS);
  expect(asked).toEqual([]);
  expect(freshMs()).toBe(Number.NEGATIVE_INFINITY);
  expect(changes.lastPollAgeMs()).toBeNull();
});
