import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createLoadShedding, type LoadBounds } from "./load-shedding.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(bounds: Partial<LoadBounds>) {
  const now = { inFlight: 1, delayMs: 0 };
  const delay = {
    enable: vi.fn(),
    disable: vi.fn(),
    reset: vi.fn(),
    percentile: (share: number) => (share === 99 ? now.delayMs * 1e6 : Number.NaN),
  };
  const all = { maxInFlight: 0, maxEventLoopDelayMs: 0, ...bounds };
  return { now, delay, load: createLoadShedding(all, () => now.inFlight, delay) };
}

it.each([
  [3, 3, false],
  [3, 4, true],
  [0, 1_000_000, false],
])("with at most %d requests in work, %d are too many: %s", (maxInFlight, inFlight, isOverloaded) => {
  const { now, load } = start({ maxInFlight });
  now.inFlight = inFlight;
  expect(load.isOverloaded()).toBe(isOverloaded);
});

it("refuses during the second after one whose delay was too long", () => {
  const { now, delay, load } = start({ maxEventLoopDelayMs: 500 });
  now.inFlight = 11;
  expect(delay.enable).toHaveBeenCalledTimes(1);
  const seconds = [499, 501, 900, 20].map((delayMs) => {
    now.delayMs = delayMs;
    load.isOverloaded(); // a request in this second
    vi.advanceTimersByTime(1_001); // a second and an immediate
    return load.isOverloaded();
  });
  expect(seconds).toEqual([false, true, true, false]);
  expect(delay.reset).toHaveBeenCalledTimes(4);
  load.close();
  expect(delay.disable).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

it("T8O: takes ten requests at a time however late the event loop is", () => {
  const { now, load } = start({ maxEventLoopDelayMs: 500 });
  now.delayMs = 900;
  const takes = (inFlight: number) => {
    now.inFlight = inFlight;
    return !load.isOverloaded();
  };
  const second = (...counts: number[]) => {
    vi.advanceTimersByTime(1_001);
    return counts.map(takes);
  };
  // Beside few requests another process caused the delay, or the start of this one: a burst after it is taken.
  expect(second(1, 10, 11, 200)).toEqual([true, true, true, true]);
  expect(second(10, 11, 1)).toEqual([true, false, true]);
  expect(second(10)).toEqual([true]);
  expect(second(200)).toEqual([true]);
});

it("does not measure the delay where that bound is off", () => {
  const { now, delay, load } = start({});
  now.inFlight = 1_000;
  now.delayMs = 10_000;
  vi.advanceTimersByTime(5_000);
  expect(load.isOverloaded()).toBe(false);
  expect(delay.enable).not.toHaveBeenCalled();
});
