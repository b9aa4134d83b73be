import type { AppRouter } from "@platform-api/server/router";
import { createTRPCClient, httpLink } from "@trpc/client";
import { describe, expect, it } from "vitest";
import { createPlatformClient, type PlatformClientOptions } from "./client.ts";
import { isOutage, isPlatformError, isRefusal, reasonOf, retryAfterMs } from "./platform-error.ts";
import { identity, type Replier, refused, runPlatformStandIn } from "./test-servers/platform-stand-in.ts";
import { thrownBy } from "./test-servers/thrown-by.ts";

const platform = runPlatformStandIn();

type Options = Partial<PlatformClientOptions>;

/** For what never answers. A busy machine may need longer for what does. */
const IMPATIENT: Options = { timeoutMs: 100 };

async function failureOf(replier: Replier, options: Options = {}, signal?: AbortSignal): Promise<unknown> {
  platform.replies(replier);
  const { auth } = createPlatformClient({ url: platform.url, retries: 0, ...options });
  return thrownBy(auth.validate.query(undefined, signal && { signal }));
}

const text =
  (status: number, body: string, headers = {}) =>
  () => ({ status, body, headers });
const withStatus = (status: number, replier: Replier): Replier => {
  return async (call) => ({ body: "", ...(await replier(call)), status });
};
const never = () => new Promise<never>(() => {});

