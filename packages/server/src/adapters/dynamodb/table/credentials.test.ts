import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UNBOUNDED } from "../testing/examples.ts";
import { type CredentialsLoad, loadedCredentials } from "./credentials.ts";

const HOUR_MS = 3_600_000;
const WINDOW_MS = 300_000;

/** Returns the next credentials, each valid for an hour. */
const source = vi.fn(async () => {
  const count = source.mock.calls.length;
  const expiration = new Date(Date.now() + HOUR_MS);
  return { accessKeyId: `key-${count}`, secretAccessKey: "secret", expiration };
});

beforeEach(() => {
  source.mockClear();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the store's credentials", () => {
  it("loads credentials once for concurrent requests, and again when they have expired", async () => {
    const credentials = loadedCredentials(source);
    const keys = async () =>
      (await Promise.all([credentials.provide(), credentials.provide()])).map((each) => each.accessKeyId);
    expect(await keys()).toEqual(["key-1", "key-1"]);
    vi.setSystemTime(Date.now() + HOUR_MS - 1);
    expect(await keys()).toEqual(["key-1", "key-1"]);
    vi.setSystemTime(Date.now() + 1);
    expect(await keys()).toEqual(["key-2", "key-2"]);
  });

  it("renews credentials five minutes before they expire, and uses the old ones while that fails", async () => {
    const credentials = loadedCredentials(source);
    const loads: CredentialsLoad[] = [];
    credentials.start((load) => loads.push(load));
    await vi.advanceTimersByTimeAsync(HOUR_MS - WINDOW_MS - 1);
    expect(source).toHaveBeenCalledTimes(1);
    source.mockRejectedValueOnce(new Error("outage"));
    await vi.advanceTimersByTimeAsync(1);
    expect(source).toHaveBeenCalledTimes(2);
    expect(await credentials.provide()).toMatchObject({ accessKeyId: "key-1" });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await credentials.provide()).toMatchObject({ accessKeyId: "key-3" });
    expect(loads.map(({ outcome }) => outcome)).toEqual(["loaded", "failed", "loaded"]);
    credentials.close();
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    expect(source).toHaveBeenCalledTimes(3);
  });

  it("counts as loaded from the first success on, and reports a failure by name, never by message", async () => {
    const credentials = loadedCredentials(source);
    const loads: CredentialsLoad[] = [];
    source.mockRejectedValueOnce(new SyntaxError('"SecretAccessKey":"canary" is not JSON'));
    credentials.start((load) => loads.push(load));
    await vi.advanceTimersByTimeAsync(0);
    expect([credentials.loaded(), loads]).toEqual([false, [{ outcome: "failed", problem: "SyntaxError" }]]);
    await vi.advanceTimersByTimeAsync(4_000);
    expect([credentials.loaded(), loads.at(1)?.outcome]).toEqual([true, "loaded"]);
    credentials.close();
  });

  it("loads credentials without an expiry once", async () => {
    const lasting = vi.fn(async () => ({ accessKeyId: "key", secretAccessKey: "secret" }));
    const credentials = loadedCredentials(lasting);
    credentials.start(() => {});
    await vi.advanceTimersByTimeAsync(24 * HOUR_MS);
    await credentials.load(UNBOUNDED);
    expect(lasting).toHaveBeenCalledTimes(1);
  });

  it("refuses STORE_UNAVAILABLE at the deadline of a load that never ends, and then starts a new load", async () => {
    vi.useRealTimers();
    source.mockReturnValueOnce(new Promise(() => {}));
    const credentials = loadedCredentials(source, 30);
    const [waiting, loading] = await Promise.allSettled([credentials.provide(), credentials.load(UNBOUNDED)]);
    expect(waiting).toMatchObject({ reason: { name: "TimeoutError" } });
    expect(loading).toMatchObject({
      reason: { reason: "STORE_UNAVAILABLE", message: "credentials: loading failed: TimeoutError" },
    });
    await expect(credentials.provide()).resolves.toMatchObject({ accessKeyId: "key-2" });
  });
});
