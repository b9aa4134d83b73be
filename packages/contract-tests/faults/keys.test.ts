import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../simulator/fault-proxy.ts";
import { answer, FAULTS, hang, pass } from "../simulator/faults.ts";
import type { FaultyUpstreams } from "../simulator/faulty-stack.ts";
import { type Newcomer, newcomer } from "../simulator/forge.ts";
import { createSigningKey, type SigningKey } from "../simulator/issuer.ts";
import { faultyStackOfTests } from "../simulator/of-tests.ts";
import type { Server } from "../simulator/stack.ts";
import { type Answer, ask } from "./answer.ts";

const OUTAGE = { status: 503, reason: "KEYS_UNAVAILABLE", retryAfter: true };
const FRESH_MS = 150;
const DEADLINE_MS = 400;
/** Five times the default deadline, for a busy machine. A request has 27 s. */
const LATEST_MS = 10_000;
/** How much longer everything may take on a busy machine. */
const BUSY = 5;
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

const faulty = faultyStackOfTests();
let unpublished: SigningKey;
let person: Newcomer;
/** A valid token. */
let known: string;
/** A token under a key that the issuer does not publish. */
let unknown: string;
/** A token under a key that the issuer never publishes. */
let forged: string;

beforeAll(async () => {
  unpublished = createSigningKey(faulty.issuer.url, "k2");
  person = await newcomer(faulty.stack.issuer);
  known = person.token;
  unknown = unpublished.token(person);
  forged = createSigningKey(faulty.issuer.url, "made-up").token(person);
  expect(await validate(faulty.stack, known)).toMatchObject({ status: 200 });
});

const validate = (server: Server, token: string) => ask(server, "validate", token);

