import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { COOLDOWN_MS, FRESH_MS, JwksBench, ONE, STALE_MS, set, TWO } from "./testing/jwks-bench.ts";
import { type Answer, hang, reset } from "./testing/jwks-server.ts";

/** Longer than the second that it would be, for a busy machine. */
const SOON = { timeout: 10_000 };

let bench: JwksBench;

beforeEach(async () => {
  bench = await JwksBench.start();
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await bench.close();
});

describe("the first load", () => {
  it("starts the first load with start or the first find, not before", async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(bench.server.hits).toBe(0);
    expect(bench.source.usable()).toBe(false);
    bench.source.start();
    await vi.waitFor(() => expect(bench.source.usable()).toBe(true), SOON);
    expect(bench.server.hits).toBe(1);
  });

  it("loads the set once for 50 concurrent callers", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => bench.find("one")));
    expect(new Set(answers)).toEqual(new Set(["found"]));
    expect(bench.server.hits).toBe(1);
  });

  it.each<[string, Answer]>([
    ["refuses", reset],
    ["hangs", hang],
  ])("T37: refuses KEYS_UNAVAILABLE for known and made-up ids while the endpoint %s", async (_, fault) => {
    bench.deadlineMs = 100;
    bench.server.answer = fault;
    const answers = await Promise.all([bench.find("one"), bench.find("made-up")]);
    expect(answers).toEqual(["KEYS_UNAVAILABLE", "KEYS_UNAVAILABLE"]);
    expect(await bench.find("one")).toBe("KEYS_UNAVAILABLE"); // at once, in the cooldown
    expect(bench.server.hits).toBe(1);
    expect(bench.source.usable()).toBe(false);
  });

  it("stops waiting for the first load when the request ends", async () => {
    bench.server.answer = hang;
    expect(await bench.find("one", AbortSignal.timeout(20))).toBe("KEYS_UNAVAILABLE");
    expect(await bench.find("one", AbortSignal.abort())).toBe("KEYS_UNAVAILABLE");
    expect(bench.refreshes).toEqual([]);
  });
});

describe("a healthy endpoint", () => {
  beforeEach(async () => {
    await bench.find("one");
  });

  it("does not fetch while the set is fresh", async () => {
    bench.clock.advance(FRESH_MS - 1);
    expect(await bench.find("one")).toBe("found");
    expect(bench.server.hits).toBe(1);
  });

  it("counts the age of a set from the start of its fetch", async () => {
    bench.create();
    bench.server.answer = (response, request) => {
      bench.clock.advance(1_000);
      set(ONE.jwk)(response, request);
    };
    expect(bench.source.ageMs()).toBe(null);
    await bench.find("one");
    expect([bench.source.ageMs(), bench.refreshes.at(-1)]).toMatchObject([1_000, { ms: 1_000 }]);
    bench.clock.advance(FRESH_MS - 1_000);
    await bench.find("one");
    expect(bench.server.hits).toBe(3);
  });

  it("T36: fetches before the first answer past the fresh time, so that a removed key is gone", async () => {
    bench.server.answer = set(TWO.jwk);
    bench.clock.advance(FRESH_MS);
    expect(await Promise.all([bench.find("one"), bench.find("two"), bench.find("one")])).toEqual([
      "unknown",
      "found",
      "unknown",
    ]);
    expect(bench.server.hits).toBe(2);
  });

  it.each<[string, unknown]>([
    ["an elliptic curve key", { kty: "EC", crv: "P-256" }],
    ["a key for encryption", { ...ONE.jwk, use: "enc" }],
    ["no key at all", "nonsense"],
  ])("replaces the last set even with %s alone", async (_, key) => {
    bench.server.answer = set(key);
    bench.clock.advance(FRESH_MS);
    expect(await bench.find("one")).toBe("unknown");
    expect(bench.source.usable()).toBe(false);
    expect(bench.refreshes.at(-1)).toMatchObject({
      outcome: "replaced",
      usableKeys: 0,
      skipped: [{ index: 0 }],
    });
  });

  it("fetches for an unknown id once the cooldown is over, and answers unknown until then", async () => {
    expect(await bench.find("two")).toBe("unknown");
    expect(bench.server.hits).toBe(1);
    bench.server.answer = set(ONE.jwk, TWO.jwk);
    bench.clock.advance(COOLDOWN_MS - 1);
    expect(await bench.find("two")).toBe("unknown");
    bench.clock.advance(1);
    expect(await bench.find("two")).toBe("found");
    expect(bench.server.hits).toBe(2);
  });

  it("T35: fetches once per 10 s in a flood of made-up ids, and sees a rotation within 11 s", async () => {
    const seconds = 60;
    let seenAfter = Number.NaN;
    for (let second = 0; second < seconds; second++) {
      if (second === 31) bench.server.answer = set(TWO.jwk);
      const flood = await Promise.all(
        Array.from({ length: 20 }, (_, i) => bench.find(`made-up-${second}-${i}`)),
      );
      expect(new Set(flood)).toEqual(new Set(["unknown"]));
      if (second >= 31 && Number.isNaN(seenAfter) && (await bench.find("two")) === "found")
        seenAfter = second - 31;
      bench.clock.advance(1_000);
    }
    expect(seenAfter).toBeLessThanOrEqual(11);
    expect(bench.server.hits).toBeLessThanOrEqual(1 + seconds / 10);
  });

  it("T65: ignores steps of the wall clock", async () => {
    bench.clock.stepWall(10 * STALE_MS);
    expect(await bench.find("one")).toBe("found");
    bench.clock.stepWall(-20 * STALE_MS);
    expect(await bench.find("one")).toBe("found");
    expect(bench.server.hits).toBe(1);
  });

  it("uses the loaded set while a cooldown longer than the fresh time forbids a fetch", async () => {
    bench.create({ freshMs: 1_000, staleMs: 0 });
    await bench.find("one");
    bench.clock.advance(5_000);
    expect(await bench.find("one")).toBe("found");
    expect(bench.server.hits).toBe(2);
  });
});

