import { expect, it } from "vitest";
import { endRead } from "../domain/index.ts";
import { NotifiedCaches } from "./cache.ts";
import type { Caches } from "./cache-use.ts";
import { createMemory } from "./remembered.ts";
import { ManualClock } from "./tokens/testing/signed-token.ts";

function memoryOf() {
  const [clock, notified, caches] = [new ManualClock(), new NotifiedCaches(600_000), new Map() as Caches];
  return { clock, notified, caches, memory: createMemory<string>(2, { clock, notified, caches }) };
}

it("counts a person whose reads have ended as a miss", () => {
  const { clock, caches, memory } = memoryOf();
  expect(memory.recall("jane")).toBeNull();
  memory.remember("jane", "Jane", [{ untilMs: clock.monotonicMs() + 10, lastMs: 0 }]);
  expect(memory.recall("jane")).toBe("Jane");
  clock.advance(10);
  expect(memory.recall("jane")).toBeNull();
  expect(caches.get("people")).toMatchObject({ hits: 1, misses: 2, size: 1 });
});

it("recalls a person, while this process is notified of changes, until the first of the reads must be repeated", () => {
  const { clock, notified, memory } = memoryOf();
  const startMs = clock.monotonicMs();
  const old = { untilMs: startMs + 10, lastMs: startMs + 60 };
  memory.remember("jane", "Jane", [old, { untilMs: startMs + 30, lastMs: startMs + 90 }]);
  const recalledAt = (ms: number, notifiedUntil: number) => {
    clock.advance(startMs + ms - clock.monotonicMs());
    notified.freshness.untilMs = startMs + notifiedUntil;
    return memory.recall("jane");
  };
  expect(recalledAt(20, 0)).toBeNull();
  expect(recalledAt(20, 21)).toBe("Jane");
  expect(recalledAt(59, 59)).toBeNull();
  expect(recalledAt(59, 90)).toBe("Jane");
  expect(recalledAt(60, 90)).toBeNull();
  old.lastMs = startMs + 80; // read again, with the same result
  expect(recalledAt(70, 90)).toBe("Jane");
  endRead(old);
  expect(recalledAt(70, 90)).toBeNull();
});
