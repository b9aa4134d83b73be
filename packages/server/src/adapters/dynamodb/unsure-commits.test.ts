import { setImmediate } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import type { CacheKey } from "../cache-keys.ts";
import { ACCEPTED_MS, MAX_KEYS, REPEAT_MS, unsureCommits } from "./unsure-commits.ts";

const ROUNDS = ACCEPTED_MS / REPEAT_MS;

let nowMs: number;
let put: string[];
let isFailing: boolean;
let wake: (() => void) | null;
let closed: AbortController;
let unsure: ReturnType<typeof unsureCommits>;
beforeEach(() => {
  nowMs = 0;
  put = [];
  isFailing = false;
  wake = null;
  closed = new AbortController();
  unsure = unsureCommits({
    async put(shard, keys) {
      if (isFailing) throw new Error("the store is down");
      put.push(`${nowMs / 1_000} s, shard ${shard}: ${keys}`);
    },
    monotonicMs: () => nowMs,
    pause: () => new Promise((resolve) => (wake = resolve)),
    closed: closed.signal,
  });
});

/** Lets the pauses pass, as long as there are any. @returns what was put */
async function afterRounds(count: number): Promise<readonly string[]> {
  for (let round = 0; round < count; round += 1) {
    nowMs += REPEAT_MS;
    const end = wake;
    wake = null;
    end?.();
    await setImmediate();
  }
  return put.splice(0);
}

const last = (texts: readonly string[]) => texts.at(-1);

it("costs nothing while no commit is unsure", () => {
  expect(wake).toBeNull();
});

it("puts one notice of all unsure keys of each shard every 3 s", async () => {
  unsure.add(1, ["links a", "unblocked b"]);
  unsure.add(1, ["links a", "links c"]);
  unsure.add(2, ["links d"]);
  const second = ["6 s, shard 1: unblocked b,links a,links c", "6 s, shard 2: links d"];
  expect((await afterRounds(2)).slice(2)).toEqual(second);
});

it("puts the last notice of a key when its commit cannot be stored any more, and then waits for nothing", async () => {
  unsure.add(1, ["links a"]);
  await afterRounds(10);
  unsure.add(1, ["links b"]);
  expect(last(await afterRounds(ROUNDS - 10))).toBe("600 s, shard 1: links a,links b");
  const rest = await afterRounds(20);
  expect([rest.length, last(rest), wake]).toEqual([10, "630 s, shard 1: links b", null]);
  unsure.add(1, ["links c"]);
  expect(await afterRounds(1)).toEqual(["663 s, shard 1: links c"]);
});

it("goes on while puts fail, until one has succeeded after that moment", async () => {
  unsure.add(1, ["links a"]);
  isFailing = true;
  expect(await afterRounds(ROUNDS + 5)).toEqual([]);
  isFailing = false;
  expect([await afterRounds(5), wake]).toEqual([["618 s, shard 1: links a"], null]);
});

it("gives up the oldest keys of a shard that has too many", async () => {
  const keys = Array.from({ length: MAX_KEYS + 2 }, (_, n): CacheKey => `links ${n}`);
  for (const key of keys) unsure.add(1, [key]);
  unsure.add(2, ["links other"]);
  expect(await afterRounds(1)).toEqual([`3 s, shard 1: ${keys.slice(2)}`, "3 s, shard 2: links other"]);
});

it("ends when the table is closed", async () => {
  unsure.add(1, ["links a"]);
  closed.abort();
  unsure.add(1, ["links b"]);
  expect([await afterRounds(2), wake]).toEqual([[], null]);
});
