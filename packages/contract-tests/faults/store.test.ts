import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Exchange, Fault } from "../simulator/fault-proxy.ts";
import {
  conflict,
  does,
  FAULTS,
  firstOf,
  hang,
  only,
  operationOf,
  pass,
  reset,
  resetAfterCommit,
  STORE_FAULTS,
  slow,
  writes,
} from "../simulator/faults.ts";
import { openSockets } from "../simulator/faulty-stack.ts";
import { newcomer } from "../simulator/forge.ts";
import { faultyStackOfTests } from "../simulator/of-tests.ts";
import type { Server } from "../simulator/stack.ts";
import { ask, askAll, askAllAfter, FIRST_CALLS, type PastOutage } from "./answer.ts";
import { keepRequestDeadline, withRequestDeadline } from "./request-deadline.ts";

const OUTAGE = { status: 503, reason: "STORE_UNAVAILABLE", retryAfter: true };
/** The store's time for one request. */
const DEADLINE_MS = 450;
/** Half of one attempt. A busy machine needs seconds for some answers. */
const LATEST_MS = 10_000;
/** What every request has, whatever the store's deadline is. */
const REQUEST_MS = 2_700;
const EVERY_FAULT = { ...FAULTS, ...STORE_FAULTS };

const faulty = faultyStackOfTests();
let server: Server;
/** A server with enough time for every attempt. One that hangs takes longer than a request has by default. */
let patient: Server;
let sockets: number;

beforeAll(async () => {
  sockets = openSockets();
  server = await faulty.server({ STORE_ATTEMPT_MS: "20000", STORE_DEADLINE_MS: `${DEADLINE_MS}` });
  patient = await faulty.server({ STORE_ATTEMPT_MS: "1100", STORE_DEADLINE_MS: "20000" });
});
afterEach(async () => {
  faulty.store.fault = pass;
  await vi.waitUntil(() => faulty.store.pending === 0, { timeout: 10_000 });
});

function pastOutage(): PastOutage {
  return { reason: OUTAGE.reason, upstream: faulty.store, deadlineMs: DEADLINE_MS };
}

/** The AWS SDK's id of a request, the same in all of its attempts. */
function invocation({ request }: Exchange): unknown {
  return request.headers["amz-sdk-invocation-id"];
}

describe("while the store fails (T61)", () => {
  it.each(Object.entries(EVERY_FAULT))(
    "every call is 503 within the deadline, then the same calls succeed: %s",
    async (_, fault) => {
      const { email, subject, token } = await newcomer(faulty.stack.issuer);
      faulty.store.fault = fault;
      for (const refused of await askAll(server, [...FIRST_CALLS, "discover"], token)) {
        expect(refused).toMatchObject(OUTAGE);
        expect(refused.ms).toBeLessThan(LATEST_MS);
      }
      expect([await faulty.itemsWith(subject), await faulty.itemsWith(email)]).toEqual([[], []]);

      faulty.store.fault = pass;
      const answers = await askAllAfter(pastOutage(), server, FIRST_CALLS, token);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const discovered = await askAllAfter(pastOutage(), server, ["discover"], token);
      expect(discovered).toMatchObject([{ status: 200 }]);
      await expectOneOfEach(email, answers[0]?.userId);
    },
  );

  it.each([500, "hang", "reset", "reset after commit", "empty", "truncated", "conflict"] as const)(
    "a first login whose writes fail is 503, and the next login completes it: %s",
    async (name) => {
      const { email, token } = await newcomer(faulty.stack.issuer);
      faulty.store.fault = only(writes, { ...EVERY_FAULT, conflict }[name]);
      const login = () => ask(server, "validate", token);
      // After a conflict a write is tried again until the deadline.
      expect(await (name === "conflict" ? withRequestDeadline(login) : login())).toMatchObject(OUTAGE);
      faulty.store.fault = pass;
      const [answered] = await askAllAfter(pastOutage(), server, ["validate"], token);
      expect(answered).toMatchObject({ status: 200 });
      await expectOneOfEach(email, answered?.userId);
    },
  );

  it.each(["GetItem", "Query"])("a failed %s is 503, never a refusal or an absence", async (operation) => {
    const { token } = await newcomer(faulty.stack.issuer);
    expect(await askAllAfter(pastOutage(), server, ["validate"], token)).toMatchObject([{ status: 200 }]);
    faulty.store.fault = only(does(operation), FAULTS[500]);
    for (const refused of await askAll(server, FIRST_CALLS, token)) expect(refused).toMatchObject(OUTAGE);
  });

  it("no connection is left open, neither to the store nor from the callers", async () => {
    await expect.poll(openSockets, { timeout: 15_000 }).toBeLessThanOrEqual(sockets);
  });
});

describe.concurrent("a slow store", () => {
  keepRequestDeadline();

  const slowServer = async (ms: number, settings: Record<string, string>) => {
    const upstreams = await faulty.upstreams();
    upstreams.store.fault = slow(ms);
    return upstreams.server(settings);
  };

  it("makes requests that share a login and run out of time 503", async () => {
    const server = await slowServer(700, { STORE_ATTEMPT_MS: "900", STORE_DEADLINE_MS: "2500" });
    const { token } = await newcomer(faulty.stack.issuer);
    const answers = await askAll(server, Array(4).fill("validate"), token);
    expect(answers).toMatchObject(Array(4).fill(OUTAGE));
  });

  it("gets the three seconds of a request for all of its replies together", async () => {
    const server = await slowServer(900, { STORE_ATTEMPT_MS: "2000", STORE_DEADLINE_MS: "2000" });
    const { token } = await newcomer(faulty.stack.issuer);
    const refused = await ask(server, "validate", token);
    expect(refused).toMatchObject(OUTAGE);
    expect(refused.ms).toBeGreaterThan(2_000);
    expect(refused.ms).toBeLessThan(5 * REQUEST_MS); // five times, for a busy machine
  });
});

describe("when only the first attempt of each request fails", () => {
  it.each<[string, Fault]>([
    ["reset", reset],
    ["500", FAULTS[500]],
    ["throttle", STORE_FAULTS.throttle],
    ["hang", only(writes, hang)],
  ])("a first login succeeds: %s", async (_, fault) => {
    const { email, token } = await newcomer(faulty.stack.issuer);
    faulty.store.fault = firstOf(invocation, fault);
    const answered = await ask(patient, "validate", token);
    expect(answered).toMatchObject({ status: 200 });
    await expectOneOfEach(email, answered.userId);
  });

  it("a first login succeeds although others change its items", async () => {
    const { email, token } = await newcomer(faulty.stack.issuer);
    faulty.store.fault = firstOf(operationOf, conflict);
    const answered = await ask(patient, "validate", token);
    expect(answered).toMatchObject({ status: 200 });
    await expectOneOfEach(email, answered.userId);
  });

  it("ten concurrent first logins store one of each, although every write is carried out twice", async () => {
    const { email, token } = await newcomer(faulty.stack.issuer);
    faulty.store.fault = firstOf(invocation, only(writes, resetAfterCommit));
    const crowded = await faulty.server({ STORE_ATTEMPT_MS: "5000", STORE_DEADLINE_MS: "20000" });
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(crowded, "me", token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ userId }) => userId)).size).toBe(1);
    await expectOneOfEach(email, answers[0]?.userId);
  });
});

async function expectOneOfEach(email: string, userId: string | null | undefined): Promise<void> {
  expect(await faulty.placesOf(userId)).toEqual(["link", "membership", "seat"]);
  expect(await faulty.stack.usersAt(email)).toBe(1);
}
