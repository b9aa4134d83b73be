import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createRateLimiter } from "./rate-limiter.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start({ perMinute = 2, maxKeys = 10 } = {}) {
  const onLimited = vi.fn();
  return { count: createRateLimiter({ perMinute, maxKeys, onLimited }), onLimited };
}

it("lets a key make its calls of a minute, then says how many seconds are left", async () => {
  const { count, onLimited } = start();
  expect(await count("a")).toBeNull();
  vi.advanceTimersByTime(10_500);
  expect([await count("a"), await count("a"), await count("b")]).toEqual([null, 50, null]);
  vi.advanceTimersByTime(49_000);
  expect(await count("a")).toBe(1);
  expect(onLimited).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(500);
  expect([await count("a"), await count("a"), await count("a")]).toEqual([null, null, 60]);
});

it("never limits with 0 per minute", async () => {
  const { count, onLimited } = start({ perMinute: 0 });
  const counted = await Promise.all(Array.from({ length: 1_000 }, () => count("a")));
  expect(new Set(counted)).toEqual(new Set([null]));
  expect(onLimited).not.toHaveBeenCalled();
});

it("counts a bounded number of keys, and keeps those that call again during a flood of others", async () => {
  const { count } = start({ perMinute: 1, maxKeys: 100 });
  await count("a");
  for (let other = 0; other < 1_000; other += 1) {
    await count(`other ${other}`);
    if (other % 50 === 0) expect(await count("a")).toBe(60);
  }
  expect(await count("other 0")).toBeNull(); // it was forgotten
});
