import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPlatformClient } from "../client.ts";
import { isOutage, isRefusal, reasonOf } from "../platform-error.ts";
import { data, identity, refused, runPlatformStandIn, USER_ID } from "../test-servers/platform-stand-in.ts";
import { thrownBy } from "../test-servers/thrown-by.ts";
import { tokenDigest as tokenDigestOnNode } from "./token-digest.ts";
import { createTokenValidator, type TokenValidatorOptions } from "./token-validator.ts";

/** Longer than the second that it would be, for a busy machine. */
const SOON = { timeout: 10_000 };

const platform = runPlatformStandIn();
let clock: number;

beforeEach(() => {
  clock = Date.now();
});
afterEach(() => vi.restoreAllMocks());

function validator(options: Omit<TokenValidatorOptions, "client"> = {}) {
  const client = createPlatformClient({ url: platform.url, token: "the service's own", retries: 0 });
  return createTokenValidator({ client, now: () => clock, ...options });
}

const asked = () => platform.calls.map(({ procedure, token }) => `${procedure} ${token}`);
const inMs = (ms: number) => new Date(clock + ms).toISOString();

/** Holds back every answer until the returned function is called. */
function holdAnswers(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  platform.replies(async (call) => {
    await promise;
    return identity()(call);
  });
  return resolve;
}

describe("validate", () => {
  it("sends the given token in X-User-Token, whatever the client's own token is", async () => {
    await expect(validator().validate("t1")).resolves.toMatchObject({ userId: USER_ID });
    expect(asked()).toEqual(["auth.validate t1"]);
  });

  it("shares one request between concurrent calls for the same token", async () => {
    const { validate } = validator();
    await Promise.all(["t1", "t2", "t1", "t1", "t2"].map((token) => validate(token)));
    expect(asked().sort()).toEqual(["auth.validate t1", "auth.validate t2"]);
  });

  it.each([
    ["for 30 s", {}, 29_999, 30_000],
    ["for the configured time", { cacheMs: 1_000 }, 999, 1_000],
    ["not at all", { cacheMs: 0 }, null, 0],
  ])("caches an identity %s", async (_, options, lastMs, overMs) => {
    const { validate } = validator(options);
    const startedAt = clock;
    await validate("t1");
    if (lastMs !== null) {
      clock = startedAt + lastMs;
      await validate("t1");
      expect(platform.calls).toHaveLength(1);
    }
    clock = startedAt + overMs;
    await validate("t1");
    expect(platform.calls).toHaveLength(2);
  });

  it("counts an identity's age from the request, not from the answer", async () => {
    platform.replies((call) => {
      clock += 5_000;
      return identity()(call);
    });
    const { validate } = validator();
    await validate("t1");
    clock += 25_000;
    await validate("t1");
    expect(platform.calls).toHaveLength(2);
  });

  it("caches no identity beyond the token's expiry", async () => {
    platform.replies(identity({ expiresAt: inMs(2_000) }), refused(401, "TOKEN_EXPIRED"));
    const { validate } = validator();
    await validate("t1");
    clock += 1_999;
    await validate("t1");
    clock += 1;
    expect(reasonOf(await thrownBy(validate("t1")))).toBe("TOKEN_EXPIRED");
  });

  it("ignores the cache after the clock was set back", async () => {
    const { validate } = validator();
    await validate("t1");
    clock -= 1;
    await validate("t1");
    expect(platform.calls).toHaveLength(2);
  });

  it("treats tokens that differ in one character as different", async () => {
    const { validate } = validator();
    const token = `${"h".repeat(400)}.${"c".repeat(400)}.${"s".repeat(400)}`;
    await validate(token);
    for (const i of [0, 600, 1_199]) await validate(`${token.slice(0, i)}x${token.slice(i + 1)}`);
    expect(platform.calls).toHaveLength(4);
  });

  it("returns a frozen identity, so that no caller can change it for others", async () => {
    const { validate } = validator();
    platform.replies(identity({ actor: { clientId: "agent", userId: null } }));
    const mine = await validate("t1");
    expect(() => Object.assign(mine, { userId: "another" })).toThrow(TypeError);
    expect(() => Object.assign(mine.actor ?? {}, { clientId: "another" })).toThrow(TypeError);
    await expect(validate("t1")).resolves.toMatchObject({ userId: USER_ID });
  });

  it.each([
    ["a refusal", refused(403, "IDENTITY_BLOCKED"), "IDENTITY_BLOCKED"],
    ["a bad token", refused(401, "TOKEN_INVALID"), "TOKEN_INVALID"],
    ["a rate limit", refused(429, "RATE_LIMITED"), "RATE_LIMITED"],
    ["an outage", refused(503, "KEYS_UNAVAILABLE"), "KEYS_UNAVAILABLE"],
    ["a lost connection", () => null, null],
    ["a malformed user id", identity({ userId: "waad|abc123" }), null],
    ["a malformed time", identity({ expiresAt: "soon" }), null],
    ["a malformed organization", identity({ organizationId: 5 }), null],
    ["no word on who acts", identity({ actor: undefined }), null],
    ["a malformed actor", identity({ actor: "agent" }), null],
    ["null", data(null), null],
    ["nothing", data(undefined), null],
    ["a text", data("hello"), null],
    ["an empty object", data({}), null],
  ])("never caches a failure: %s", async (_, failure, reason) => {
    platform.replies(failure, identity());
    const { validate } = validator();
    const error = await thrownBy(validate("t1"));
    expect(reasonOf(error)).toBe(reason);
    expect(isOutage(error)).toBe(reason === null || reason === "KEYS_UNAVAILABLE");
    await expect(validate("t1")).resolves.toMatchObject({ userId: USER_ID });
  });

  it.each([
    ["empty", ""],
    ["a space", "a b"],
    ["a comma", "a,b"],
    ["a line end", "a\r\nX-User-Token: b"],
    ["a NUL", "a\0"],
    ["Latin-1", "pässwort"],
    ["beyond Latin-1", "токен"],
    ["half a character", "\ud800"],
    ["longer than 8 KiB", "x".repeat(8_193)],
    ["not a string", JSON.parse("null")],
  ])("refuses a malformed token without a request: %s", async (_, token) => {
    const { validate, check } = validator();
    for (const work of [validate(token), check(token, { organizationId: "acme" })]) {
      const error = await thrownBy(work);
      expect(isRefusal(error) && reasonOf(error)).toBe("TOKEN_INVALID");
    }
    expect(platform.calls).toEqual([]);
  });
});

