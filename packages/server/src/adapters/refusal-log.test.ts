import { setImmediate as turnOfLoop } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { currentTrace, keepRefusal, type RefusedLogin, traceRequest } from "../domain/index.ts";
import { type MemoryPorts, memoryPorts } from "../domain/testing/memory-ports.ts";
import { ACME, address, claims } from "../domain/testing/people.ts";
import { createRefusalLog, type RefusalLogOptions } from "./refusal-log.ts";

let nowMs: number;
let outcomes: Record<string, number>;
let ports: MemoryPorts;

beforeEach(() => {
  nowMs = 0;
  outcomes = {};
  ports = memoryPorts();
});

const clock = { monotonicMs: () => nowMs, wallMs: () => nowMs };

function logWith(keep?: RefusalLogOptions["keep"]) {
  const onRefusal = (outcome: string) => {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  const all = () => ({ ...ports, refusals: ports.memberships.refusals, now: () => new Date(nowMs) });
  const usual: RefusalLogOptions["keep"] = (refused, bounds, signal) =>
    keepRefusal(refused, bounds, all(), signal);
  return createRefusalLog({ keep: keep ?? usual, clock, onRefusal });
}

/** Somebody of Acme's, with a subject of their own. */
function refused(name: string, said: Parameters<typeof claims>[0] = {}): RefusedLogin {
  const email = { canonical: address(`${name}@acme.example`) };
  return {
    claims: claims({ email, subject: `waad|${name}`, ...said }),
    reason: "IDENTITY_CONFLICT",
    userId: null,
  };
}

const stored = () => [...ports.memberships.refused.values()];

describe("T8W: refusals that are noted", () => {
  it("are kept once a minute for the same person, whatever subject they have", async () => {
    const log = logWith();
    for (let n = 0; n < 100; n += 1) log.note(refused("jane", { subject: `waad|${n}` }));
    await log.idle();
    expect(stored()).toMatchObject([{ organizationId: ACME, email: "jane@acme.example", count: 1 }]);
    nowMs += 59_999;
    log.note(refused("jane"));
    await log.idle();
    expect(stored()).toMatchObject([{ count: 1 }]);
    nowMs += 1;
    log.note(refused("jane"));
    await log.idle();
    expect([stored().map(({ count }) => count), outcomes]).toEqual([[2], { kept: 2 }]);
  });

  it("are kept once of each token, however often a page that waits asks again", async () => {
    const log = logWith();
    for (const issuedAt of [1, 2]) {
      for (let minute = 0; minute < 12; minute += 1) {
        log.note(refused("jane", { issuedAt }));
        await log.idle();
        nowMs += 60_000;
      }
    }
    expect([stored().map(({ count }) => count), outcomes]).toEqual([[2], { kept: 2 }]);
  });

  it("are kept of another token that came within the minute, though the first one goes on asking", async () => {
    const log = logWith();
    for (let second = 0; second < 90; second += 3) {
      for (const issuedAt of second === 0 ? [1] : [1, 2]) log.note(refused("jane", { issuedAt }));
      await log.idle();
      nowMs += 3_000;
    }
    expect(stored()).toMatchObject([{ count: 2 }]);
  });

  it("are kept once a minute by all processes together", async () => {
    for (const log of [logWith(), logWith()]) {
      log.note(refused("jane"));
      await log.idle();
    }
    expect([stored().map(({ count }) => count), outcomes]).toEqual([[1], { kept: 1 }]);
  });

  it("are at most 20 a minute in an organization, and 50 in all, in a flood of 10,000 tokens of 1,000 addresses", async () => {
    const log = logWith();
    const seen: number[] = [];
    for (let minute = 1; minute <= 3; minute += 1) {
      const flood = Array.from({ length: 1_000 }, (_, n) => refused(`m${minute}n${n}`));
      for (let times = 0; times < 10; times += 1) flood.forEach(log.note);
      await log.idle();
      seen.push(outcomes.kept ?? 0);
      nowMs += 60_000;
    }
    expect(seen).toEqual([20, 40, 60]);
    expect(stored()).toHaveLength(50);
    expect((outcomes.kept ?? 0) + (outcomes.limited ?? 0)).toBe(3_000);
  });

  it("merge into one row where they show the same, such as strangers at a domain", async () => {
    const log = logWith();
    for (let n = 0; n < 10; n += 1)
      log.note(refused("x", { email: { canonical: address(`n${n}@evil.example`) } }));
    await log.idle();
    expect(stored()).toMatchObject([{ email: null, domain: "evil.example", count: 1 }]);
  });

  it("wait without bounds of time, but of number, for a store that hangs, and the caller never does", async () => {
    const { promise, resolve } = Promise.withResolvers<readonly []>();
    const log = logWith(() => promise);
    for (let n = 0; n < 1_000; n += 1) log.note(refused(`n${n}`));
    expect(outcomes).toEqual({ limited: 744 });
    let isIdle = false;
    void log.idle().then(() => {
      isIdle = true;
    });
    await turnOfLoop();
    expect(isIdle).toBe(false);
    resolve([]);
    await log.idle();
    await turnOfLoop();
    expect(isIdle).toBe(true);
  });

  it("are counted where they cannot be kept, and the next one is kept", async () => {
    let isDown = true;
    const log = logWith(async () => {
      if (isDown) throw new Error("down");
      return ["kept"];
    });
    log.note(refused("jane"));
    await log.idle();
    isDown = false;
    log.note(refused("joe"));
    await log.idle();
    expect(outcomes).toEqual({ failed: 1, kept: 1 });
  });

  it("are kept by work that belongs to no request", async () => {
    const traces: unknown[] = [];
    const log = logWith(async () => {
      traces.push(currentTrace());
      return [];
    });
    traceRequest({ requestId: "request-1", parent: null }, () => log.note(refused("jane")));
    await log.idle();
    expect(traces).toEqual([null]);
  });
});
