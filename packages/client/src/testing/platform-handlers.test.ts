import { once } from "node:events";
import type { AppRouter } from "@platform-api/server/router";
import type { inferRouterOutputs } from "@trpc/server";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it, vi } from "vitest";
import {
  createPlatformClient,
  isOutage,
  type Member,
  type Organization,
  type Page,
  reasonOf,
  retryAfterMs,
} from "../index.ts";
import { createFreshToken } from "../react/fresh-token.ts";
import { watchStandings } from "../standings/index.ts";
import { thrownBy } from "../test-servers/thrown-by.ts";
import { type PlatformHandlersOptions, platformHandlers, type TestUser } from "./index.ts";

const URL_ = "https://platform.example/base/";
const JANE = { email: "jane@acme.example", connection: "acme-entra" };
const ORGANIZATIONS = [
  { id: "acme", name: "Acme", domains: ["acme.example"], connections: [{ name: "acme-entra" }] },
  { id: "globex", name: "Globex", domains: ["globex.example"] },
];

const platform = platformHandlers({
  url: URL_,
  organizations: ORGANIZATIONS,
  users: [JANE],
  services: [{ clientId: "runs" }, { clientId: "reports", permissions: ["audit"] }],
});
const server = setupServer(...platform.handlers);
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => platform.reset());
afterAll(() => server.close());

const clientOf = (token?: string, retries = 0) =>
  createPlatformClient({ url: URL_, retries, ...(token !== undefined && { token }) });
const jane = () => clientOf(platform.tokenFor(JANE.email));

it("answers with the types that the package names", () => {
  type Org = inferRouterOutputs<AppRouter>["org"];
  expectTypeOf<Org["members"]["list"]>().toExtend<Page<Member>>();
  expectTypeOf<Org["members"]["remove"]>().toEqualTypeOf<Member>();
  expectTypeOf<Org["get"]>().toExtend<Organization>();
});

it.each([
  ["auth%2Evalidate", 200, null],
  ["%61uth.validate%2Corg.me?batch=1", 200, null],
  ["%zz", 400, "the path is not encoded correctly"],
  ["auth.check?input=1&input=2", 400, "input is given more than once"],
])("the path %s is answered %i, as by the server", async (path, status, hint) => {
  const headers = { authorization: `Bearer ${platform.tokenFor(JANE.email)}` };
  const response = await fetch(`${URL_}trpc/${path}`, { headers });
  expect(response.status).toBe(status);
  if (hint !== null) expect(await response.text()).toContain(hint);
});

describe("a token", () => {
  it("is valid for its user, contains only the user id, and is a new one each time", async () => {
    const [first, second] = [platform.tokenFor(JANE), platform.tokenFor("Jane@Acme.Example")];
    expect(first).not.toBe(second);
    const { expiresAt, ...identity } = await clientOf(first).auth.validate.query();
    const [mark, claims = ""] = first.split(".");
    expect([mark, JSON.parse(Buffer.from(claims, "base64url").toString())]).toEqual([
      "test-token",
      { iss: "urn:platform-api:mocks", sub: identity.userId, exp: Math.floor(Date.parse(expiresAt) / 1_000) },
    ]);
    expect(identity).toMatchObject({ email: JANE.email, source: "auth0", organizationId: "acme" });
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    expect(await clientOf(second).auth.validate.query()).toMatchObject(identity);
  });

  it("expires by expire(token), and all tokens issued so far expire by expire()", async () => {
    const [first, second] = [platform.tokenFor(JANE.email), platform.tokenFor(JANE.email)];
    platform.expire(first);
    expect(await clientOf(first).org.me.query().catch(reasonOf)).toBe("TOKEN_EXPIRED");
    await clientOf(second).org.me.query();
    platform.expire();
    expect(await clientOf(second).org.me.query().catch(reasonOf)).toBe("TOKEN_EXPIRED");
    await jane().org.me.query();
  });
});

