import { expect, it } from "vitest";
import { AnswerCache } from "./answer-cache.ts";

const FOREVER = () => Number.POSITIVE_INFINITY;

function setUp() {
  const clock = { now: 1_000 };
  const cache = new AnswerCache<string>({
    maxAgeMs: 100,
    maxJoinMs: 50,
    maxEntries: 10,
    now: () => clock.now,
  });
  const slow = Promise.withResolvers<string>();
  return { clock, cache, slow };
}

it("joins a pending request unless it is too old", async () => {
  const { clock, cache, slow } = setUp();
  const first = cache.request("k", () => slow.promise, FOREVER);
  clock.now += 49;
  expect(cache.request("k", async () => "an unnecessary request", FOREVER)).toBe(first);
  clock.now += 1;
  await expect(cache.request("k", async () => "new", FOREVER)).resolves.toBe("new");

  slow.resolve("old");
  await expect(first).resolves.toBe("old");
  expect(cache.find("k")).toBe("new"); // an older answer that arrives later does not replace it
});

it("still joins the newer request after an older one has settled", async () => {
  const { clock, cache, slow } = setUp();
  const first = cache.request("k", () => slow.promise, FOREVER);
  clock.now += 50;
  const newer = Promise.withResolvers<string>();
  const second = cache.request("k", () => newer.promise, FOREVER);
  slow.resolve("old");
  await first;
  expect(cache.request("k", async () => "an unnecessary request", FOREVER)).toBe(second);
  newer.resolve("new");
  await expect(second).resolves.toBe("new");
});

it("sends a new request after one that failed", async () => {
  const { cache } = setUp();
  const failing = cache.request("k", () => Promise.reject(new Error("down")), FOREVER);
  await expect(failing).rejects.toThrow("down");
  await expect(cache.request("k", async () => "up", FOREVER)).resolves.toBe("up");
});
