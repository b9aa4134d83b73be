import { delay, HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createPlatformClient, type PlatformClientOptions } from "./client.ts";
import { isOutage, isPlatformError, isRefusal, reasonOf, retryAfterMs } from "./platform-error.ts";
import { thrownBy } from "./test-servers/thrown-by.ts";
import type { TokenSupplier } from "./token-supplier.ts";

const URL_ = "https://platform.example";
const VALIDATION = {
  userId: "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab",
  email: null,
  source: "auth0",
  organizationId: null,
  expiresAt: "2026-01-01T00:00:00.000Z",
};
type Answer = () => Response | Promise<Response>;
const server = setupServer();
let requests: Request[];

beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
beforeEach(() => {
  requests = [];
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const ok = () => HttpResponse.json({ result: { data: VALIDATION } });
const refused =
  (httpStatus: number, reason: string, headers: Record<string, string> = {}) =>
  () =>
    HttpResponse.json(
      { error: { code: -32_000, message: reason, data: { code: "X", httpStatus, reason } } },
      { status: httpStatus, headers },
    );

/** Sets the server's answers, in order. The last one is repeated. */
function answers(...replies: Answer[]): void {
  const next = ({ request }: { request: Request }): Response | Promise<Response> => {
    requests.push(request);
    return (replies[requests.length - 1] ?? replies.at(-1) ?? ok)();
  };
  server.use(http.all(`${URL_}/trpc/*`, next), http.all(`${URL_}/base/trpc/*`, next));
}

const client = (options: Partial<PlatformClientOptions> = {}) =>
  createPlatformClient({ url: URL_, ...options });

describe("the token", () => {
  it.each<[string, TokenSupplier | undefined, PlatformClientOptions["tokenHeader"], object]>([
    ["a string", "t1", undefined, { authorization: "Bearer t1" }],
    ["a function", () => "t2", undefined, { authorization: "Bearer t2" }],
    ["an async function", async () => "t3", undefined, { authorization: "Bearer t3" }],
    ["for a service", "t4", "x-user-token", { "x-user-token": "t4" }],
    ["none", undefined, undefined, {}],
    ["none yet", () => null, undefined, {}],
  ])("is sent in the right header: %s", async (_, token, tokenHeader, expected) => {
    answers(ok);
    await client({ ...(token && { token }), ...(tokenHeader && { tokenHeader }) }).auth.validate.query();
    const sent = requests[0]?.headers;
    const credentials = ["authorization", "x-user-token"].flatMap((name) => {
      const value = sent?.get(name);
      return value ? [[name, value]] : [];
    });
    expect(Object.fromEntries(credentials)).toEqual(expected);
  });

  it("is requested for every call, and concurrent calls are never batched", async () => {
    answers(ok);
    let calls = 0;
    const { auth } = client({ token: () => `token-${++calls}` });
    await Promise.all([auth.validate.query(), auth.validate.query(), auth.validate.query()]);
    const sent = requests.map(({ headers }) => headers.get("authorization"));
    expect(sent.sort()).toEqual(["Bearer token-1", "Bearer token-2", "Bearer token-3"]);
  });

  it("T7B: stays the same when an operation is retried after another user has signed in", async () => {
    answers(refused(503, "STORE_UNAVAILABLE"), () => new HttpResponse("<html>", { status: 502 }), ok);
    const token = vi.fn<() => string>().mockReturnValueOnce("jane").mockReturnValue("joe");
    const { auth } = client({ token });
    const context = {};
    await auth.validate.query(undefined, { context });
    await auth.validate.query(undefined, { context });
    const sent = requests.map(({ headers }) => headers.get("authorization"));
    expect(sent).toEqual(["Bearer jane", "Bearer jane", "Bearer jane", "Bearer joe"]);
    expect(token).toHaveBeenCalledTimes(2);
  });
});

describe("a call's own token", () => {
  it.each<[string, unknown, TokenSupplier | undefined, string | null]>([
    ["takes precedence over the client's string", "mine", "the client's", "Bearer mine"],
    ["takes precedence over the client's function", "mine", () => "the client's", "Bearer mine"],
    ["is sufficient without a client's token", "mine", undefined, "Bearer mine"],
    // A call without a token must not be sent with another user's token.
    ["sends no token if it is undefined", undefined, "the client's", null],
    ["sends no token if it is null", null, "the client's", null],
    ["sends no token if it is empty", "", "the client's", null],
  ])("%s", async (_, token, supplier, expected) => {
    answers(ok);
    const { auth } = client({ ...(supplier && { token: supplier }) });
    await auth.validate.query(undefined, { context: { token } });
    expect(requests[0]?.headers.get("authorization")).toBe(expected);
  });

  it("is sent in the header that the client is configured with", async () => {
    answers(ok);
    const { auth } = client({ tokenHeader: "x-user-token" });
    await auth.validate.query(undefined, { context: { token: "mine" } });
    expect(requests[0]?.headers.get("x-user-token")).toBe("mine");
    expect(requests[0]?.headers.get("authorization")).toBeNull();
  });

  it.each([["a b"], ["a\nb"], ["токен"], ["x".repeat(8_193)], [42]])(
    "is refused, and not reported as an outage, if no header can carry it: %j",
    async (token) => {
      answers(ok);
      const error = await thrownBy(client().auth.validate.query(undefined, { context: { token } }));
      expect(isRefusal(error) && reasonOf(error)).toBe("TOKEN_INVALID");
      expect(requests).toHaveLength(0);
    },
  );
});

it.each(["https://platform.example/base", "https://platform.example/base///"])(
  "adds /trpc to %s",
  async (url) => {
    answers(ok);
    await client({ url }).auth.validate.query();
    expect(requests[0]?.url).toBe("https://platform.example/base/trpc/auth.validate");
  },
);

describe("a query whose input may be an address", () => {
  const input = { organizationId: "acme", query: "jane@acme.example" };
  const unavailable = refused(503, "STORE_UNAVAILABLE");

  it("is sent as POST, and retried as every query", async () => {
    answers(unavailable, ok);
    const { members } = client().org;
    await members.list.query(input);
    await members.lookup.query({ organizationId: "acme", userIds: [VALIDATION.userId] });
    const sent = requests.map(({ method, url }) => [method, url]);
    const urls = ["list", "list", "lookup"].map((name) => ["POST", `${URL_}/trpc/org.members.${name}`]);
    expect(sent).toEqual(urls);
    expect(await requests[1]?.json()).toEqual(input);
    expect(requests[1]?.headers.get("content-type")).toBe("application/json");
  });

  it("is the only kind that is", async () => {
    answers(ok);
    await client().org.get.query({ organizationId: "acme" });
    expect([requests[0]?.method, requests[0]?.url]).toEqual([
      "GET",
      `${URL_}/trpc/org.get?input=%7B%22organizationId%22%3A%22acme%22%7D`,
    ]);
  });
});

it.each([
  "",
  "platform.example",
  "ftp://platform.example",
  "https://platform.example/trpc/",
  "https://",
  "https:///a",
  "https://platform example",
  "https://jane:pass@platform.example",
  "https://platform.example?a=b",
  "https://platform.example/#a",
  "https://platform.example:port",
  "https://::1",
  "https://[::1",
  " http://a",
])("refuses the address %j", (url) => {
  expect(() => client({ url })).toThrow(/^createPlatformClient: url must be the server's base address/);
  expect(() => client({ url })).not.toThrow("jane:pass");
});

it.each<[string, Answer]>([
  ["answers with a page", () => new HttpResponse("<html>")],
  ["redirects", () => new HttpResponse(null, { status: 302, headers: { location: "https://a.example" } })],
  ["is another service", () => HttpResponse.json({ message: "Not Found" }, { status: 404 })],
])("names an address that is not platform-api's: it %s", async (_, answer) => {
  answers(answer);
  const error = await thrownBy(client({ retries: 0 }).auth.validate.query());
  expect(String(error)).toMatch(/https:\/\/platform\.example\/trpc\/auth\.validate .*is url right\?$/);
});

it("refuses an address that is missing, as without its environment variable in JavaScript", () => {
  const options = { url: undefined } as unknown as PlatformClientOptions;
  expect(() => createPlatformClient(options)).toThrow(/^createPlatformClient: url must be /);
});

it.each([
  "http://localhost:4000",
  "http://[::1]:4000",
  "HTTPS://Platform.Example/a/b/",
  "https://bücher.example",
])("takes the address %j", async (url) => {
  let address = "";
  const fetch = async (input: unknown) => {
    address = String(input);
    return ok();
  };
  await client({ url, fetch }).auth.validate.query();
  expect(address).toBe(`${url.replace(/\/$/, "")}/trpc/auth.validate`);
});

it.each([
  ["timeoutMs", 0, 1, 2_147_483_647],
  ["timeoutMs", 0.5, 1, 2_147_483_647],
  ["timeoutMs", 2 ** 31, 1, 2_147_483_647],
  ["timeoutMs", Number.NaN, 1, 2_147_483_647],
  ["retries", -1, 0, 10],
  ["retries", 11, 0, 10],
  ["retries", Number.POSITIVE_INFINITY, 0, 10],
])("throws for %s: %d and names the option", (name, value, least, most) => {
  expect(() => client({ [name]: value })).toThrow(
    new RangeError(`createPlatformClient: ${name} must be an integer from ${least} to ${most}`),
  );
});

it("leaves no timer and no listener on the caller's signal after a call", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    for (const answer of [ok, refused(403, "IDENTITY_BLOCKED"), () => new HttpResponse("<html>")]) {
      const { signal } = new AbortController();
      const added = vi.spyOn(signal, "addEventListener");
      const removed = vi.spyOn(signal, "removeEventListener");
      const { auth } = client({ fetch: async () => answer() });
      await auth.validate.query(undefined, { signal }).catch(() => {});
      expect(vi.getTimerCount()).toBe(0);
      const listenersOf = ({ mock }: typeof added) => mock.calls.map(([, listener]) => listener);
      expect(listenersOf(added).length).toBeGreaterThan(0);
      expect(listenersOf(removed)).toEqual(expect.arrayContaining(listenersOf(added)));
    }
  } finally {
    vi.useRealTimers();
  }
});

describe("after an outage", () => {
  const hang = async () => {
    await delay("infinite");
    return ok();
  };
  const page = (status: number) => () => new HttpResponse("<html>", { status });
  it.each([
    ["502", refused(502, "DIRECTORY_UNAVAILABLE")],
    ["503", refused(503, "KEYS_UNAVAILABLE")],
    ["a reset", () => HttpResponse.error()],
    ["silence", hang],
    ["a proxy's 502", page(502)],
    ["a proxy's 503", page(503)],
    ["a proxy's 504, in JSON", () => HttpResponse.json({ message: "try later" }, { status: 504 })],
  ])("retries a query: %s", async (_, failure) => {
    answers(failure, ok);
    const options = failure === hang ? { timeoutMs: 500 } : {};
    await expect(client(options).auth.validate.query()).resolves.toEqual(VALIDATION);
    expect(requests).toHaveLength(2);
  });

  it.each([
    ["once", { retries: 1 }, 2],
    ["never", { retries: 0 }, 1],
  ])("retries a query %s if configured so", async (_, options, attempts) => {
    answers(refused(503, "STORE_UNAVAILABLE"));
    const error = await thrownBy(client(options).auth.validate.query());
    expect(reasonOf(error)).toBe("STORE_UNAVAILABLE");
    expect(requests).toHaveLength(attempts);
  });

  it.each([401, 429, 500])("does not retry a query after a proxy's %i", async (status) => {
    answers(page(status));
    await expect(client().auth.validate.query()).rejects.toThrow();
    expect(requests).toHaveLength(1);
  });

  it.each([
    [429, "RATE_LIMITED", "41", false],
    [503, "OVERLOADED", "1", true],
  ])(
    "does not retry before the wait that platform-api asks for: %i %s",
    async (status, reason, wait, isDown) => {
      answers(refused(status, reason, { "retry-after": wait }));
      const error = await thrownBy(client().auth.validate.query());
      expect([reasonOf(error), isRefusal(error), isOutage(error)]).toEqual([reason, false, isDown]);
      expect(retryAfterMs(error)).toBe(Number(wait) * 1_000);
      expect(requests).toHaveLength(1);
    },
  );

  it.each([
    ["platform-api's own", refused(503, "STORE_UNAVAILABLE")],
    ["a proxy's", page(503)],
  ])("does not retry a mutation: %s", async (_, failure) => {
    answers(failure);
    await expect(client().org.join.mutate({ organizationId: "acme" })).rejects.toThrow();
    expect(requests).toHaveLength(1);
  });

  it.each([
    ["a response", hang],
    ["the next attempt", refused(503, "STORE_UNAVAILABLE")],
  ])("does not retry after the caller has aborted while waiting for %s", async (_, failure) => {
    answers(failure);
    const caller = new AbortController();
    const call = client().auth.validate.query(undefined, { signal: caller.signal });
    setTimeout(() => caller.abort(), 50);
    const error = await thrownBy(call);
    expect(error).toMatchObject({ cause: { name: "AbortError" } });
    expect([isPlatformError(error), isOutage(error), reasonOf(error)]).toEqual([true, false, null]);
    await delay(250); // longer than the pause before a second attempt
    expect(requests).toHaveLength(1);
  });
});

it.each([
  [401, "TOKEN_EXPIRED"],
  [403, "IDENTITY_CONFLICT"],
  [400, "INPUT_INVALID"],
])("does not retry a refusal (%i), and types its reason", async (status, reason) => {
  answers(refused(status, reason));
  const error = await thrownBy(client().auth.validate.query());
  expect(isPlatformError(error) && error.data?.httpStatus).toBe(status);
  expect(reasonOf(error)).toBe(reason);
  expect(requests).toHaveLength(1);
});

it("uses the current global fetch, which a test may replace after the client was created", async () => {
  const early = client();
  const { fetch } = globalThis;
  globalThis.fetch = async () => ok();
  await expect(
    early.auth.validate.query().finally(() => Object.assign(globalThis, { fetch })),
  ).resolves.toEqual(VALIDATION);
  expect(requests).toEqual([]);
});

it.each([null, {}, "TRPCClientError", Array])("refuses the errorClass %o", (errorClass) => {
  const options = { url: "http://127.0.0.1:4", errorClass } as unknown as PlatformClientOptions;
  expect(() => createPlatformClient(options)).toThrow("errorClass must be your own tRPC's TRPCClientError");
});
