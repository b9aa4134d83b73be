import { expect, it } from "vitest";
import { within } from "./abortable.ts";

it("work has the reason of the caller's signal if that aborts first", async () => {
  const caller = new AbortController();
  const reason = await within(5_000, caller.signal, async (limit) => {
    expect(limit.aborted).toBe(false);
    caller.abort("first");
    return limit.reason;
  });
  expect(reason).toBe("first");
});

it("work whose time is up first has the error that was asked for, or else a TimeoutError", async () => {
  const caller = new AbortController();
  const work = async (limit: AbortSignal) => {
    await new Promise((resolve) => limit.addEventListener("abort", resolve));
    caller.abort("late");
    return limit.reason;
  };
  expect(await within(1, caller.signal, work, () => new RangeError("late"))).toEqual(new RangeError("late"));
  expect(await within(1, undefined, work)).toMatchObject({ name: "TimeoutError" });
});

it("work whose signal has aborted already begins with an aborted one", async () => {
  expect(await within(5_000, AbortSignal.abort("before"), async (limit) => limit.reason)).toBe("before");
});

it("what failed work has left ends with it, and nothing that successful work has left", async () => {
  const caller = new AbortController();
  const left: AbortSignal[] = [];
  const work = async (limit: AbortSignal, failure?: Error) => {
    left.push(limit);
    if (failure !== undefined) throw failure;
  };
  const failure = new Error("failed");
  await expect(within(5_000, caller.signal, (limit) => work(limit, failure))).rejects.toThrow("failed");
  await within(5_000, caller.signal, work);
  caller.abort();
  expect(left.map(({ aborted }) => aborted)).toEqual([true, false]);
  expect(left[0]?.reason).toBe(failure);
});
