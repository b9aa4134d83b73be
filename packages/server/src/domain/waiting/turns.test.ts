import { AsyncLocalStorage } from "node:async_hooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Refusal } from "../refusal.ts";
import { abortable } from "./abortable.ts";
import { unrecorded } from "./reads.ts";
import { traceRequest } from "./request-trace.ts";
import { type OnWait, Turns, type TurnsOptions } from "./turns.ts";

const OPTIONS: TurnsOptions = {
  atOnce: 64,
  perTurn: 8,
  restMs: 1_000,
  late: () => {
    const late = new AbortController();
    setTimeout(() => late.abort(), 2_100);
    return late.signal;
  },
};
const UNBOUNDED = new AbortController().signal;

/** Runs as the work of a new request. */
const asRequest = <T>(work: () => T): T => traceRequest({ requestId: "any", parent: null }, work);
const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const turnOfLoop = () => new Promise<void>((resolve) => setImmediate(resolve));

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"],
  });
});
afterEach(() => void vi.useRealTimers());

describe("first logins at once, each with twelve requests to the store of 15 ms and one to the directory", () => {
  const DEADLINE_MS = 2_700;
  const STEPS = Array.from({ length: 12 }, (_, step) => step);

  /** How many first logins are answered with yes, and how long the slowest answer takes. */
  async function login(count: number, directory: () => Promise<void>) {
    const turns = new Turns(OPTIONS);
    const deadline = new AbortController();
    setTimeout(() => deadline.abort(), DEADLINE_MS);
    let [yeses, slowestMs] = [0, 0];
    const one = async () => {
      try {
        for (const step of STEPS) {
          await turns.run(deadline.signal, () => abortable(later(15), deadline.signal));
          if (step === 5) await abortable(directory(), deadline.signal);
        }
        yeses += 1;
      } catch {
        // It was refused, or its deadline came.
      }
      slowestMs = Math.max(slowestMs, performance.now());
    };
    const beganMs = performance.now();
    const all = Promise.all(Array.from({ length: count }, () => asRequest(one)));
    await vi.advanceTimersByTimeAsync(2 * DEADLINE_MS);
    await all;
    return { yeses, slowestMs: slowestMs - beganMs };
  }

  // 64 requests of 15 ms at once are 355 logins a second.
  it.each<[string, number, () => Promise<void>, number]>([
    ["200, the directory is well", 200, () => later(10), 200],
    ["200, the directory is slow", 200, () => later(1_500), 200],
    ["200, the directory hangs", 200, () => new Promise(() => {}), 0],
    ["1,000, the directory is well", 1_000, () => later(10), 501],
    ["1,000, the directory is slow", 1_000, () => later(1_500), 501],
    ["1,000, the directory hangs", 1_000, () => new Promise(() => {}), 0],
  ])(
    "T8N: all are answered by their deadline, most of them with yes: %s",
    async (_, count, directory, least) => {
      const { yeses, slowestMs } = await login(count, directory);
      expect(slowestMs).toBeLessThanOrEqual(DEADLINE_MS);
      expect(yeses).toBeGreaterThanOrEqual(least);
    },
  );
});

it("T8N: the oldest request goes first with all of its work", async () => {
  const turns = new Turns({ ...OPTIONS, atOnce: 1 });
  const done: string[] = [];
  const request = (name: string) =>
    asRequest(async () => {
      for (const step of [1, 2, 3]) {
        await turns.run(UNBOUNDED, () => later(10));
        done.push(`${name}${step}`);
      }
    });
  const all = Promise.all(["a", "b", "c"].map(request));
  await vi.advanceTimersByTimeAsync(1_000);
  await all;
  expect(done.join(" ")).toBe("a1 a2 a3 b1 b2 b3 c1 c2 c3");
});

