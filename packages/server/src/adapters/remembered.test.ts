import { expect, it } from "vitest";
import type { Caches } from "./cache-use.ts";
import { createMemory } from "./remembered.ts";
import { ManualClock } from "./tokens/testing/signed-token.ts";

it("counts a person whose reads have ended as a miss", () => {
  const clock = new ManualClock();
  const caches: Caches = new Map();
  const memory = createMemory<string>(2, clock, caches);
  expect(memory.recall("jane")).toBeNull();
  memory.remember("jane", "Jane", [{ untilMs: clock.monotonicMs() + 10 }]);
  expect(memory.recall("jane")).toBe("Jane");
  clock.advance(10);
  expect(memory.recall("jane")).toBeNull();
  expect(caches.get("people")).toMatchObject({ hits: 1, misses: 2, size: 1 });
});