describe("a delegated token", () => {
  const AGENT = { clientId: "agent", actor: { clientId: "agent", userId: null } };
  const acting = (email: string) =>
    clientOf(platform.tokenFor(email, AGENT))
      .auth.validate.query()
      .then(({ actor }) => actor, reasonOf);

  it("is let in once its user has signed in, until a reset", async () => {
    platform.addUser({ email: "linked@mail.example", linked: true });
    platform.addUser({ email: "member@mail.example", memberships: { acme: "member" } });
    expect(await acting("linked@mail.example")).toEqual(AGENT.actor);
    expect(await acting("member@mail.example")).toEqual(AGENT.actor);
    expect(await acting(JANE.email)).toBe("DELEGATION_NOT_ALLOWED");
    await jane().auth.validate.query();
    expect(await acting(JANE.email)).toEqual(AGENT.actor);
    platform.reset();
    expect(await acting(JANE.email)).toBe("DELEGATION_NOT_ALLOWED");
  });

  it("is another person's to createFreshToken", async () => {
    const token = platform.tokenFor(JANE);
    platform.expire(token);
    const { call } = createFreshToken({ token, refresh: async () => platform.tokenFor(JANE, AGENT) });
    const repeated = call((present) => clientOf().org.me.query(undefined, { context: { token: present } }));
    expect(await repeated.catch(reasonOf)).toBe("TOKEN_EXPIRED");
  });
});

it.each([
  ["runs", { kind: "service", clientId: "runs", permissions: ["standing"] }],
  ["reports", { kind: "service", clientId: "reports", permissions: ["audit"] }],
  ["unlisted", "CLIENT_NOT_ALLOWED"],
])("a token of the machine %s is nobody's, and a service's if it is listed", async (clientId, principal) => {
  const { auth } = clientOf(platform.tokenForService(clientId));
  expect(await auth.validate.query().catch(reasonOf)).toBe("USER_TOKEN_REQUIRED");
  expect(await auth.principal.query().catch(reasonOf)).toEqual(principal);
  platform.expire();
  expect(await auth.principal.query().catch(reasonOf)).toBe("TOKEN_EXPIRED");
});

it("ends a user's work as soon as they are removed", async () => {
  const boss = { email: "chief@acme.example", memberships: { acme: "owner" } } satisfies TestUser;
  platform.addUser(boss);
  const organizationId = "acme";
  const { userId, issuedAt: since, loginId } = await jane().auth.validate.query();
  using standings = watchStandings({ platform: clientOf(platform.tokenForService("runs")), everyMs: 5 });
  const work = { userId, organizationId, since, loginId };
  await standings.ask(work);
  const signal = standings.watch(work);
  const ended = once(signal, "abort");
  await clientOf(platform.tokenFor(boss)).org.members.remove.mutate({ organizationId, userId });
  await ended;
  expect(signal.reason).toMatchObject({ name: "StandingEnded", reason: "MEMBERSHIP_REMOVED" });
});

it("a user's token is a user's, whatever its application", async () => {
  const { auth } = clientOf(platform.tokenFor(JANE, { clientId: "runs" }));
  const { userId } = await auth.validate.query();
  const own = { organizationId: "acme", clientId: "runs", actor: null };
  expect(await auth.principal.query()).toEqual({ kind: "user", userId, ...own });
});

it("has tokens that createFreshToken tells apart by user", async () => {
  platform.addUser({ email: "ann@acme.example" });
  const token = platform.tokenFor(JANE);
  platform.expire(token);
  const call = (email: string) =>
    createFreshToken({ token, refresh: async () => platform.tokenFor(email) })
      .call((present) => clientOf().org.me.query(undefined, { context: { token: present } }))
      .then(({ user }) => user.email, reasonOf);
  expect([await call("ann@acme.example"), await call(JANE.email)]).toEqual(["TOKEN_EXPIRED", JANE.email]);
});