describe("a caller that aborts", () => {
  it("gets its reason at once, and the others get the answer", async () => {
    const answer = holdAnswers();
    const { validate } = validator();
    const leaving = new AbortController();
    const first = validate("t1", { signal: leaving.signal });
    const second = validate("t1");
    const reason = new Error("gone home");
    leaving.abort(reason);
    expect(await thrownBy(first)).toBe(reason);
    answer();
    await expect(second).resolves.toMatchObject({ userId: USER_ID });
    expect(platform.calls).toHaveLength(1);
  });

  it("still leaves an answer in the cache for the next caller", async () => {
    const answer = holdAnswers();
    const { validate } = validator();
    const leaving = new AbortController();
    const only = validate("t1", { signal: leaving.signal });
    await vi.waitFor(() => expect(platform.calls).toHaveLength(1), SOON);
    leaving.abort();
    await thrownBy(only);
    answer();
    await expect(validate("t1")).resolves.toMatchObject({ userId: USER_ID });
    expect(platform.calls).toHaveLength(1);
  });

  it("causes no request if it has aborted before the call", async () => {
    const { validate, check } = validator();
    const signal = AbortSignal.abort("late");
    expect(await thrownBy(validate("t1", { signal }))).toBe("late");
    expect(await thrownBy(check("t1", { organizationId: "acme" }, { signal }))).toBe("late");
    expect(platform.calls).toEqual([]);
  });
});

it("holds at most `maxEntries` identities and evicts the oldest first", async () => {
  const { validate } = validator({ maxEntries: 2 });
  for (const token of ["t1", "t2", "t3", "t2", "t3", "t1"]) await validate(token);
  expect(asked()).toEqual(["t1", "t2", "t3", "t1"].map((token) => `auth.validate ${token}`));
});

it.each([
  ["cacheMs", 30_001],
  ["cacheMs", -1],
  ["cacheMs", Number.NaN],
  ["membershipCacheMs", 5_001],
  ["membershipCacheMs", -1],
  ["membershipCacheMs", 0.5],
  ["maxEntries", 0],
  ["maxEntries", Number.POSITIVE_INFINITY],
])("throws for %s: %d and names the option", (name, value) => {
  expect(() => validator({ [name]: value })).toThrow(new RegExp(`^createTokenValidator: ${name} must be`));
});

it("works with WebCrypto alone", async () => {
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
  vi.resetModules();
  const { tokenDigest } = await import("./token-digest.ts");
  // FIPS 180-2, appendix B.1
  const digest = tokenDigest("abc");
  expect(digest).toBeInstanceOf(Promise);
  const hex = Buffer.from(await digest, "latin1").toString("hex");
  expect(hex).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(tokenDigestOnNode("abc")).toBe(await digest);
  const web = await import("./token-validator.ts");
  const client = createPlatformClient({ url: platform.url });
  const { validate } = web.createTokenValidator({ client });
  for (const token of ["t1", "t1", "t2"]) await validate(token);
  expect(asked()).toEqual(["auth.validate t1", "auth.validate t2"]);

  const leaving = new AbortController();
  const left = validate("t1", { signal: leaving.signal });
  leaving.abort("gone home");
  expect(await thrownBy(left)).toBe("gone home");
});