describe("the timer", () => {
  /** Real time would take minutes: timers and fetch are stand-ins, the clock follows the timers. */
  function fake(fetchStub: typeof fetch, overrides: object = {}) {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    bench.create({ fetch: fetchStub, ...overrides });
    return async (ms: number) => {
      bench.clock.advance(ms);
      await vi.advanceTimersByTimeAsync(ms);
    };
  }
  const good = vi.fn<typeof fetch>(async () => Response.json({ keys: [ONE.jwk] }));
  const bad = vi.fn<typeof fetch>(async () => new Response("", { status: 500 }));
  beforeEach(() => {
    good.mockClear();
    bad.mockClear();
  });

  it.each([
    [0, 216_000],
    [0.5, 240_000],
  ])("refreshes at 80 %% of the fresh time, jittered (%d), without any request", async (jitter, dueMs) => {
    bench.random = jitter;
    const pass = fake(good);
    bench.source.start();
    await pass(0);
    await pass(dueMs - 1);
    expect(good).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(good).toHaveBeenCalledTimes(2);
    await pass(dueMs);
    expect(good).toHaveBeenCalledTimes(3);
  });

  it("tries again after a failure without any request, even if the timer fires early", async () => {
    const pass = fake(bad);
    bench.source.start();
    await pass(0);
    await vi.advanceTimersByTimeAsync(1_000); // the timer ran, the clock did not
    await pass(999);
    expect(bad).toHaveBeenCalledTimes(1);
    await pass(1_000);
    expect(bad).toHaveBeenCalledTimes(2);
  });

  it("stops the timer on close, whether idle or loading", async () => {
    const pass = fake(good);
    bench.source.start();
    bench.source.close();
    await pass(FRESH_MS);
    expect([good.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
    bench.create({ fetch: good });
    bench.source.start();
    await pass(0);
    bench.source.close();
    expect([good.mock.calls.length, vi.getTimerCount()]).toEqual([2, 0]);
  });

  it.each([
    ["0", 0, 1_000],
    ["longer than setTimeout can wait", 1e13, 2 ** 31 - 1],
  ])("waits between fetches when the fresh time is %s", async (_, freshMs, delayMs) => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    bench.create({ freshMs, cooldownMs: 0 });
    await bench.find("one");
    expect(timers.mock.calls.at(-1)?.[1]).toBe(delayMs);
    expect(timers.mock.results.map(({ value }) => value.hasRef?.() ?? false)).not.toContain(true); // keeps no process alive
  });
});

describe("close", () => {
  it("aborts a fetch in progress and starts no other", async () => {
    bench.server.answer = hang;
    const answer = bench.find("one");
    await vi.waitFor(() => expect(bench.server.hits).toBe(1), SOON);
    bench.source.close();
    expect(await answer).toBe("KEYS_UNAVAILABLE");
    bench.clock.advance(COOLDOWN_MS);
    expect(await bench.find("one")).toBe("KEYS_UNAVAILABLE");
    bench.create().close();
    expect(await bench.find("one")).toBe("KEYS_UNAVAILABLE");
    expect(bench.server.hits).toBe(1);
  });
});
