import { getEventListeners } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { UNBOUNDED } from "../testing/examples.ts";
import { sendRequest, withDeadline } from "./store-request.ts";

const never = () => new Promise<never>(() => {});

afterEach(() => void vi.useRealTimers());

describe("sendRequest", () => {
  it("ends at its deadline even if the SDK keeps waiting, for example for credentials", async () => {
    vi.useFakeTimers();
    const request = sendRequest({ what: "link: reading", deadlineMs: 30, signal: UNBOUNDED }, never);
    const refused = expect(request).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
      message: "link: reading failed: TimeoutError",
      cause: { name: "TimeoutError" },
    });
    vi.advanceTimersByTime(30);
    await refused;
  });

  it("ends at a shared deadline that is earlier than its own", async () => {
    await withDeadline({ deadlineMs: 30 }, UNBOUNDED, async (signal) => {
      const refused = (what: string) =>
        expect(sendRequest({ what, deadlineMs: 5_000, signal }, never)).rejects.toMatchObject({
          reason: "STORE_UNAVAILABLE",
          message: `${what} failed: TimeoutError`,
        });
      await refused("first");
      await refused("second");
    });
  });

  it("ends with what shares its deadline and has failed", async () => {
    let rest: Promise<unknown> = Promise.resolve();
    const work = withDeadline({ deadlineMs: 5_000 }, UNBOUNDED, async (signal) => {
      rest = sendRequest({ what: "rest", deadlineMs: 5_000, signal }, never);
      rest.catch(() => {});
      throw new RangeError("no");
    });
    await expect(work).rejects.toThrow("no");
    await expect(rest).rejects.toMatchObject({ message: "rest failed: RangeError" });
  });

  it("ends with the caller's signal, for its reason, and sends nothing if it has aborted already", async () => {
    const caller = new AbortController();
    const cause = new Error("the caller has left");
    let isAborted = false;
    const request = sendRequest(
      { what: "link: reading", deadlineMs: 5_000, signal: caller.signal },
      (options) => {
        options.abortSignal.addEventListener("abort", () => {
          isAborted = true;
        });
        return never();
      },
    );
    caller.abort(cause);
    await expect(request).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE", cause });
    expect(isAborted).toBe(true);
    const send = vi.fn(never);
    const late = sendRequest({ what: "link: reading", deadlineMs: 5_000, signal: caller.signal }, send);
    await expect(late).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE", cause });
    expect(send).not.toHaveBeenCalled();
  });

  it("leaves neither a timer nor a listener behind", async () => {
    vi.useFakeTimers();
    const caller = new AbortController();
    const request = { what: "link: reading", deadlineMs: 5_000, signal: caller.signal };
    expect(await sendRequest(request, async () => "done")).toBe("done");
    await expect(sendRequest(request, () => Promise.reject(new Error("no")))).rejects.toThrow(
      "reading failed",
    );
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
  });
});