describe("what a cache had of a user", () => {
  /** Begins in this order; each piece of work takes 10 ms. */
  async function begunOf(
    turns: Turns,
    ask: (begin: (name: string, isRenewal?: boolean) => Promise<void>) => Promise<unknown>[],
  ) {
    const begun: string[] = [];
    const begin = (name: string, isRenewal = false) =>
      unrecorded(
        () =>
          turns.run(UNBOUNDED, () => {
            begun.push(name);
            return later(10);
          }),
        isRenewal,
      ).catch(({ reason }: Refusal) => void begun.push(reason));
    const all = Promise.all(ask(begin));
    await vi.advanceTimersByTimeAsync(3_000);
    await all;
    return begun;
  }

  it("T8N: is read again before all that waits, the oldest request's first", async () => {
    const turns = new Turns({ ...OPTIONS, atOnce: 1 });
    const order = await begunOf(turns, (begin) => [
      asRequest(() => begin("has begun").then(() => begin("its next"))),
      asRequest(() => begin("first login")),
      asRequest(() => begin("renewal", true).then(() => begin("its first read of another thing"))),
      asRequest(() => begin("later renewal", true)),
    ]);
    expect(order).toEqual([
      "has begun",
      "renewal",
      "later renewal",
      "its next",
      "its first read of another thing",
      "first login",
    ]);
  });

  it("T8N: is refused like others when it is late, and so are those behind it", async () => {
    const turns = new Turns({ ...OPTIONS, atOnce: 1 });
    const order = await begunOf(turns, (begin) => [
      turns.run(UNBOUNDED, () => later(2_500)),
      asRequest(() => begin("renewal", true)),
      asRequest(() => begin("first login")),
    ]);
    expect(order).toEqual(["OVERLOADED", "OVERLOADED"]);
  });
});

it("T8N: a turn of the event loop begins little work, however much waits", async () => {
  vi.useRealTimers();
  const turns = new Turns({ ...OPTIONS, perTurn: 3 });
  const begun: number[] = [];
  let inTurn = 0;
  const count = async () => {
    inTurn += 1;
  };
  const all = Promise.all(Array.from({ length: 10 }, () => turns.run(UNBOUNDED, count)));
  for (let turn = 0; turn < 6; turn += 1) {
    begun.push(inTurn);
    inTurn = 0;
    await turnOfLoop();
  }
  await all;
  expect(begun.join(" ")).toMatch(/^3 3 3 1( 0)+$/);
});

it("no more runs at once than may", async () => {
  const turns = new Turns({ ...OPTIONS, atOnce: 2 });
  let [running, most] = [0, 0];
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await later(10);
    running -= 1;
  };
  const all = Promise.all(Array.from({ length: 9 }, () => turns.run(UNBOUNDED, work)));
  await vi.advanceTimersByTimeAsync(1_000);
  await all;
  expect(most).toBe(2);
});

it("what has to wait is reported with its time, when it begins and when it is refused; what need not, is not", async () => {
  const waits: Parameters<OnWait>[] = [];
  const turns = new Turns({ ...OPTIONS, atOnce: 1 }, (outcome, ms) => waits.push([outcome, Math.round(ms)]));
  const run = (ms: number) => asRequest(() => turns.run(UNBOUNDED, () => later(ms)).catch(() => {}));
  const all = Promise.all([10, 2_500, 1].map(run));
  await vi.advanceTimersByTimeAsync(3_000);
  await all;
  // A turn of the event loop takes a millisecond here.
  expect(waits).toEqual([
    ["begun", 10 + 1],
    ["refused", 2_100 + 1],
  ]);
});

