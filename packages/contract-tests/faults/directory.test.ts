import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Server } from "../platform/stack.ts";
import { ask, askAll, FIRST_CALLS } from "./answer.ts";
import { drip, FAULTS, firstOf, hang, heldUntil, pass, RECORD_FAULTS } from "./faults.ts";
import { type FaultyStack, openSockets, startFaultyStack } from "./faulty-stack.ts";
import { newcomer } from "./people.ts";

const OUTAGE = { status: 502, reason: "DIRECTORY_UNAVAILABLE", retryAfter: true };
/** Shorter than three attempts. */
const DEADLINE_MS = 800;
/** What a busy machine adds. */
const ROOM_MS = 700;

let faulty: FaultyStack;
let server: Server;
/** A server with enough time for every attempt. */
let patient: Server;
let sockets: number;

beforeAll(async () => {
  faulty = await startFaultyStack();
  sockets = openSockets();
  server = await faulty.server({
    DIRECTORY_ATTEMPT_MS: "500",
    DIRECTORY_DEADLINE_MS: `${DEADLINE_MS}`,
  });
  patient = await faulty.server({ DIRECTORY_ATTEMPT_MS: "900" });
});
afterEach(async () => {
  faulty.directory.fault = pass;
  await expect.poll(() => faulty.directory.pending, { timeout: 5_000 }).toBe(0);
});
afterAll(() => faulty.close());

/** The first calls of this many users, at the same time. */
async function newcomers(count: number, at: Server) {
  const people = await Promise.all(Array.from({ length: count }, () => newcomer(faulty.stack.issuer)));
  return Promise.all(people.map(({ token }) => ask(at, "validate", token)));
}

describe("while the directory fails (T47, T60)", () => {
  it.each(Object.entries({ ...FAULTS, ...RECORD_FAULTS }))(
    "a first login is 502 within the deadline and stores nothing, then the same calls succeed: %s",
    async (_, fault) => {
      const { email, subject, token } = await newcomer(faulty.stack.issuer);
      faulty.directory.fault = fault;
      for (const answer of await askAll(server, FIRST_CALLS, token)) {
        expect(answer).toMatchObject(OUTAGE);
        expect(answer.ms).toBeLessThan(DEADLINE_MS + ROOM_MS);
      }
      expect([await faulty.itemsWith(subject), await faulty.itemsWith(email)]).toEqual([[], []]);

      faulty.directory.fault = pass;
      const answers = await askAll(server, FIRST_CALLS, token);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(await faulty.placesOf(answers[0]?.userId)).toEqual(["link", "membership", "seat"]);
      expect(await faulty.stack.usersAt(email)).toBe(1);
    },
  );

  it.each(["reset", "reset after commit", 429, 503, "hang"] as const)(
    "a first login succeeds when only the first attempt fails: %s",
    async (name) => {
      faulty.directory.fault = firstOf(() => "the only key", FAULTS[name]);
      const { email, token } = await newcomer(faulty.stack.issuer);
      expect(await ask(patient, "validate", token)).toMatchObject({ status: 200 });
      expect(await faulty.stack.usersAt(email)).toBe(1);
    },
  );

  it("no connection is left open, neither to the directory nor from the callers", async () => {
    await expect.poll(openSockets, { timeout: 15_000 }).toBeLessThanOrEqual(sockets);
  });
});

it("a failing directory disturbs neither discovery nor known users", async () => {
  const warm = await faulty.server({
    DIRECTORY_ATTEMPT_MS: "2500",
    IDENTITY_CACHE_MS: "60000",
    MEMBERSHIP_CACHE_MS: "5000",
  });
  const known = await newcomer(faulty.stack.issuer);
  const before = await ask(warm, "validate", known.token);
  await ask(warm, "discover");

  faulty.directory.fault = drip;
  let settled = false;
  const pending = newcomers(30, warm).finally(() => {
    settled = true;
  });
  await expect.poll(() => faulty.directory.pending, { timeout: 2_000 }).toBe(30);
  for (let round = 0; round < 5; round++) {
    const answers = [await ask(warm, "validate", known.token), await ask(warm, "discover")];
    expect(answers).toMatchObject([
      { status: 200, userId: before.userId },
      { status: 200, reason: null },
    ]);
    for (const { ms } of answers) expect(ms).toBeLessThan(1_000);
  }
  expect(settled).toBe(false);
  for (const answer of await pending) expect(answer).toMatchObject(OUTAGE);
});

it("answers nine callers after the tenth, whose directory call they share, has hung up (T63)", async () => {
  const { email, token } = await newcomer(faulty.stack.issuer);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  faulty.directory.fault = heldUntil(released);
  const asked = faulty.directory.requests.length;
  const leader = request(`${patient.url}/validate`, { headers: { authorization: `Bearer ${token}` } });
  leader.on("error", () => {}).end();
  await expect.poll(() => faulty.directory.pending, { timeout: 2_000, interval: 10 }).toBe(1);
  const followers = Array.from({ length: 9 }, () => ask(patient, "validate", token));
  await sleep(200);
  leader.destroy();
  await sleep(200);
  release();
  const answers = await Promise.all(followers);
  expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(200));
  expect(new Set(answers.map(({ userId }) => userId)).size).toBe(1);
  expect(faulty.directory.requests.length - asked).toBe(1);
  expect(await faulty.placesOf(answers[0]?.userId)).toEqual(["link", "membership", "seat"]);
  expect(await faulty.stack.usersAt(email)).toBe(1);
});

/** Two hundred requests must arrive within the directory's 2.5 s, which a busy machine may miss at first. */
it("sends 64 calls to the directory, queues 128 and refuses the rest before the first deadline ends", {
  retry: 2,
}, async () => {
  const crowded = await faulty.server({
    DYNAMODB_ENDPOINT: faulty.stack.environment.DYNAMODB_ENDPOINT,
    IDENTITY_CACHE_MS: "60000",
  });
  await newcomers(1, crowded);
  faulty.directory.fault = hang;
  const answers = await newcomers(64 + 128 + 8, crowded);
  const refused = answers.filter(({ reason }) => reason === "OVERLOADED");
  const failed = answers.filter(({ reason }) => reason === "DIRECTORY_UNAVAILABLE");
  expect([refused.length, failed.length]).toEqual([8, 64 + 128]);
  for (const answer of refused) expect(answer).toMatchObject({ status: 503, retryAfter: true });
  for (const answer of failed) expect(answer).toMatchObject(OUTAGE);
  const last = Math.max(...refused.map(({ ms }) => ms));
  expect(last).toBeLessThan(Math.min(...failed.map(({ ms }) => ms)));
  for (const { ms } of failed) expect(ms).toBeLessThan(3_000 + 3 * ROOM_MS);
});
