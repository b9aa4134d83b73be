import { setTimeout as sleep } from "node:timers/promises";
import { createPlatformClient } from "@platform-api/client";
import { watchStandings } from "@platform-api/client/standings";
import Fastify from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { newRun, ownerOf, type Run } from "./run.ts";
import { reached, runBackend, type Shown } from "./testing/backend.ts";
import { PLATFORM_URL } from "./testing/platform.ts";
import { createWorker } from "./worker.ts";

const { platform, log, create, leave, stored, serveOn, storeEndpoint, eventsOf } = runBackend();
afterEach(() => {
  platform.outage.isOn = false;
});

const EVERY_MS = 200;
const serve = (more: Record<string, string> = {}) =>
  serveOn(storeEndpoint(), log, { STANDING_EVERY_MS: `${EVERY_MS}`, ...more });
const isFinished = ({ finishedAt }: Shown) => finishedAt !== undefined;
const newest = async (userId: string) =>
  (await stored().list(ownerOf({ organizationId: "acme", userId }), { limit: 1 })).runs[0];

describe("a run whose user stands no more", () => {
  it.each<[string, Record<string, string>, (run: Shown) => boolean, string[]]>([
    [
      "while a step takes its time",
      { STEP_MS: "60000" },
      ({ status }) => status === "running",
      Array(4).fill("pending"),
    ],
    [
      "while it waits for approval",
      {},
      ({ status }) => status === "waiting",
      ["done", "done", "done", "pending"],
    ],
  ])(
    "is stopped %s, says why to who watches it, and nothing of it is stored afterwards",
    async (_, more, when, steps) => {
      const { url, stop } = await serve(more);
      const userId = crypto.randomUUID();
      const token = platform.signIn({ userId });
      const { id } = await create(token, "long", { url });
      const events = eventsOf(id, token, url);
      await reached(events, when);
      platform.ended.set(userId, "MEMBERSHIP_REMOVED");
      const seen = await reached(events, isFinished);
      expect(seen).toMatchObject({ status: "stopped", stopped: "MEMBERSHIP_REMOVED" });
      expect(seen.steps.map(({ status }) => status)).toEqual(steps);
      expect(await events.next()).toMatchObject({ done: true });
      const asStopped = await newest(userId);
      await stop(); // resolves when nothing is written any more
      expect(await newest(userId)).toEqual(asStopped);
    },
  );

  it("is stopped before its first step by the process that takes it up", async () => {
    const userId = crypto.randomUUID();
    platform.ended.set(userId, "TOKEN_REVOKED");
    const left = await leave(userId, { status: "running" });
    const { stop } = await serve();
    await expect
      .poll(() => newest(userId), { interval: 5 })
      .toMatchObject({ status: "stopped", stopped: "TOKEN_REVOKED" });
    const { rev, steps } = (await newest(userId)) ?? left;
    expect(rev).toBe(left.rev + 2); // taken up, and stopped
    expect(steps).toEqual(left.steps);
    await stop();
  });

  it("is stopped where platform-api does not answer for longer than the grace", async () => {
    const { url, stop } = await serve({ STANDING_GRACE_MS: "450" });
    const token = platform.signIn();
    const { id } = await create(token, "long", { url });
    const events = eventsOf(id, token, url);
    await reached(events, ({ status }) => status === "waiting");
    platform.outage.isOn = true;
    expect(await reached(events, isFinished)).toMatchObject({
      status: "stopped",
      stopped: "STORE_UNAVAILABLE",
    });
    await stop();
  });
});

it("200 runs of 100 users at once ask one question before their steps, and then one an interval", async () => {
  const since = new Date().toISOString();
  const userIds = Array.from({ length: 100 }, () => crypto.randomUUID());
  const held = [...userIds, ...userIds].map((userId) => {
    const subject = { userId, organizationId: "acme", since, loginId: null };
    return newRun({ id: crypto.randomUUID(), title: "t", isFailing: false, subject, holder: "first" }, since);
  });
  let begun = 0;
  const store = {
    documentOf: () => sleep(Math.random() * 15, "d"), // as a store, each at its time

    commit: async (_: Run | null, run: Run) => {
      begun += 1;
      return run;
    },
  };
  const client = createPlatformClient({ url: PLATFORM_URL, token: "service-token", retries: 0 });
  using standings = watchStandings({ platform: client, everyMs: EVERY_MS });
  const log = Fastify().log;
  const worker = createWorker({ runs: { ...stored(), ...store }, standings, stepMs: 60_000, log });
  platform.standings.length = 0;
  const heldAt = performance.now();
  for (const run of held) worker.hold(run);
  await expect.poll(() => begun, { interval: 5 }).toBe(200);
  await expect.poll(() => platform.standings.length, { interval: 5 }).toBeGreaterThan(5);
  await worker.stop();
  expect(new Set(platform.standings.map(({ of }) => of.length))).toEqual(new Set([100]));
  // One question each interval since they were held, and one before their steps.
  const intervals = Math.ceil((performance.now() - heldAt) / EVERY_MS);
  expect(platform.standings.length).toBeLessThan(intervals + 3);
});
