import { setTimeout } from "node:timers/promises";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createPlatformClient, type PlatformClientOptions } from "./client.ts";
import { isOutage, isRefusal } from "./platform-error.ts";
import { thrownBy } from "./test-servers/thrown-by.ts";

const send = vi.fn(async () => Response.json({ result: { data: {} } }));
beforeEach(() => void send.mockClear());

const client = (options: Partial<PlatformClientOptions>) =>
  createPlatformClient({ url: "https://platform.example", fetch: send, ...options });

describe("a token supplier", () => {
  const token = () => new Promise<never>(() => {});

  it("times out the call when it does not settle, which is neither a refusal nor an outage", async () => {
    const { auth } = client({ token, timeoutMs: 50 });
    const error = await thrownBy(auth.validate.query());
    expect(error).toMatchObject({ cause: { name: "TokenUnavailable", cause: { name: "TimeoutError" } } });
    expect([isRefusal(error), isOutage(error)]).toEqual([false, false]);
    expect(send).not.toHaveBeenCalled();
  });

  it.each([() => "token", async () => "token"])(
    "prevents the request when it aborts the call: %s",
    async (give) => {
      const caller = new AbortController();
      const endingCall = () => {
        caller.abort();
        return give();
      };
      const { org } = client({ token: endingCall });
      const call = org.join.mutate({ organizationId: "acme" }, { signal: caller.signal });
      await expect(call).rejects.toMatchObject({ cause: { name: "AbortError" } });
      expect(send).not.toHaveBeenCalled();
    },
  );

  it("does not delay an aborted call when it does not settle", async () => {
    const caller = new AbortController();
    const call = client({ token }).auth.validate.query(undefined, { signal: caller.signal });
    caller.abort();
    await expect(call).rejects.toMatchObject({ cause: { name: "AbortError" } });
  });

  it("causes no request when it settles after the timeout", async () => {
    const late = Promise.withResolvers<string>();
    const { auth } = client({ token: () => late.promise, timeoutMs: 20 });
    await expect(auth.validate.query()).rejects.toThrow();
    late.resolve("late");
    await setTimeout(20);
    expect(send).not.toHaveBeenCalled();
  });
});