describe("refusal or outage", () => {
  it.each<[string, Replier, "refusal" | "outage" | "neither", string | null]>([
    ["400", refused(400, "INPUT_INVALID"), "refusal", "INPUT_INVALID"],
    ["401", refused(401, "TOKEN_INVALID"), "refusal", "TOKEN_INVALID"],
    ["403", refused(403, "EMAIL_UNVERIFIED"), "refusal", "EMAIL_UNVERIFIED"],
    ["429", refused(429, "RATE_LIMITED"), "neither", "RATE_LIMITED"],
    ["500", refused(500, "INTERNAL"), "outage", "INTERNAL"],
    ["502", refused(502, "DIRECTORY_UNAVAILABLE"), "outage", "DIRECTORY_UNAVAILABLE"],
    ["503", refused(503, "KEYS_UNAVAILABLE"), "outage", "KEYS_UNAVAILABLE"],
    ["a cut connection", () => null, "outage", null],
    ["silence", never, "outage", null],
    ["silence in mid-response", text(200, '{"result":', { "content-length": "99" }), "outage", null],
    ["a proxy's page", text(502, "<html>"), "outage", null],
    ["a proxy's own 401", text(401, '{"message":"who are you?"}'), "outage", null],
    ["a proxy's own 429", text(429, "<html>"), "neither", null],
    ["another server's tRPC error", text(401, '{"error":{"code":-32001,"message":"no"}}'), "outage", null],
    ["a redirect", text(302, ""), "outage", null],
    ["a redirect that looks like a refusal", withStatus(307, refused(401, "TOKEN_INVALID")), "outage", null],
    ["a redirect that looks like a result", withStatus(303, identity()), "outage", null],
    ["an error that looks like a result", withStatus(403, identity()), "outage", null],
    ["an answer of the wrong shape", text(200, '"hello"'), "outage", null],
    ["a reason that is not a string", refused(401, 5 as never), "outage", null],
    [
      "a reason without a status",
      text(200, JSON.stringify({ error: { code: -1, message: "", data: { reason: "TOKEN_INVALID" } } })),
      "outage",
      null,
    ],
  ])("classifies %s", async (name, replier, kind, reason) => {
    const error = await failureOf(replier, name.startsWith("silence") ? IMPATIENT : {});
    expect([isRefusal(error), isOutage(error)]).toEqual([kind === "refusal", kind === "outage"]);
    expect(reasonOf(error)).toBe(reason);
  });

  it("an aborted call is neither", async () => {
    const error = await failureOf(never, {}, AbortSignal.timeout(20));
    expect([isRefusal(error), isOutage(error)]).toEqual([false, false]);
  });

  it("a call whose token supplier throws is neither, is not sent or retried, and keeps the cause", async () => {
    let asked = 0;
    const token = () => {
      asked += 1;
      throw new TypeError("login_required");
    };
    platform.replies(() => expect.fail("sent"));
    const { auth } = createPlatformClient({ url: platform.url, token });
    const error = await thrownBy(auth.validate.query());
    expect([isRefusal(error), isOutage(error), asked]).toEqual([false, false, 1]);
    expect(error).toMatchObject({
      cause: { name: "TokenUnavailable", cause: { message: "login_required" } },
    });
  });

  const CIRCLE = new TypeError("bad");
  CIRCLE.cause = CIRCLE;
  const failing = (error: Error) => () => Promise.reject(error);
  it.each<[string, Options, string]>([
    ["a code", { url: "http://127.0.0.1:5" }, "ECONNREFUSED"],
    ["the words of fetch", { fetch: failing(new TypeError("Failed to fetch")) }, "Failed to fetch"],
    ["a name", { fetch: failing(new TypeError("s3cret-t0ken is invalid")) }, "TypeError"],
    ["no part of a token", { fetch: failing(new TypeError(`bad ${"x".repeat(25)}`)) }, "TypeError"],
    ["no input", { fetch: failing(new TypeError("bad ?input=%7B%7D")) }, "TypeError"],
    [
      "no long code",
      { fetch: failing(Object.assign(new TypeError("bad"), { code: "x".repeat(50) })) },
      "bad",
    ],
    ["no error", { fetch: () => Promise.reject("s3cret-t0ken") }, "unknown error"],
    ["causes in a circle", { fetch: failing(CIRCLE) }, "bad"],
  ])(
    "a failed connection names the address without the input, and the cause: %s",
    async (_, options, cause) => {
      const url = "http://127.0.0.1:4";
      const client = createPlatformClient({ url, retries: 0, token: "s3cret-t0ken", ...options });
      const error = await thrownBy(client.auth.check.query({ organizationId: "acme" }));
      const address = `${options.url ?? url}/trpc/auth.check`;
      expect(String(error)).toBe(`TRPCClientError: cannot reach ${address}: ${cause}`);
      expect(isOutage(error)).toBe(true);
    },
  );

  it("a timeout names the address", async () => {
    const error = await failureOf(never, IMPATIENT);
    expect(String(error)).toBe(
      `TRPCClientError: no response from ${platform.url}/trpc/auth.validate within 100 ms`,
    );
  });

  it("an error of another kind is neither", () => {
    const error = new TypeError("fetch failed");
    expect([isRefusal(error), isOutage(error)]).toEqual([false, false]);
    expect([reasonOf(error), retryAfterMs(error)]).toEqual([null, null]);
  });

  it.each([
    ["refuses", refused(403, "FORBIDDEN", { "retry-after": "3" })],
    ["is down", refused(503, "KEYS_UNAVAILABLE", { "retry-after": "3" })],
    ["is unreachable", () => null],
  ])("the error of a client of another tRPC server is neither when that server %s", async (_, replier) => {
    platform.replies(replier);
    const other = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${platform.url}/trpc` })] });
    const error = await thrownBy(other.auth.validate.query());
    expect([isPlatformError(error), isRefusal(error), isOutage(error)]).toEqual([false, false, false]);
    expect([reasonOf(error), retryAfterMs(error)]).toEqual([null, null]);
  });
});

/** A custom fetch: it resolves with an object that is like a `Response` but has another class. */
const foreignFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const { ok, status, type, headers } = response;
  return Object.assign(Object.create(null), { ok, status, type, headers, json: () => response.json() });
};

describe("how long to wait", () => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  it.each([
    ["seconds", { "retry-after": "3" }, 3_000],
    ["no header", {}, null],
    ["nonsense", { "retry-after": "soon" }, null],
    ["the seconds of two proxies", { "retry-after": "5, 5" }, null],
    ["a fraction", { "retry-after": "2.5" }, null],
    ["a negative number", { "retry-after": "-5" }, null],
    ["a number that is too large", { "retry-after": "9".repeat(23) }, null],
    ["a date in the past", { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }, 0],
  ])("reads %s", async (_, headers, expected) => {
    expect(retryAfterMs(await failureOf(refused(503, "OVERLOADED", headers)))).toBe(expected);
    expect(retryAfterMs(await failureOf(text(503, "<html>", headers)))).toBe(expected);
    const fetch = foreignFetch;
    expect(retryAfterMs(await failureOf(refused(503, "OVERLOADED", headers), { fetch }))).toBe(expected);
  });

  it("reads a date in the future", async () => {
    const waitMs = retryAfterMs(await failureOf(refused(503, "OVERLOADED", { "retry-after": inAMinute })));
    expect(waitMs).toBeGreaterThan(50_000);
    expect(waitMs).toBeLessThanOrEqual(60_000);
  });
});
