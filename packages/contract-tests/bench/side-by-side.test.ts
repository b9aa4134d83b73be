import { expect, it } from "vitest";
import { type Side, sideBySide } from "./side-by-side.ts";

/** Requests of given durations on a fake clock. Preparing one takes a minute. */
function machine() {
  let clockMs = 0;
  const order: string[] = [];
  const side = (name: string, takesMs: () => number, reply = true): Side => ({
    name,
    prepare: async () => {
      clockMs += 60_000;
      return async () => {
        order.push(name);
        clockMs += takesMs();
        return reply;
      };
    },
  });
  return { side, order, nowMs: () => clockMs };
}

const ROUND_MS = 240_000;

it("times only the requests, in rounds of A B B A, until the time is up", async () => {
  const { side, order, nowMs } = machine();
  const [a, b] = [side("A", () => 3), side("B", () => 2)];
  const ratio = await sideBySide(a, b, { warmupMs: 0, measureMs: 2 * ROUND_MS + 1, nowMs });
  expect(ratio).toEqual({ rounds: 2, aMs: 3, bMs: 2, quartiles: [1.5, 1.5, 1.5] });
  expect(order.join("")).toBe("ABBA".repeat(3));
});

it("compares within a round and ignores the warm-up", async () => {
  const { side, nowMs } = machine();
  // Two turns per round: the warm-up, three rounds on a slowing machine, and one with a hiccup.
  const turns = (...times: number[]) => {
    const all = times.flatMap((ms) => [ms, ms]);
    return () => all.shift() ?? Number.NaN;
  };
  const a = side("A", turns(500, 1, 2, 4, 8));
  const b = side("B", turns(1, 1, 2, 4, 4));
  const ratio = await sideBySide(a, b, { warmupMs: 0, measureMs: 4 * ROUND_MS, nowMs });
  expect(ratio).toEqual({ rounds: 4, aMs: 3, bMs: 3, quartiles: [1, 1, 1.25] });
});

it("names the side that got an unexpected reply", async () => {
  const { side, nowMs } = machine();
  const sides = [side("A", () => 1), side("B", () => 1, false)] as const;
  await expect(sideBySide(...sides, { warmupMs: 0, measureMs: 0, nowMs })).rejects.toThrow(
    /unexpected.*: B$/,
  );
});
