import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type CljClientOptions, createCljClient } from "./client.ts";
import { CljClientError, type CljFailure } from "./error.ts";
import { type Fault, inMemoryDirectory, type Misbehaviour } from "./testing/index.ts";

const URL_AND_TOKEN = { url: "http://clj.internal:9000/base", token: "service-token-1" };
const email = "jane@asked.example";

const directory = inMemoryDirectory(URL_AND_TOKEN);
const server = setupServer(...directory.handlers);
const client = clientWith({}); // before MSW listens: `fetch` is looked up late
const impatient = clientWith({ attemptMs: 40 });

beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => directory.reset());
afterAll(() => server.close());

function clientWith(options: Partial<CljClientOptions>) {
  return createCljClient({ ...URL_AND_TOKEN, attemptMs: 5_000, deadlineMs: 10_000, ...options });
}

type Outcome = { failure: CljFailure; status?: number; attempts: number };

const MISBEHAVIOURS: Record<Exclude<Misbehaviour, "someone else">, Outcome> = {
  hang: { failure: "transport", attempts: 3 },
  reset: { failure: "transport", attempts: 3 },
  drip: { failure: "transport", attempts: 3 },
  huge: { failure: "malformed", attempts: 1 },
  html: { failure: "malformed", attempts: 1 },
  empty: { failure: "malformed", attempts: 1 },
  "no content": { failure: "status", status: 204, attempts: 1 },
  redirect: { failure: "status", status: 302, attempts: 1 },
  truncated: { failure: "malformed", attempts: 1 },
  array: { failure: "malformed", attempts: 1 },
  "not a UUID": { failure: "malformed", attempts: 1 },
  "nil UUID": { failure: "malformed", attempts: 1 },
};

it("finds a user that it has ensured, and null for an unknown address", async () => {
  expect(await client.findByEmail(email)).toBeNull();
  const { created, ...user } = await client.ensure({ email });
  expect(created).toBe(true);
  expect(await client.findByEmail(email)).toEqual(user);
});

describe("a directory that fails", () => {
  it.each(Object.entries(MISBEHAVIOURS))("answers %o and fails every call with %o", async (name, outcome) => {
    const { failure, status = null, attempts } = outcome;
    directory.fault(name as Misbehaviour);
    const { ensure, byEmail, findByEmail } = attempts > 1 ? impatient : client;
    const calls = [ensure({ email }), byEmail({ email }), findByEmail(email)];
    for (const call of await Promise.allSettled(calls)) {
      const error = call.status === "rejected" ? call.reason : expect.fail("answered");
      expect(error).toBeInstanceOf(CljClientError);
      expect(error).toMatchObject({ failure, status });
      const shown = inspect(error, { depth: 9, showHidden: true });
      expect(shown).not.toMatch(/service-token|clj\.internal|asked\.example|fault\.example|waad|Sign in/);
    }
    expect(directory.requests).toHaveLength(calls.length * attempts);
  });

  it("returns the address of someone else's record, for the caller to compare", async () => {
    directory.fault("someone else");
    expect(await client.ensure({ email })).toMatchObject({ email: "jane@fault.example" });
  });
});

describe.concurrent("an error status", () => {
  async function arrivalsUntilFailure(status: number): Promise<number[]> {
    const arrivals: number[] = [];
    const fetch = async () => {
      arrivals.push(performance.now());
      return new Response(null, { status });
    };
    const call = clientWith({ fetch }).ensure({ email });
    await expect(call).rejects.toMatchObject({ failure: "status", status });
    return arrivals;
  }

  it.each([400, 401, 403, 404, 408, 409, 422, 425, 500, 501])("%i is not retried", async (status) => {
    expect(await arrivalsUntilFailure(status)).toHaveLength(1);
  });

  it.each([429, 502, 503, 504])("%i is tried three times, 50 to 200 ms apart", async (status) => {
    const [first = 0, second = 0, third = 0, ...more] = await arrivalsUntilFailure(status);
    expect(more).toEqual([]);
    for (const pauseMs of [second - first, third - second]) {
      expect(pauseMs).toBeGreaterThan(48);
      expect(pauseMs).toBeLessThan(5 * 200); // five times, for a busy machine
    }
  });

  it("503 has no effect when the third attempt succeeds", async () => {
    const user = { id: "0f4a7a52-6d2c-4d6b-9d1e-3a5f0c9b8e71", email, email_verified: false, created: true };
    let attempts = 0;
    const fetch = async () => (++attempts < 3 ? new Response(null, { status: 503 }) : Response.json(user));
    expect(await clientWith({ fetch }).ensure({ email })).toMatchObject({ id: user.id, created: true });
  });
});

