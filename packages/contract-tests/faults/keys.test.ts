import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fresh } from "../platform/people.ts";
import type { Server } from "../platform/stack.ts";
import { type Answer, ask } from "./answer.ts";
import type { Fault } from "./fault-proxy.ts";
import { answer, FAULTS, pass } from "./faults.ts";
import { type FaultyStack, startFaultyStack } from "./faulty-stack.ts";
import { type Newcomer, newcomer } from "./forge.ts";
import { createKeyPair, type KeyPair } from "./key-pair.ts";

const OUTAGE = { status: 503, reason: "KEYS_UNAVAILABLE", retryAfter: true };
const FRESH_MS = 150;
const DEADLINE_MS = 400;
const ROOM_MS = 1_200;
const HASTY = {
  JWKS_FRESH_MS: `${FRESH_MS}`,
  JWKS_COOLDOWN_MS: "100",
  JWKS_DEADLINE_MS: `${DEADLINE_MS}`,
};
const KEY_SET_FAULTS = {
  ...FAULTS,
  "no keys": answer(200, { keys: [] }),
  "keys that are no array": answer(200, { keys: {} }),
};

let faulty: FaultyStack;
let unpublished: KeyPair;
let person: Newcomer;
/** A token under a key that the issuer does not publish. */
let unknown: string;

beforeAll(async () => {
  faulty = await startFaultyStack();
  unpublished = await createKeyPair(faulty.stack.issuer, "k2");
});
beforeEach(async () => {
  person = await newcomer(faulty.stack.issuer);
  unknown = await unpublished.sign(person);
});
afterEach(async () => {
  faulty.keys.fault = pass;
  await expect.poll(() => faulty.keys.pending, { timeout: 5_000, interval: 10 }).toBe(0);
});
afterAll(() => faulty.close());

const validate = (server: Server, token = person.token) => ask(server, "validate", token);

/** Asks until the answer has that status; everything that was answered before it. */
async function answersUntil(status: number, server: Server, token?: string) {
  const before: Answer[] = [];
  const started = performance.now();
  for (;;) {
    const latest = await validate(server, token);
    if (latest.status === status) return { before, ms: performance.now() - started };
    before.push(latest);
    expect(before.length, `no ${status} yet: ${latest.status}`).toBeLessThan(1_000);
    await sleep(20);
  }
}

/** A process that has loaded the keys. */
async function warmServer(settings: Record<string, string>): Promise<Server> {
  const server = await faulty.server(settings);
  expect(await validate(server)).toMatchObject({ status: 200 });
  return server;
}

describe("while the key set cannot be had (T34, T37)", () => {
  it.each(Object.entries(KEY_SET_FAULTS))(
    "who has no keys answers 503 and recovers within 5 s; who has some serves on: %s",
    async (_, fault) => {
      const warm = await warmServer(HASTY);
      faulty.keys.fault = fault;
      const cold = await faulty.server(HASTY);
      await sleep(FRESH_MS);
      const [refused, served] = await Promise.all([validate(cold), validate(warm)]);
      expect(refused).toMatchObject(OUTAGE);
      expect(served).toMatchObject({ status: 200 });
      for (const { ms } of [refused, served]) expect(ms).toBeLessThan(DEADLINE_MS + ROOM_MS);
      expect(await validate(warm, unknown)).toMatchObject(OUTAGE);
      expect((await fetch(`${cold.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${warm.url}/readyz`)).status).toBe(200);

      faulty.keys.fault = pass;
      const recovery = await answersUntil(200, cold);
      expect(recovery.ms).toBeLessThan(5_000);
      for (const waiting of recovery.before) expect(waiting).toMatchObject(OUTAGE);
      expect((await fetch(`${cold.url}/readyz`)).status).toBe(200);
      expect((await answersUntil(401, warm, unknown)).ms).toBeLessThan(5_000);
    },
  );

  it("the last good keys serve for the stale time and no longer, and then it is still an outage", async () => {
    const staleMs = 1_500;
    const started = performance.now();
    const server = await warmServer({ ...HASTY, JWKS_STALE_MS: `${staleMs}` });
    faulty.keys.fault = answer(500, {});
    const { before, ms } = await answersUntil(503, server);
    expect(performance.now() - started).toBeGreaterThan(staleMs);
    expect(ms).toBeLessThan(staleMs + ROOM_MS);
    for (const served of before) expect(served).toMatchObject({ status: 200 });
    expect(await validate(server)).toMatchObject(OUTAGE);
    faulty.keys.fault = pass;
    expect((await answersUntil(200, server)).ms).toBeLessThan(5_000);
  });
});

