import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPlatformClient } from "../client.ts";
import { isOutage, isRefusal, reasonOf } from "../platform-error.ts";
import {
  data,
  identity,
  refused,
  runPlatformStandIn,
  SERVICE,
  USER,
  USER_ID,
} from "../test-servers/platform-stand-in.ts";
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

type Validator = ReturnType<typeof validator>;
const identify = ({ validate }: Validator) => validate("t1");
const namePrincipal = ({ principal }: Validator) => principal("t1");
const checkAcme = ({ check }: Validator) => check("t1", { organizationId: "acme" });

it.each<[string, (by: Validator) => Promise<unknown>, string, object, number]>([
  ["an identity for 5 s", identify, "auth.validate", {}, 5_000],
  ["an identity for the configured time", identify, "auth.validate", { cacheMs: 1_000 }, 1_000],
  ["an identity not at all", identify, "auth.validate", { cacheMs: 0 }, 0],
  ["a principal for 5 s", namePrincipal, "auth.principal", {}, 5_000],
  ["a principal not at all", namePrincipal, "auth.principal", { cacheMs: 0 }, 0],
  ["a membership for 5 s", checkAcme, "auth.check", {}, 5_000],
  ["a membership for the configured time", checkAcme, "auth.check", { membershipCacheMs: 500 }, 500],
  ["a membership not at all", checkAcme, "auth.check", { membershipCacheMs: 0 }, 0],
])("caches %s", async (_, ask, procedure, options, forMs) => {
  const by = validator(options);
  const count = () => platform.calls.filter((call) => call.procedure === procedure).length;
  await ask(by);
  if (forMs > 0) {
    clock += forMs - 1;
    await ask(by);
    expect(count()).toBe(1);
    clock += 1;
  }
  await ask(by);
  expect(count()).toBe(2);
});

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

describe("principal", () => {
  it.each([
    ["a refusal", refused(403, "CLIENT_NOT_ALLOWED"), "CLIENT_NOT_ALLOWED"],
    ["an outage", refused(503, "KEYS_UNAVAILABLE"), "KEYS_UNAVAILABLE"],
    ["an unknown kind", data({ ...SERVICE, kind: "agent" }), null],
    ["a user without an id", data({ ...USER, userId: "reports" }), null],
    ["a user without a word on who acts", data({ ...USER, actor: undefined }), null],
    ["a service without an application", data({ ...SERVICE, clientId: "" }), null],
    ["a service without permissions", data({ ...SERVICE, permissions: undefined }), null],
    ["null", data(null), null],
  ])("never caches a failure: %s", async (_, failure, reason) => {
    platform.replies(failure, data(SERVICE));
    const { principal } = validator();
    expect(reasonOf(await thrownBy(principal("t1")))).toBe(reason);
    const known = await principal("t1");
    expect(known).toEqual(SERVICE);
    expect(() => Object.assign(known, { kind: "user" })).toThrow(TypeError);
    expect(known.kind === "service" && Object.isFrozen(known.permissions)).toBe(true);
  });
});

describe("check", () => {
  const checks = () =>
    platform.calls.filter(({ procedure }) => procedure === "auth.check").map(({ input }) => input);

  it("sends one request for each token, organization and role", async () => {
    const { check } = validator();
    const questions = [
      { organizationId: "acme" },
      { organizationId: "acme", role: "member" },
      { organizationId: "acme", role: "admin" },
      { organizationId: "globex", role: "member" },
    ] as const;
    const answers = await Promise.all([...questions, ...questions].map((question) => check("t1", question)));
    for (const question of questions) await check("t1", question);
    expect(answers).toEqual(Array(8).fill({ allowed: true, role: "admin" }));
    // In any order: each is sent on a connection of its own.
    expect(
      checks()
        .map((input) => JSON.stringify(input))
        .sort(),
    ).toEqual([
      '{"organizationId":"acme","role":"admin"}',
      '{"organizationId":"acme","role":"member"}',
      '{"organizationId":"globex","role":"member"}',
    ]);
  });

  it("caches no membership beyond the token's expiry", async () => {
    platform.replies(
      identity({ expiresAt: inMs(1_000) }),
      data({ allowed: true, role: "owner" }),
      refused(401, "TOKEN_EXPIRED"),
    );
    const { check } = validator();
    await check("t1", { organizationId: "acme" });
    clock += 1_000;
    expect(reasonOf(await thrownBy(check("t1", { organizationId: "acme" })))).toBe("TOKEN_EXPIRED");
  });

  it("caches no membership beyond the token's expiry even if the server still accepts the token", async () => {
    platform.replies(
      identity({ expiresAt: inMs(1_000) }),
      data({ allowed: true, role: "owner" }),
      identity({ expiresAt: inMs(1_000) }),
      data({ allowed: false, role: null }),
    );
    const { check } = validator({ cacheMs: 0 });
    await check("t1", { organizationId: "acme" });
    clock += 1_000;
    await expect(check("t1", { organizationId: "acme" })).resolves.toEqual({ allowed: false, role: null });
  });

  it.each([
    ["not a member", data({ allowed: false, role: null })],
    ["a role that is too weak", data({ allowed: false, role: "member" })],
    ["a refusal", refused(403, "MEMBERSHIP_REMOVED")],
    ["an outage", refused(503, "STORE_UNAVAILABLE")],
  ])("never caches a denial: %s", async (_, denial) => {
    platform.replies(identity(), denial, data({ allowed: true, role: "admin" }));
    const { check } = validator();
    await check("t1", { organizationId: "acme", role: "admin" }).catch(() => {});
    const answer = await check("t1", { organizationId: "acme", role: "admin" });
    expect(answer).toEqual({ allowed: true, role: "admin" });
  });

  it.each([
    null,
    undefined,
    "allowed",
    {},
    { allowed: "yes", role: "admin" },
    { allowed: true, role: "superuser" },
    { allowed: true },
  ])("treats the answer %j as an outage and does not cache it", async (answer) => {
    platform.replies(identity(), data(answer), data({ allowed: true, role: "admin" }));
    const { check } = validator();
    expect(isOutage(await thrownBy(check("t1", { organizationId: "acme" })))).toBe(true);
    await expect(check("t1", { organizationId: "acme" })).resolves.toMatchObject({ allowed: true });
  });

  it("counts the characters of an organization id as the server does", async () => {
    const organizationId = "😀".repeat(256);
    await validator().check("t1", { organizationId });
    expect(checks()).toEqual([{ organizationId, role: "member" }]);
  });

  it.each(["", "x".repeat(257), "😀".repeat(257)])(
    "refuses a malformed organization id without a request",
    async (name) => {
      const error = await thrownBy(validator().check("t1", { organizationId: name }));
      expect(reasonOf(error)).toBe("INPUT_INVALID");
      expect(platform.calls).toEqual([]);
    },
  );
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
  ["cacheMs", 5_001],
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
