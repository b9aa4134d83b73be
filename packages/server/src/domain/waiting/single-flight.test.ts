import { beforeEach, expect, it } from "vitest";
import { Refusal } from "../refusal.ts";
import { SingleFlight } from "./single-flight.ts";

/** Longer than the second that it would be, for a busy machine. */
const SOON = { timeout: 10_000 };

/** Work that ends by `end`, or with the deadline of the caller that started it. */
interface Work {
  readonly signal: AbortSignal;
  readonly end: (outcome: string) => void;
  readonly fail: (error: Error) => void;
}

let flights: SingleFlight<string>;
let begun: Work[];
beforeEach(() => {
  flights = new SingleFlight("DIRECTORY_UNAVAILABLE");
  begun = [];
});

function join(signal: AbortSignal): Promise<string> {
  const work = () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    signal.addEventListener("abort", () => reject(new Error("out of time")));
    begun.push({ signal, end: resolve, fail: reject });
    return promise;
  };
  return flights.join("key", work, signal);
}

const caller = () => new AbortController();

it("shares one flight between concurrent callers and starts a new one afterwards", async () => {
  const answers = [join(caller().signal), join(caller().signal)];
  begun[0]?.end("first");
  expect(await Promise.all(answers)).toEqual(["first", "first"]);
  const later = join(caller().signal);
  begun[1]?.end("second");
  expect(await later).toBe("second");
});

it("restarts once for waiting callers when the first caller's deadline expires", async () => {
  const opener = caller();
  const outcomes = [join(opener.signal), join(caller().signal), join(caller().signal)];
  opener.abort();
  await expect(outcomes[0]).rejects.toThrow("out of time");
  await expect.poll(() => begun, SOON).toHaveLength(2);
  begun[1]?.end("in time");
  expect(await Promise.all(outcomes.slice(1))).toEqual(["in time", "in time"]);
});

it.each([
  ["gets no turn in time", "OVERLOADED"],
  ["has a token that was revoked", "TOKEN_REVOKED"],
] as const)(
  "restarts once for waiting callers when the first caller %s, and not for other failures",
  async (_, reason) => {
    const outcomes = [join(caller().signal), join(caller().signal), join(caller().signal)];
    begun[0]?.fail(new Refusal(reason, "of the first caller"));
    await expect(outcomes[0]).rejects.toMatchObject({ reason });
    await expect.poll(() => begun, SOON).toHaveLength(2);
    begun[1]?.fail(new Refusal("STORE_UNAVAILABLE", "no answer"));
    for (const each of outcomes.slice(1))
      await expect(each).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
    expect(begun).toHaveLength(2);
  },
);

it("times out the caller with the shorter deadline and keeps the shared work running", async () => {
  const hasty = caller();
  const opened = join(caller().signal);
  const left = join(hasty.signal);
  const cause = new Error("my own time is up");
  hasty.abort(cause);
  await expect(left).rejects.toMatchObject({ reason: "DIRECTORY_UNAVAILABLE", cause });
  begun[0]?.end("for the other");
  expect([await opened, begun.length]).toEqual(["for the other", 1]);
});

it("tells callers who share a deadline what the work waited for", async () => {
  const shared = caller();
  const outcomes = [join(shared.signal), join(shared.signal)];
  shared.abort(new Error("the deadline"));
  for (const outcome of outcomes) await expect(outcome).rejects.toThrow("out of time");
  expect(begun).toHaveLength(1);
});

it("fails all callers when the work fails, and does not repeat it", async () => {
  const work = async () => {
    begun.push({ signal: caller().signal, end: () => {}, fail: () => {} });
    throw new Error("refused");
  };
  const outcomes = [1, 2].map(() => flights.join("key", work, caller().signal));
  for (const outcome of outcomes) await expect(outcome).rejects.toThrow("refused");
  expect(begun).toHaveLength(1);
});

it("lets nobody join the work of a key that was detached, and shares the work that follows it", async () => {
  const before = join(caller().signal);
  flights.detach("key");
  const after = [join(caller().signal), join(caller().signal)];
  begun[0]?.end("old");
  expect(await before).toBe("old");
  const last = join(caller().signal);
  expect(begun).toHaveLength(2);
  begun[1]?.end("new");
  expect(await Promise.all([...after, last])).toEqual(["new", "new", "new"]);
});