describe("while the issuer is well", () => {
  it("a token whose key is gone is 401 within the fresh time, although it was verified before (T36)", async () => {
    const server = await warmServer({ JWKS_FRESH_MS: "1000", JWKS_COOLDOWN_MS: "100" });
    faulty.keys.fault = answer(200, { keys: [unpublished.jwk] });
    const { before, ms } = await answersUntil(401, server);
    expect(ms).toBeLessThan(1_000 + ROOM_MS);
    for (const served of before) expect(served).toMatchObject({ status: 200 });
    expect(await validate(server)).toMatchObject({ status: 401, reason: "TOKEN_INVALID" });
    expect(await validate(server, unknown)).toMatchObject({ status: 200 });
  });
});

describe("a flood of made-up key ids (T35)", () => {
  const COOLDOWN_MS = 1_000;
  const upstreams: readonly (readonly [string, Fault, object])[] = [
    ["well", pass, { status: 401, reason: "TOKEN_INVALID" }],
    ["failing", answer(500, {}), OUTAGE],
  ];

  /** Ends when it is told to. */
  async function flood(server: Server, { signal }: AbortController): Promise<Answer[]> {
    const forger = await createKeyPair(faulty.stack.issuer, "made-up");
    const forged = await forger.sign(person);
    const answers: Answer[] = [];
    while (!signal.aborted) {
      const calls = Array.from({ length: 20 }, () => validate(server, forged));
      answers.push(...(await Promise.all(calls)));
      await sleep(10);
    }
    return answers;
  }

  it.each(upstreams)("fetches once in a cooldown, the issuer being %s", async (_, upstream, answered) => {
    const path = fresh("/keys"); // other processes ask at the usual one
    const server = await warmServer({
      JWKS_COOLDOWN_MS: `${COOLDOWN_MS}`,
      AUTH0_JWKS_URL: `${faulty.keys.url}${path}`,
    });
    const fetches = () => faulty.keys.requests.filter((requested) => requested === path).length;
    const fetchedBefore = fetches();
    faulty.keys.fault = upstream;
    const started = performance.now();
    const end = new AbortController();
    const flooding = flood(server, end);
    await sleep(1.5 * COOLDOWN_MS);
    end.abort();
    const answers = (await flooding).slice(-20);
    const cooldowns = Math.floor((performance.now() - started) / COOLDOWN_MS);
    const fetched = fetches() - fetchedBefore;
    expect(fetched).toBeGreaterThan(0);
    expect(fetched).toBeLessThanOrEqual(cooldowns + 1);
    for (const refused of answers) expect(refused).toMatchObject(answered);
  });

  it("does not hide a rotation for longer than a cooldown and a second", async () => {
    const server = await warmServer({ JWKS_COOLDOWN_MS: `${COOLDOWN_MS}` });
    const end = new AbortController();
    const flooding = flood(server, end);
    await sleep(COOLDOWN_MS / 2);
    faulty.keys.fault = answer(200, { keys: [unpublished.jwk] });
    const { before, ms } = await answersUntil(200, server, unknown);
    end.abort();
    await flooding;
    expect(ms).toBeLessThan(COOLDOWN_MS + 1_000);
    for (const refused of before) expect(refused).toMatchObject({ status: 401 });
  });
});