describe("a failure", () => {
  it("applies to the calls in its scope, the newest first", async () => {
    const token = platform.tokenFor(JANE.email);
    platform.refuse("INTERNAL", { token, times: 2 });
    platform.refuse("SSO_REQUIRED", { procedure: "org.me", times: 1 });
    const reasons = [
      await clientOf(token).org.me.query().catch(reasonOf),
      await jane().org.me.query().catch(reasonOf),
      await clientOf(token).auth.validate.query().catch(reasonOf),
      await clientOf(token).org.me.query().catch(reasonOf),
      await clientOf(token).org.me.query().catch(reasonOf),
    ];
    const well = expect.objectContaining({ activeOrganizationId: "acme" });
    expect(reasons).toEqual(["SSO_REQUIRED", well, "INTERNAL", "INTERNAL", well]);
  });

  it("has a Retry-After that a test can set", async () => {
    platform.refuse("KEYS_UNAVAILABLE", { times: 1 });
    platform.refuse("RATE_LIMITED", { times: 1, retryAfterSeconds: 7 });
    const errors = [await thrownBy(jane().org.me.query()), await thrownBy(jane().org.me.query())];
    expect(errors.map(retryAfterMs)).toEqual([7_000, 2_000]);
  });

  it("can be overcome by a retry", async () => {
    platform.refuse("STORE_UNAVAILABLE", { times: 1 });
    await clientOf(platform.tokenFor(JANE.email), 1).org.me.query();
    expect(platform.calls).toEqual(["org.me", "org.me"]);
  });

  it("can be a refused connection", async () => {
    platform.goDown();
    const error = await thrownBy(jane().org.me.query());
    expect([reasonOf(error), isOutage(error)]).toEqual([null, true]);
  });

  it("can be a slow answer", async () => {
    platform.slowDown(200);
    const hasty = createPlatformClient({ url: URL_, retries: 0, timeoutMs: 20 });
    const error = await thrownBy(hasty.discover.byEmail.mutate({ email: JANE.email }));
    expect(error).toMatchObject({ cause: { name: "TimeoutError" } });
  });

  it("can be an answer that the server would never send", async () => {
    platform.change("auth.validate", (usual) => ({ ...usual, userId: "waad|abc123" }), { times: 1 });
    const client = jane();
    expect((await client.auth.validate.query()).userId).toBe("waad|abc123");
    expect((await client.auth.validate.query()).userId).not.toBe("waad|abc123");
    expect(await clientOf("unknown").auth.validate.query().catch(reasonOf)).toBe("TOKEN_INVALID");
  });

  it("ends with a reset, and so do memberships created since the start", async () => {
    const user = { email: "joe@globex.example", memberships: { acme: "removed" } } satisfies TestUser;
    platform.addUser(user);
    const joe = clientOf(platform.tokenFor(user.email));
    await joe.org.join.mutate({ organizationId: "globex" });
    platform.goDown();
    platform.slowDown(5_000);
    platform.refuse("INTERNAL");
    platform.change("org.me", (usual) => ({ ...usual, organizations: [] }));
    platform.reset();
    expect(platform.calls).toEqual([]);
    expect((await joe.org.me.query()).organizations).toEqual([]);
    await joe.org.join.mutate({ organizationId: "globex" });
    expect((await joe.org.me.query()).organizations).toHaveLength(1);
  });
});

it("keeps what calls change in an organization, until a reset", async () => {
  const boss = { email: "boss@acme.example", memberships: { acme: "owner" } } satisfies TestUser;
  platform.addUser(boss);
  const organizationId = "acme";
  const { org } = clientOf(platform.tokenFor(boss));
  const { userId } = await jane().auth.validate.query();
  await org.update.mutate({ organizationId, name: "Acme Inc.", jit: false });
  await org.members.remove.mutate({ organizationId, userId });
  await org.invitations.create.mutate({ organizationId, emails: ["joe@freelance.example"], role: "member" });
  const trail = async () => {
    const { items } = await org.audit.list.query({ organizationId });
    return items.map(({ action }) => action);
  };
  const changes = ["organization-updated", "membership-removed", "invitation-sent"];
  expect((await trail()).slice(0, 3)).toEqual(changes.toReversed());
  expect(await org.get.query({ organizationId })).toMatchObject({ name: "Acme Inc.", jit: false });
  expect(await jane().org.me.query().catch(reasonOf)).toBe("MEMBERSHIP_REMOVED");
  platform.reset();
  expect(await trail()).toEqual([]);
  expect((await org.invitations.list.query({ organizationId })).items).toEqual([]);
  expect(await org.get.query({ organizationId })).toMatchObject({ name: "Acme", jit: true });
  expect(await jane().org.me.query()).toMatchObject({ activeOrganizationId: "acme" });
});

