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

it("joins a question under way, but none that is too old to be asked again", async () => {
  const { clock, cache, slow } = setUp();
  const first = cache.ask("k", () => slow.promise, FOREVER);
  clock.now += 49;
  expect(cache.ask("k", async () => "asked too much", FOREVER)).toBe(first);
  clock.now += 1;
  await expect(cache.ask("k", async () => "new", FOREVER)).resolves.toBe("new");

  slow.resolve("old");
  await expect(first).resolves.toBe("old");
  expect(cache.find("k")).toBe("new"); // an older answer that comes later replaces nothing
});

it("an old question that settles leaves the newer one to be joined", async () => {
  const { clock, cache, slow } = setUp();
  const first = cache.ask("k", () => slow.promise, FOREVER);
  clock.now += 50;
  const newer = Promise.withResolvers<string>();
  const second = cache.ask("k", () => newer.promise, FOREVER);
  slow.resolve("old");
  await first;
  expect(cache.ask("k", async () => "asked too much", FOREVER)).toBe(second);
  newer.resolve("new");
  await expect(second).resolves.toBe("new");
});

it("a question that has failed is asked again", async () => {
  const { cache } = setUp();
  const failing = cache.ask("k", () => Promise.reject(new Error("down")), FOREVER);
  await expect(failing).rejects.toThrow("down");
  await expect(cache.ask("k", async () => "up", FOREVER)).resolves.toBe("up");
});
