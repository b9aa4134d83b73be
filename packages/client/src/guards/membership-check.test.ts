import { beforeEach, expect, it } from "vitest";
import { createPlatformClient } from "../client.ts";
import { isOutage, reasonOf } from "../platform-error.ts";
import { data, identity, refused, runPlatformStandIn } from "../test-servers/platform-stand-in.ts";
import { thrownBy } from "../test-servers/thrown-by.ts";
import { createTokenValidator, type TokenValidatorOptions } from "./token-validator.ts";

const platform = runPlatformStandIn();
let clock: number;

beforeEach(() => {
  clock = Date.now();
});

function validator(options: Omit<TokenValidatorOptions, "client"> = {}) {
  const client = createPlatformClient({ url: platform.url, token: "the service's own", retries: 0 });
  return createTokenValidator({ client, now: () => clock, ...options });
}

const checks = () =>
  platform.calls.filter(({ procedure }) => procedure === "auth.check").map(({ input }) => input);
const inMs = (ms: number) => new Date(clock + ms).toISOString();

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

it.each([
  ["for 5 s", {}, 4_999, 5_000],
  ["for the configured time", { membershipCacheMs: 500 }, 499, 500],
  ["not at all", { membershipCacheMs: 0 }, null, 0],
])("caches a membership %s", async (_, options, lastMs, overMs) => {
  const { check } = validator(options);
  const startedAt = clock;
  await check("t1", { organizationId: "acme" });
  if (lastMs !== null) {
    clock = startedAt + lastMs;
    await check("t1", { organizationId: "acme" });
    expect(checks()).toHaveLength(1);
  }
  clock = startedAt + overMs;
  await check("t1", { organizationId: "acme" });
  expect(checks()).toHaveLength(2);
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
