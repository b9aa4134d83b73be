import { beforeEach, expect, it, vi } from "vitest";
import { createRateLimiter } from "./rate-limiter.ts";

let nowMs: number;
beforeEach(() => {
  nowMs = 1_000;
});

function start({ perMinute = 2, maxKeys = 10 } = {}) {
  const onLimited = vi.fn();
  const clock = { wallMs: () => Number.NaN, monotonicMs: () => nowMs };
  return { count: createRateLimiter({ perMinute, maxKeys, clock, onLimited }), onLimited };
}

it("lets a key make its calls of a minute, then says how many seconds are left", () => {
  const { count, onLimited } = start();
  expect(count("a")).toBeNull();
  nowMs += 10_500;
  expect([count("a"), count("a"), count("b")]).toEqual([null, 50, null]);
  nowMs += 49_000;
  expect(count("a")).toBe(1);
  expect(onLimited).toHaveBeenCalledTimes(2);
  nowMs += 500;
  expect([count("a"), count("a"), count("a")]).toEqual([null, null, 60]);
});

it("never limits with 0 per minute", () => {
  const { count, onLimited } = start({ perMinute: 0 });
  const counted = Array.from({ length: 1_000 }, () => count("a"));
  expect(new Set(counted)).toEqual(new Set([null]));
  expect(onLimited).not.toHaveBeenCalled();
});

it("counts a bounded number of keys, and keeps those that call again during a flood of others", () => {
  const { count } = start({ perMinute: 1, maxKeys: 100 });
  count("a");
  for (let other = 0; other < 1_000; other += 1) {
    count(`other ${other}`);
    if (other % 50 === 0) expect(count("a")).toBe(60);
  }
  expect(count("other 0")).toBeNull(); // it was forgotten
});