describe("while connections come in", () => {
  beforeEach(() => {
    vi.useRealTimers();
    vi.useFakeTimers({ toFake: ["performance"] });
  });

  it("T8N: what a cache had of a user is read again, one a turn, and holds up nothing that has begun", async () => {
    const turns = new Turns(OPTIONS);
    const begun: string[] = [];
    const work = (name: string, isRenewal: boolean) => () =>
      unrecorded(() => turns.run(UNBOUNDED, async () => void begun.push(name)), isRenewal);
    const goesOn = asRequest(async () => {
      await work("begins", false)();
      turns.connected();
      await turnOfLoop();
      const renewals = ["one", "two", "three"].map((name) => asRequest(work(name, true)));
      await Promise.all([...renewals, work("goes on", false)()]);
    });
    await turnOfLoop();
    await connecting(turns, 50);
    await goesOn;
    expect(begun).toEqual(["begins", "one", "two", "goes on", "three"]);
  });

  /** Connections come in for so long, each 10 ms, but for a turn without one after each `pauseEveryMs`. */
  async function connecting(turns: Turns, ms: number, pauseEveryMs = Number.POSITIVE_INFINITY) {
    for (let passed = 10; passed <= ms; passed += 10) {
      turns.connected();
      vi.advanceTimersByTime(10);
      await turnOfLoop();
      if (passed % pauseEveryMs === 0) await turnOfLoop();
    }
  }

  it.each([
    ["begins nothing until none comes", 300, 300],
    ["begins nothing for as long as it may rest", 5_000, 1_000],
  ])("T8N: a request %s", async (_, connectingMs, begunAfterMs) => {
    const turns = new Turns(OPTIONS);
    await connecting(turns, 10);
    await turnOfLoop();
    vi.advanceTimersByTime(60_000);
    await asRequest(() => turns.run(UNBOUNDED, turnOfLoop)); // nothing that was long ago counts as a rest
    await connecting(turns, 10);
    const beganMs = performance.now();
    let begunMs: number | undefined;
    const begin = async () => {
      begunMs = performance.now() - beganMs;
    };
    const work = asRequest(() => turns.run(UNBOUNDED, begin));
    await connecting(turns, connectingMs);
    await turnOfLoop();
    await work;
    expect(begunMs).toBe(begunAfterMs);
  });

  it("T8N: a request that has begun goes on", async () => {
    const turns = new Turns(OPTIONS);
    let done = 0;
    const work = asRequest(async () => {
      for (; done < 12; done += 1) await turns.run(UNBOUNDED, turnOfLoop);
    });
    await connecting(turns, 500);
    expect(done).toBe(12);
    await work;
  });

  it("T8N: requests rest a second and then a quarter of the time, even if the connections pause", async () => {
    const turns = new Turns({ ...OPTIONS, perTurn: 1 });
    let begun = 0;
    const begin = async () => {
      begun += 1;
    };
    await connecting(turns, 10);
    const all = Promise.all(
      Array.from({ length: 1_000 }, () => asRequest(() => turns.run(UNBOUNDED, begin))),
    );
    await connecting(turns, 1_000, 500);
    expect(begun).toBeLessThan(5);
    await connecting(turns, 2_000, 500);
    expect(begun).toBeGreaterThan(140);
    expect(begun).toBeLessThan(160);
    while (begun < 1_000) await turnOfLoop();
    await all;
  });
});

it("T8N: a request that gets no first turn in time is refused, a few in each turn of the event loop", async () => {
  vi.useRealTimers();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const turns = new Turns({ ...OPTIONS, atOnce: 1, perTurn: 1 });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const reasons: string[] = [];
  const work = async () => {};
  // One that has begun holds the only place, and waits in front of all others for a second one.
  const holder = asRequest(() => Promise.all([turns.run(UNBOUNDED, () => held), turns.run(UNBOUNDED, work)]));
  for (let count = 0; count < 7; count += 1) {
    asRequest(() => turns.run(UNBOUNDED, work)).catch(({ reason }: Refusal) => reasons.push(reason));
  }
  const refusedInTurns: number[] = [];
  for (const ms of [2_099, 1, 0, 0, 0]) {
    vi.advanceTimersByTime(ms);
    const before = reasons.length;
    await turnOfLoop();
    refusedInTurns.push(reasons.length - before);
  }
  expect(refusedInTurns).toEqual([0, 4, 3, 0, 0]);
  expect(new Set(reasons)).toEqual(new Set(["OVERLOADED"]));
  release();
  await holder;
});

describe("a request that ends before its turn", () => {
  const apart = AsyncLocalStorage.snapshot();

  it.each([
    ["is refused as one that was never begun", 0, "OVERLOADED"],
    ["is refused as one whose outcome is not known, when it has begun", 1, "STORE_UNAVAILABLE"],
  ])("%s", async (_, turnsBefore, reason) => {
    const turns = new Turns({ ...OPTIONS, atOnce: 1 });
    const caller = new AbortController();
    const cause = new Error("the deadline");
    const unlisten = vi.spyOn(caller.signal, "removeEventListener");
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const hold = () => turns.run(UNBOUNDED, () => held);
    let holder = Promise.resolve();
    const outcome = asRequest(async () => {
      for (let count = 0; count < turnsBefore; count += 1) await turns.run(caller.signal, async () => {});
      holder = apart(hold);
      await turns.run(caller.signal, async () => {});
    });
    const refused = expect(outcome).rejects.toMatchObject({ reason, cause });
    await vi.advanceTimersByTimeAsync(10);
    caller.abort(cause);
    await refused;
    release();
    await holder;
    expect(unlisten).toHaveBeenCalledOnce();
  });
});
