import { request, type ServerResponse } from "node:http";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { drip, FAULTS, firstOf, heldUntil, pass, RECORD_FAULTS } from "../simulator/faults.ts";
import { openSockets } from "../simulator/faulty-stack.ts";
import { newcomer } from "../simulator/forge.ts";
import { faultyStackOfTests } from "../simulator/of-tests.ts";
import type { Server } from "../simulator/stack.ts";
import { type Answer, ask, askAll, askAllAfter, FIRST_CALLS } from "./answer.ts";

const OUTAGE = { status: 502, reason: "DIRECTORY_UNAVAILABLE", retryAfter: true };
const DEADLINE_MS = 450;
/** Half of one attempt. A busy machine needs seconds for some answers. */
const LATEST_MS = 10_000;
/** For what must not reach a deadline, even on a busy machine. */
const PATIENT = {
  DIRECTORY_ATTEMPT_MS: "20000",
  DIRECTORY_DEADLINE_MS: "20000",
  STORE_ATTEMPT_MS: "20000",
  STORE_DEADLINE_MS: "20000",
};

const faulty = faultyStackOfTests();
let server: Server;
/** A server with enough time for every attempt. One that hangs takes longer than a call has by default. */
let patient: Server;
let sockets: number;

beforeAll(async () => {
  sockets = openSockets();
  server = await faulty.server({
    DIRECTORY_ATTEMPT_MS: "20000",
    DIRECTORY_DEADLINE_MS: `${DEADLINE_MS}`,
  });
  patient = await faulty.server({ DIRECTORY_ATTEMPT_MS: "2600", DIRECTORY_DEADLINE_MS: "20000" });
});
afterEach(async () => {
  faulty.directory.fault = pass;
  await expect.poll(() => faulty.directory.pending).toBe(0);
});

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
        expect(answer.ms).toBeLessThan(LATEST_MS);
      }
      expect([await faulty.itemsWith(subject), await faulty.itemsWith(email)]).toEqual([[], []]);

      faulty.directory.fault = pass;
      const outage = { reason: OUTAGE.reason, upstream: faulty.directory, deadlineMs: DEADLINE_MS };
      const answers = await askAllAfter(outage, server, FIRST_CALLS, token);
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
  const warm = await faulty.server({ ...PATIENT, IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" });
  const known = await newcomer(faulty.stack.issuer);
  const before = await ask(warm, "validate", known.token);
  await ask(warm, "discover");

  const replies: ServerResponse[] = [];
  faulty.directory.fault = (exchange) => {
    replies.push(exchange.response);
    return drip(exchange);
  };
  let settled = false;
  const pending = newcomers(30, warm).finally(() => {
    settled = true;
  });
  await expect.poll(() => faulty.directory.pending).toBe(30);
  for (let round = 0; round < 5; round++) {
    const answers = [await ask(warm, "validate", known.token), await ask(warm, "discover")];
    expect(answers).toMatchObject([
      { status: 200, userId: before.userId },
      { status: 200, reason: null },
    ]);
  }
  expect(settled).toBe(false); // so none of these answers waited for the directory
  faulty.directory.fault = FAULTS[500];
  for (const reply of replies) reply.destroy();
  for (const answer of await pending) expect(answer).toMatchObject(OUTAGE);
});

it("answers nine callers after the tenth, whose directory call they share, has hung up (T63)", async () => {
  const shared = await faulty.server(PATIENT);
  const { email, token } = await newcomer(faulty.stack.issuer);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  faulty.directory.fault = heldUntil(released);
  const asked = faulty.directory.requests.length;
  // By the time of these answers the server has read all that was sent before.
  const readAll = async () => {
    for (let times = 0; times < 10; times += 1) await ask(shared, "discover");
  };
  const leader = request(`${shared.url}/validate`, { headers: { authorization: `Bearer ${token}` } });
  leader.on("error", () => {}).end();
  await expect.poll(() => faulty.directory.pending, { interval: 10 }).toBe(1);
  const followers = Array.from({ length: 9 }, () => ask(shared, "validate", token));
  await readAll();
  leader.destroy();
  await readAll();
  release();
  const answers = await Promise.all(followers);
  expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(200));
  expect(new Set(answers.map(({ userId }) => userId)).size).toBe(1);
  expect(faulty.directory.requests.length - asked).toBe(1);
  expect(await faulty.placesOf(answers[0]?.userId)).toEqual(["link", "membership", "seat"]);
  expect(await faulty.stack.usersAt(email)).toBe(1);
});

it("sends 64 calls to the directory, queues 128 and refuses the rest before the first has ended", async () => {
  const crowded = await faulty.server({
    ...PATIENT,
    DYNAMODB_ENDPOINT: faulty.stack.environment.DYNAMODB_ENDPOINT,
    IDENTITY_CACHE_MS: "60000",
  });
  await newcomers(1, crowded);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  faulty.directory.fault = async (exchange) => {
    await released;
    await FAULTS[500](exchange);
  };
  const answers: Answer[] = [];
  const all = Promise.all(
    Array.from({ length: 64 + 128 + 8 }, async () => {
      answers.push(...(await newcomers(1, crowded)));
    }),
  );
  await expect.poll(() => answers.length, { timeout: 20_000 }).toBe(8);
  for (const answer of answers)
    expect(answer).toMatchObject({ status: 503, reason: "OVERLOADED", retryAfter: true });
  expect(faulty.directory.pending).toBe(64);
  release();
  await all;
  const failed = answers.slice(8);
  expect(failed).toHaveLength(64 + 128);
  for (const answer of failed) expect(answer).toMatchObject(OUTAGE);
});
