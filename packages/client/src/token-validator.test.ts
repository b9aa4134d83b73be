import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createPlatformClient } from "./client.ts";
import { isOutage, isRefusal, reasonOf } from "./platform-error.ts";
import {
  data,
  identity,
  type PlatformStandIn,
  refused,
  startPlatformStandIn,
  USER_ID,
} from "./test-servers/platform-stand-in.ts";
import { createTokenValidator, type TokenValidatorOptions } from "./token-validator.ts";

let platform: PlatformStandIn;
let clock: number;

beforeAll(async () => {
  platform = await startPlatformStandIn();
});
beforeEach(() => {
  clock = Date.now();
  platform.replies();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => platform.close());

function validator(options: Omit<TokenValidatorOptions, "client"> = {}) {
  const client = createPlatformClient({ url: platform.url, token: "the service's own", retries: 0 });
  return createTokenValidator({ client, now: () => clock, ...options });
}

const thrownBy = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail("no error"),
    (error: unknown) => error,
  );
const asked = () => platform.questions.map(({ procedure, token }) => `${procedure} ${token}`);
const inMs = (ms: number) => new Date(clock + ms).toISOString();

/** A platform that answers when told to. */
function gate() {
  const { promise, resolve: open } = Promise.withResolvers<void>();
  return { opened: promise, open };
}

describe("validate", () => {
  it("asks about the token it is given, as a service does, whatever the client's own token is", async () => {
    await expect(validator().validate("t1")).resolves.toMatchObject({ userId: USER_ID });
    expect(asked()).toEqual(["auth.validate t1"]);
  });

  it("asks once for all who ask at the same time, and for each token apart", async () => {
    const { validate } = validator();
    await Promise.all(["t1", "t2", "t1", "t1", "t2"].map((token) => validate(token)));
    expect(asked().sort()).toEqual(["auth.validate t1", "auth.validate t2"]);
  });

  it.each([
    ["30 s", {}, 29_999, 30_000],
    ["as long as told", { cacheMs: 1_000 }, 999, 1_000],
    ["not at all", { cacheMs: 0 }, null, 0],
  ])("remembers an identity %s", async (_, options, lastMs, overMs) => {
    const { validate } = validator(options);
    const startedAt = clock;
    await validate("t1");
    if (lastMs !== null) {
      clock = startedAt + lastMs;
      await validate("t1");
      expect(platform.questions).toHaveLength(1);
    }
    clock = startedAt + overMs;
    await validate("t1");
    expect(platform.questions).toHaveLength(2);
  });

  it("counts an identity's age from the question, not from the answer", async () => {
    platform.replies((question) => {
      clock += 5_000;
      return identity()(question);
    });
    const { validate } = validator();
    await validate("t1");
    clock += 25_000;
    await validate("t1");
    expect(platform.questions).toHaveLength(2);
  });

  it("remembers nobody beyond the token's expiry", async () => {
    platform.replies(identity({ expiresAt: inMs(2_000) }), refused(401, "TOKEN_EXPIRED"));
    const { validate } = validator();
    await validate("t1");
    clock += 1_999;
    await validate("t1");
    clock += 1;
    expect(reasonOf(await thrownBy(validate("t1")))).toBe("TOKEN_EXPIRED");
  });

  it("trusts no memory once the clock was set back", async () => {
    const { validate } = validator();
    await validate("t1");
    clock -= 1;
    await validate("t1");
    expect(platform.questions).toHaveLength(2);
  });

  it("takes tokens apart by every character", async () => {
    const { validate } = validator();
    const token = `${"h".repeat(400)}.${"c".repeat(400)}.${"s".repeat(400)}`;
    await validate(token);
    for (const i of [0, 600, 1_199]) await validate(`${token.slice(0, i)}x${token.slice(i + 1)}`);
    expect(platform.questions).toHaveLength(4);
  });

  it("hands out an identity that nobody can change for the others", async () => {
    const { validate } = validator();
    const mine = await validate("t1");
    expect(() => Object.assign(mine, { userId: "another" })).toThrow(TypeError);
    await expect(validate("t1")).resolves.toMatchObject({ userId: USER_ID });
  });

  it.each([
    ["a refusal", refused(403, "IDENTITY_BLOCKED"), "IDENTITY_BLOCKED"],
    ["a bad token", refused(401, "TOKEN_INVALID"), "TOKEN_INVALID"],
    ["a rate limit", refused(429, "RATE_LIMITED"), "RATE_LIMITED"],
    ["an outage", refused(503, "KEYS_UNAVAILABLE"), "KEYS_UNAVAILABLE"],
    ["a lost connection", () => null, null],
    ["a user id that is none", identity({ userId: "waad|abc123" }), null],
    ["a time that is none", identity({ expiresAt: "soon" }), null],
    ["null", data(null), null],
    ["nothing", data(undefined), null],
    ["a text", data("hello"), null],
    ["an empty object", data({}), null],
  ])("remembers no failure: %s", async (_, failure, reason) => {
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
    ["no string", JSON.parse("null")],
  ])("refuses what is no token, and asks nobody: %s", async (_, token) => {
    const { validate, check } = validator();
    for (const work of [validate(token), check(token, { organizationId: "acme" })]) {
      const error = await thrownBy(work);
      expect(isRefusal(error) && reasonOf(error)).toBe("TOKEN_INVALID");
    }
    expect(platform.questions).toEqual([]);
  });
});

describe("a caller that leaves", () => {
  it("is let go at once with its reason; the others get the answer", async () => {
    const { opened, open } = gate();
    platform.replies(async (question) => {
      await opened;
      return identity()(question);
    });
    const { validate } = validator();
    const leaving = new AbortController();
    const first = validate("t1", { signal: leaving.signal });
    const second = validate("t1");
    const reason = new Error("gone home");
    leaving.abort(reason);
    expect(await thrownBy(first)).toBe(reason);
    open();
    await expect(second).resolves.toMatchObject({ userId: USER_ID });
    expect(platform.questions).toHaveLength(1);
  });

  it("leaves an answer behind for the next, though nobody waits for it", async () => {
    const { opened, open } = gate();
    platform.replies(async (question) => {
      await opened;
      return identity()(question);
    });
    const { validate } = validator();
    const leaving = new AbortController();
    const only = validate("t1", { signal: leaving.signal });
    await vi.waitFor(() => expect(platform.questions).toHaveLength(1));
    leaving.abort();
    await thrownBy(only);
    open();
    await expect(validate("t1")).resolves.toMatchObject({ userId: USER_ID });
    expect(platform.questions).toHaveLength(1);
  });

  it("asks nothing when it has left before", async () => {
    const { validate, check } = validator();
    const signal = AbortSignal.abort("late");
    expect(await thrownBy(validate("t1", { signal }))).toBe("late");
    expect(await thrownBy(check("t1", { organizationId: "acme" }, { signal }))).toBe("late");
    expect(platform.questions).toEqual([]);
  });
});

it("remembers no more than it may; the oldest go first", async () => {
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
])("refuses %s: %d, and says which it is", (name, value) => {
  expect(() => validator({ [name]: value })).toThrow(new RegExp(`^createTokenValidator: ${name} must be`));
});

it("does the same where there is only WebCrypto", async () => {
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
  vi.resetModules();
  const { tokenDigest } = await import("./token-digest.ts");
  // FIPS 180-2, appendix B.1
  const digest = tokenDigest("abc");
  expect(digest).toBeInstanceOf(Promise);
  expect(await digest).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
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
