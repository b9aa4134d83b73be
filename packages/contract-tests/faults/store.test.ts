import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Server } from "../platform/stack.ts";
import { ask, askAll, FIRST_CALLS } from "./answer.ts";
import type { Exchange, Fault } from "./fault-proxy.ts";
import { answer, FAULTS, firstOf, isWrite, only, pass, resetAfterCommit, throttle } from "./faults.ts";
import { type FaultyStack, openSockets, startFaultyStack } from "./faulty-stack.ts";
import { newcomer } from "./forge.ts";

const OUTAGE = { status: 503, reason: "STORE_UNAVAILABLE", retryAfter: true };
/** The store's time for one question, and room for a busy machine. */
const DEADLINE_MS = 900;
const ROOM_MS = 1_200;
/** The store is not stopped from saying much, only from saying nothing: 50 MB before a right answer are a delay. */
const STORE_FAULTS = { ...FAULTS, throttle, "50 MB": answer(200, " ".repeat(50_000_000)) };

let faulty: FaultyStack;
let server: Server;
let sockets: number;

beforeAll(async () => {
  faulty = await startFaultyStack();
  sockets = openSockets();
  server = await faulty.server({ STORE_ATTEMPT_MS: "250", STORE_DEADLINE_MS: `${DEADLINE_MS}` });
});
afterEach(async () => {
  faulty.store.fault = pass;
  await expect.poll(() => faulty.store.pending, { timeout: 5_000 }).toBe(0);
});
afterAll(() => faulty.close());

/** The SDK's id of a request, the same in all of its attempts. */
function invocation({ request }: Exchange): unknown {
  return request.headers["amz-sdk-invocation-id"];
}

describe("while the store fails (T61)", () => {
  it.each(Object.entries(STORE_FAULTS))(
    "every call is 503 within the deadline; afterwards the same calls succeed: %s",
    async (_, fault) => {
      const { email, subject, token } = await newcomer(faulty.stack.issuer);
      faulty.store.fault = fault;
      for (const refused of await askAll(server, [...FIRST_CALLS, "discover"], token)) {
        expect(refused).toMatchObject(OUTAGE);
        expect(refused.ms).toBeLessThan(DEADLINE_MS + ROOM_MS);
      }
      expect([await faulty.itemsWith(subject), await faulty.itemsWith(email)]).toEqual([[], []]);

      faulty.store.fault = pass;
      const answers = await askAll(server, [...FIRST_CALLS, "discover"], token);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      await expectOneOfEach(email, answers[0]?.userId);
    },
  );

  it.each(Object.entries(STORE_FAULTS))(
    "a first login whose writes fail is 503, and afterwards has one of each: %s",
    async (_, fault) => {
      const { email, token } = await newcomer(faulty.stack.issuer);
      faulty.store.fault = only(isWrite, fault);
      expect(await ask(server, "validate", token)).toMatchObject(OUTAGE);
      faulty.store.fault = pass;
      const answered = await ask(server, "validate", token);
      expect(answered).toMatchObject({ status: 200 });
      await expectOneOfEach(email, answered.userId);
    },
  );

  it("leaves no connection open, to the store or from the callers", async () => {
    await expect.poll(openSockets, { timeout: 15_000 }).toBeLessThanOrEqual(sockets);
  });
});

describe("when only the first attempt of each request fails", () => {
  const faults: readonly (readonly [string, Fault])[] = [
    ["reset", FAULTS.reset ?? pass],
    ["500", FAULTS["500"] ?? pass],
    ["throttle", throttle],
    ["hang", only(isWrite, FAULTS.hang ?? pass)],
  ];
  it.each(faults)("nobody notices: %s", async (_, fault) => {
    const { email, token } = await newcomer(faulty.stack.issuer);
    faulty.store.fault = firstOf(invocation, fault);
    const answered = await ask(server, "validate", token);
    expect(answered).toMatchObject({ status: 200 });
    await expectOneOfEach(email, answered.userId);
  });

  it("nobody notices that every write was carried out twice: ten callers, one of each", async () => {
    const { email, token } = await newcomer(faulty.stack.issuer);
    faulty.store.fault = firstOf(invocation, only(isWrite, resetAfterCommit));
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(server, "me", token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ userId }) => userId)).size).toBe(1);
    await expectOneOfEach(email, answers[0]?.userId);
  });
});

async function expectOneOfEach(email: string, userId: string | null | undefined): Promise<void> {
  expect(await faulty.placesOf(userId)).toEqual(["link", "membership", "seat"]);
  expect(await faulty.stack.usersAt(email)).toBe(1);
}