it("lets an invitation expire after seven days", async () => {
  const boss = { email: "host@acme.example", memberships: { acme: "owner" } } satisfies TestUser;
  const guest = { email: "guest@freelance.example" };
  for (const user of [boss, guest]) platform.addUser(user);
  const { invitations } = clientOf(platform.tokenFor(boss)).org;
  const organizationId = "acme";
  await invitations.create.mutate({ organizationId, emails: [guest.email], role: "member" });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 604_800_000 });
  try {
    const invited = clientOf(platform.tokenFor(guest)).org;
    expect((await invited.me.query()).invitations).toEqual([]);
    expect(await invited.invitations.accept.mutate({ organizationId }).catch(reasonOf)).toBe("NOT_FOUND");
    const { org } = clientOf(platform.tokenFor(boss));
    expect((await org.invitations.list.query({ organizationId })).items).toMatchObject([
      { state: "expired" },
    ]);
    const again = { organizationId, email: guest.email };
    expect(await org.invitations.resend.mutate(again)).toMatchObject({ state: "open" });
  } finally {
    vi.useRealTimers();
  }
});

it("has switches for the procedures of organizations, too", async () => {
  const owner = { email: "owner@acme.example", memberships: { acme: "owner" } } satisfies TestUser;
  platform.addUser(owner);
  const { members } = clientOf(platform.tokenFor(owner)).org;
  platform.refuse("LIMIT_REACHED", { procedure: "org.members.setRole" });
  const change = { organizationId: "acme", userId: crypto.randomUUID(), role: "owner" } as const;
  expect(await members.setRole.mutate(change).catch(reasonOf)).toBe("LIMIT_REACHED");
  platform.change("org.members.list", (usual) => ({ ...usual, nextCursor: "more" }));
  expect((await members.list.query({ organizationId: "acme" })).nextCursor).toBe("more");
});

it.each<[string, Partial<PlatformHandlersOptions>]>([
  ['two organizations have the id "acme"', { organizations: [...ORGANIZATIONS, ...ORGANIZATIONS] }],
  [
    'two connections have the name "sso"',
    { organizations: ["a", "b"].map((id) => ({ id, name: id, connections: [{ name: "sso" }] })) },
  ],
  ["email must be an address", { users: [{ email: "jane" }] }],
  ["two users have the same e-mail address", { users: [JANE, { email: "JANE@acme.example" }] }],
  ["userId must be a lower-case UUID", { users: [{ ...JANE, userId: "waad|abc123" }] }],
  ['the unknown organization "acmee"', { users: [{ ...JANE, memberships: { acmee: "owner" } }] }],
  ['the unknown organization "acmee"', { users: [{ ...JANE, organizationId: "acmee" }] }],
  ['the unknown connection "okta"', { users: [{ ...JANE, connection: "okta" }] }],
])("throws for invalid options: %s", (problem, options) => {
  expect(() => platformHandlers({ url: URL_, organizations: ORGANIZATIONS, ...options })).toThrow(problem);
});

it("throws for an unknown reason and an unknown user", () => {
  const reason: string = "TOKEN_OLD";
  expect(() => Reflect.apply(platform.refuse, platform, [reason])).toThrow('unknown reason "TOKEN_OLD"');
  expect(() => platform.tokenFor("nobody@acme.example")).toThrow(TypeError);
});