describe("the deadline", () => {
  it.each<Fault>(["hang", "drip", 503])("ends a call during any attempt or pause: %o", async (fault) => {
    directory.fault(fault);
    const call = clientWith({ deadlineMs: 40 }).ensure({ email });
    await expect(call).rejects.toMatchObject({
      failure: "transport",
      message: expect.stringContaining("40 ms"),
    });
  });

  it("includes the wait in the queue", async () => {
    const fetch = vi.fn(() => new Promise<never>(() => {})); // ignores its signal, so that its slot is never released
    const { ensure } = clientWith({ deadlineMs: 40, inFlight: 1, fetch });
    void ensure({ email });
    await expect(ensure({ email })).rejects.toMatchObject({ failure: "transport" });
    expect(fetch).toHaveBeenCalledOnce();
  });
});

describe("the queue", () => {
  it("accepts `inFlight` plus `waiting` calls and refuses the next at once", async () => {
    directory.fault("hang", 2);
    const small = clientWith({ attemptMs: 50, inFlight: 2, waiting: 1 });
    const calls = [1, 2, 3].map((n) => small.ensure({ email: `${n}@asked.example` }));
    await expect(small.ensure({ email })).rejects.toMatchObject({ failure: "overloaded", status: null });
    expect(await Promise.all(calls)).toHaveLength(3);
    expect(await small.ensure({ email })).toMatchObject({ created: true });
  });
});

describe("the caller's signal", () => {
  const reason = new Error("the caller went away");

  it.each<Fault>(["hang", "drip", 503])("ends a call at once: %o", async (fault) => {
    directory.fault(fault);
    const caller = new AbortController();
    const call = clientWith({}).ensure({ email }, { signal: caller.signal });
    await vi.waitFor(() => expect(directory.requests).toHaveLength(1), { interval: 1, timeout: 10_000 });
    await sleep(15); // by now the call pauses after the 503
    const sent = directory.requests.length;
    caller.abort(reason);
    const first = await Promise.race([call.catch((error) => error), turns(20)]);
    expect(first).toBe(reason);
    expect(directory.requests).toHaveLength(sent);
  });
});

describe("requests", () => {
  it("send the service token, and only the fields of the user that the contract names", async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(async () => new Response(null, { status: 400 }));
    const user = { email, name: "Jane", subject: "waad|abc123" };
    await expect(clientWith({ fetch }).ensure(user)).rejects.toMatchObject({ status: 400 });
    const [url, init] = fetch.mock.calls[0] ?? [];
    expect(url).toBe("http://clj.internal:9000/base/api/v1/users/ensure");
    expect(init).toMatchObject({ method: "POST", body: JSON.stringify({ email, name: "Jane" }) });
    expect(new Request("http://x", init).headers.get("authorization")).toBe("Bearer service-token-1");
  });

  it("send further headers with every attempt, but not in place of their own", async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(async () => new Response(null, { status: 503 }));
    const headers = { "x-request-id": "request-1", Authorization: "Bearer other" };
    await expect(clientWith({ fetch }).ensure({ email }, { headers })).rejects.toMatchObject({ status: 503 });
    const sent = fetch.mock.calls.map(([, init]) => new Request("http://x", init).headers);
    expect(sent.map((each) => each.get("x-request-id"))).toEqual(Array(3).fill("request-1"));
    expect(sent.map((each) => each.get("authorization"))).toEqual(Array(3).fill("Bearer service-token-1"));
  });

  it.each([
    { url: "ftp://clj.internal" },
    { url: "http://user:pass@clj.internal" },
    { url: "clj.internal" },
    { token: "" },
    { token: "service-token-1\r\nx-admin: 1" },
    { token: undefined as never },
  ])("are impossible with an unusable address or token: %o", (options) => {
    expect(() => clientWith(options)).toThrow(TypeError);
    expect(() => clientWith(options)).not.toThrow(/clj\.internal|pass|service-token/);
  });

  it.each([
    ["inFlight", 0],
    ["attemptMs", Number.NaN],
    ["deadlineMs", -1],
    ["maxReplyBytes", 2 ** 31],
    ["waiting", 0.5],
  ])("are impossible with an option out of bounds, which the error names: %s %d", (name, value) => {
    expect(() => clientWith({ [name]: value })).toThrow(
      new RegExp(`^createCljClient: ${name} must be an integer`),
    );
  });
});

/** So many turns of the event loop, however long they take. */
async function turns(count: number): Promise<string> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return "late";
}