/** Calls until the answer has this status; returns the answers before it. */
async function answersUntil(status: number, server: Server, token: string) {
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

/** Starts a process that has loaded the keys. */
async function warmServer(upstreams: FaultyUpstreams, settings: Record<string, string>): Promise<Server> {
  const server = await upstreams.server(settings);
  await answersUntil(200, server, known);
  return server;
}

describe("while the key set is unavailable (T34, T37)", () => {
  it.each(Object.entries(KEY_SET_FAULTS))(
    "a process without keys is 503 and recovers within 5 s, and one with keys still serves: %s",
    async (_, fault) => {
      const upstreams = await faulty.upstreams();
      const warm = await warmServer(upstreams, HASTY);
      upstreams.keys.fault = fault;
      const cold = await upstreams.server(HASTY);
      await sleep(FRESH_MS);
      const [refused, served] = await Promise.all([validate(cold, known), validate(warm, known)]);
      expect(refused).toMatchObject(OUTAGE);
      expect(served).toMatchObject({ status: 200 });
      for (const { ms } of [refused, served]) expect(ms).toBeLessThan(LATEST_MS);
      expect(await validate(warm, unknown)).toMatchObject(OUTAGE);
      expect((await fetch(`${cold.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${warm.url}/readyz`)).status).toBe(200);

      upstreams.keys.fault = pass;
      const recovery = await answersUntil(200, cold, known);
      expect(recovery.ms).toBeLessThan(5_000);
      for (const waiting of recovery.before) expect(waiting).toMatchObject(OUTAGE);
      expect((await fetch(`${cold.url}/readyz`)).status).toBe(200);
      expect((await answersUntil(401, warm, unknown)).ms).toBeLessThan(5_000);
    },
  );

  it("JWKS_DEADLINE_MS ends the wait of a process without keys", async () => {
    const upstreams = await faulty.upstreams();
    upstreams.keys.fault = hang;
    const [hasty, patient] = await Promise.all([
      upstreams.server(HASTY),
      upstreams.server({ JWKS_DEADLINE_MS: "20000" }),
    ]);
    let isAnswered = false;
    const waiting = new AbortController();
    const later = ask(patient, "validate", known, waiting.signal).then(
      () => {
        isAnswered = true;
      },
      () => {},
    );
    expect(await validate(hasty, known)).toMatchObject(OUTAGE);
    for (let times = 0; times < 10; times += 1) await ask(patient, "discover");
    expect(isAnswered).toBe(false);
    waiting.abort();
    await later;
  });

  it("the last good keys serve for the stale time, and after it every token is KEYS_UNAVAILABLE", async () => {
    const staleMs = 1_500;
    const started = performance.now();
    const upstreams = await faulty.upstreams();
    const server = await warmServer(upstreams, { ...HASTY, JWKS_STALE_MS: `${staleMs}` });
    upstreams.keys.fault = answer(500, {});
    const { before, ms } = await answersUntil(503, server, known);
    expect(performance.now() - started).toBeGreaterThan(staleMs);
    expect(ms).toBeLessThan(BUSY * staleMs); // otherwise a day
    for (const served of before) expect(served).toMatchObject({ status: 200 });
    expect(await validate(server, known)).toMatchObject(OUTAGE);
    upstreams.keys.fault = pass;
    expect((await answersUntil(200, server, known)).ms).toBeLessThan(5_000);
  });

  it("a verified token is 401 within the fresh time after its key is withdrawn (T36)", async () => {
    const upstreams = await faulty.upstreams();
    const server = await warmServer(upstreams, { JWKS_FRESH_MS: "1000", JWKS_COOLDOWN_MS: "100" });
    upstreams.keys.fault = answer(200, { keys: [unpublished.jwk] });
    const { before, ms } = await answersUntil(401, server, known);
    expect(ms).toBeLessThan(BUSY * 1_000); // otherwise five minutes
    for (const served of before) expect(served).toMatchObject({ status: 200 });
    expect(await validate(server, known)).toMatchObject({ status: 401, reason: "TOKEN_INVALID" });
    expect(await validate(server, unknown)).toMatchObject({ status: 200 });
  });
});

describe("a flood of made-up key ids (T35)", () => {
  const COOLDOWN_MS = 700;
  const cases: readonly (readonly [string, Fault, object])[] = [
    ["available", pass, { status: 401, reason: "TOKEN_INVALID" }],
    ["failing", answer(500, {}), OUTAGE],
  ];

  /** Sends forged tokens until the controller aborts. */
  async function flood(server: Server, { signal }: AbortController): Promise<Answer[]> {
    const answers: Answer[] = [];
    while (!signal.aborted) {
      const calls = Array.from({ length: 20 }, () => validate(server, forged));
      answers.push(...(await Promise.all(calls)));
      await sleep(10);
    }
    return answers;
  }

  it.each(cases)("fetches the key set once per cooldown while it is %s", async (_, fault, answered) => {
    const upstreams = await faulty.upstreams();
    const server = await warmServer(upstreams, { JWKS_COOLDOWN_MS: `${COOLDOWN_MS}` });
    const fetchedBefore = upstreams.keys.requests.length;
    upstreams.keys.fault = fault;
    const started = performance.now();
    const end = new AbortController();
    const flooding = flood(server, end);
    const fetches = () => upstreams.keys.requests.length - fetchedBefore;
    await expect.poll(fetches, { interval: 10 }).toBeGreaterThan(0);
    await sleep(1.5 * COOLDOWN_MS);
    end.abort();
    const answers = (await flooding).slice(-20);
    const cooldowns = Math.floor((performance.now() - started) / COOLDOWN_MS);
    expect(fetches(), upstreams.keys.requests.join()).toBeLessThanOrEqual(cooldowns + 1);
    for (const refused of answers) expect(refused).toMatchObject(answered);
  });

  it("delays a rotation by no more than a cooldown", async () => {
    const upstreams = await faulty.upstreams();
    const server = await warmServer(upstreams, { JWKS_COOLDOWN_MS: `${COOLDOWN_MS}` });
    const end = new AbortController();
    const flooding = flood(server, end);
    await sleep(COOLDOWN_MS / 2);
    upstreams.keys.fault = answer(200, { keys: [unpublished.jwk] });
    const { before, ms } = await answersUntil(200, server, unknown);
    end.abort();
    await flooding;
    expect(ms).toBeLessThan(BUSY * COOLDOWN_MS); // otherwise five minutes
    for (const refused of before) expect(refused).toMatchObject({ status: 401 });
  });
});
