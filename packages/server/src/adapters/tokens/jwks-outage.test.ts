import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { COOLDOWN_MS, FRESH_MS, JwksBench, ONE, STALE_MS, set, TWO } from "./testing/jwks-bench.ts";
import { type Answer, body, drip, hang, reset, status, truncated } from "./testing/jwks-server.ts";

/** Longer than the second that it would be, for a busy machine. */
const SOON = { timeout: 10_000 };

let bench: JwksBench;

beforeEach(async () => {
  bench = await JwksBench.start();
});

afterEach(async () => {
  await bench.close();
});

describe("a failing endpoint", () => {
  const big = Buffer.from(JSON.stringify({ keys: [ONE.jwk], padding: "x".repeat(65_536) }));
  const bomb = gzipSync(Buffer.alloc(30_000_000, " "));
  const two = JSON.stringify(TWO.jwk);
  const twenty = Array.from({ length: 20 }, (_, i) => ({ ...TWO.jwk, kid: `k${i}` }));
  const redirect: Answer = (response, request) =>
    request.url === "/moved"
      ? set(TWO.jwk)(response, request)
      : status(302, { location: "/moved" })(response, request);

  it.each<[string, Answer, string]>([
    ["404", status(404), "status 404"],
    ["429", status(429), "status 429"],
    ["500", status(500), "status 500"],
    ["503", status(503), "status 503"],
    ["204", status(204), "status 204"],
    ["another success", status(203, {}, `{"keys":[${two}]}`), "status 203"],
    ["a redirect to a good set", redirect, "fetch failed"],
    ["a reset", reset, "fetch failed"],
    ["a hang", hang, "deadline"],
    ["a slow drip", drip(200), "deadline"],
    ["half a body", truncated, "terminated"],
    ["HTML", body(Buffer.from("<html>")), "not JSON"],
    ["nothing", body(Buffer.alloc(0)), "not JSON"],
    ["an array", body([TWO.jwk]), "not a JSON object"],
    ["a BOM", body(Buffer.from(`\ufeff{"keys":[${two}]}`)), "not JSON"],
    ["a member twice", body(Buffer.from(`{"keys":[],"keys":[${two}]}`)), "duplicate member"],
    ["no keys", body({}), "keys: not an array"],
    ["keys that are not an array", body({ keys: { 0: TWO.jwk, length: 1 } }), "keys: not an array"],
    ["empty keys", body({ keys: [] }), "keys: empty"],
    ["21 keys", set(...twenty, TWO.jwk), "keys: more than 20"],
    ["more than 64 KiB", body(big), "body: longer than 64 KiB"],
    ["a gzip bomb", body(bomb, { "content-encoding": "gzip" }), "body: longer than 64 KiB"],
  ])("T34: keeps the last good set and fetches once in the back-off after %s", async (_, fault, cause) => {
    await bench.find("one");
    if (cause === "deadline") bench.deadlineMs = 100;
    bench.server.answer = fault;
    bench.clock.advance(FRESH_MS);
    expect(await bench.find("one")).toBe("found");
    const failure = { message: expect.stringContaining(cause) };
    expect(bench.refreshes.at(-1)).toMatchObject({ outcome: "failed", cause: failure });
    expect(await bench.find("one")).toBe("found");
    expect(await bench.find("made-up")).toBe("KEYS_UNAVAILABLE");
    bench.clock.advance(COOLDOWN_MS - 1);
    expect(await bench.find("two")).toBe("KEYS_UNAVAILABLE");
    expect(bench.server.hits).toBe(2);
    expect(bench.source.usable()).toBe(true);
  });

  it.each<[string, Answer]>([
    ["hangs", hang],
    ["sends an error that never ends", drip(500)],
  ])("closes the connection to an endpoint that %s", async (_, fault) => {
    bench.deadlineMs = 100;
    bench.server.answer = fault;
    await bench.find("one");
    await vi.waitFor(() => expect(bench.server.open).toBe(0), SOON);
  });

  it("accepts a set of 20 keys", async () => {
    bench.server.answer = set(...twenty);
    expect(await bench.find("k19")).toBe("found");
  });

  it("T34: uses the last good set for 24 hours and no longer", async () => {
    await bench.find("one");
    bench.server.answer = status(500);
    bench.clock.advance(STALE_MS - 1);
    expect(await bench.find("one")).toBe("found");
    bench.clock.advance(1);
    expect([bench.source.usable(), await bench.find("one")]).toEqual([false, "KEYS_UNAVAILABLE"]);
  });

  it("keeps a fresh set even if the stale time is shorter", async () => {
    bench.create({ staleMs: 0 });
    await bench.find("one");
    bench.server.answer = status(500);
    bench.clock.advance(COOLDOWN_MS);
    expect([await bench.find("made-up"), await bench.find("one")]).toEqual(["KEYS_UNAVAILABLE", "found"]);
  });

  it("does not wait for a failing endpoint if the key is known", async () => {
    await bench.find("one");
    bench.server.answer = status(500);
    bench.clock.advance(FRESH_MS);
    await bench.find("one"); // this one waits: nothing has failed yet
    bench.server.answer = hang;
    bench.clock.advance(COOLDOWN_MS);
    expect(await bench.find("one")).toBe("found");
    await vi.waitFor(() => expect(bench.server.hits).toBe(3), SOON); // but it is fetched again in the background
  });

  it.each<[when: string, jitter: number, waitMs: number, agesMs: readonly number[]]>([
    ["1 to 3 cooldowns while it has keys", 0, COOLDOWN_MS, [0, FRESH_MS]],
    ["1 to 3 cooldowns while it has keys", 0.5, 2 * COOLDOWN_MS, [0, FRESH_MS]],
    ["1 to 2 s when none were ever loaded", 0, 1_000, [0]],
    ["1 to 2 s when none were ever loaded", 0.5, 1_500, [0]],
    ["1 to 2 s when the last ones are too old", 0, 1_000, [0, STALE_MS]],
    ["1 to 2 s when the last ones are too old", 0.5, 1_500, [0, STALE_MS]],
  ])("fetches again after %s, jittered upwards (%d)", async (_, jitter, waitMs, agesMs) => {
    bench.random = jitter;
    for (const [index, ageMs] of agesMs.entries()) {
      bench.clock.advance(ageMs);
      bench.server.answer = index < agesMs.length - 1 ? set(ONE.jwk) : status(500);
      await bench.find("one");
    }
    const { hits } = bench.server;
    bench.clock.advance(waitMs - 1);
    await bench.find("made-up");
    expect(bench.server.hits).toBe(hits);
    bench.clock.advance(1);
    bench.server.answer = set(ONE.jwk);
    expect(await bench.find("made-up")).toBe("unknown"); // healthy again
    expect(await bench.find("one")).toBe("found");
    expect(bench.server.hits).toBe(hits + 1);
  });

  it("is asked as often as ever without keys by a cooldown that is shorter than a second", async () => {
    bench.create({ cooldownMs: 100 });
    bench.server.answer = status(500);
    await bench.find("one");
    bench.clock.advance(100);
    await bench.find("one");
    expect(bench.server.hits).toBe(2);
  });
});
