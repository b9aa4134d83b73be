import { createCljClient } from "@platform-api/clj-client";
import { USER_ID_PATTERN } from "@platform-api/server/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fresh } from "./people.ts";
import { type Server, type Stack, startStack } from "./stack.ts";
import { inOrder, ORDERS, type TwoOrganizations, twoOrganizations, whose } from "./two-organizations.ts";

let stack: Stack;
/** A second process with the longest cache times. */
let cached: Server;
/** A process with short cache times. */
let brief: Server;
let report: Server;

beforeAll(async () => {
  stack = await startStack();
  [cached, brief, report] = await Promise.all([
    stack.another({ IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" }),
    stack.another({ IDENTITY_CACHE_MS: "100" }),
    stack.another({ TRUST_MODE: "report" }),
  ]);
});
afterAll(() => stack.close());

const UUID = new RegExp(USER_ID_PATTERN);
const CONFLICT = "IDENTITY_CONFLICT";

/** Applies the organizations. @returns them and a new address of their domain */
async function shared(settings?: Parameters<TwoOrganizations["apply"]>[0]) {
  const two = twoOrganizations(stack);
  await two.apply(settings);
  return { two, email: `${fresh("ada")}@${two.domain}` };
}

const invites = (email: string, role = "owner") => ({ members: [{ email, role }] });

const join = async (server: Server, token: Promise<string>, organizationId: string) =>
  server.client(await token).org.join.mutate({ organizationId });
/** Rejects as {@link join} does. */
const joinOverRest: typeof join = async (server, token, organizationId) => {
  const headers = { authorization: `Bearer ${await token}` };
  const answer = await fetch(`${server.url}/organizations/${organizationId}/join`, {
    method: "POST",
    headers,
  });
  const body = await answer.json();
  if (answer.ok) return body;
  throw Object.assign(new Error("refused"), { data: { ...body.error, httpStatus: answer.status } });
};
const NOT_JOINABLE = { data: { reason: "NOT_JOINABLE", httpStatus: 403 } };

describe("two organizations have verified one domain", () => {
  it.each(ORDERS)("T70: a user belongs to the organization whose SSO came first: %s", async (order) => {
    const { two, email } = await shared();
    await two.apply({ x: invites(email), y: invites(email) });
    const answers = await inOrder(
      order,
      () => whose(stack, two.sso("y", email)),
      () => whose(cached, two.sso("x", email)),
    );
    expect(answers).toContainEqual(expect.stringMatching(UUID));
    expect(answers).toContain(CONFLICT);
    const [winner, loser] = answers[0] === CONFLICT ? ["x", "y"] : ["y", "x"];
    if (order !== "at once") expect(winner).toBe(order === ORDERS[0] ? "y" : "x");
    expect(await two.memberships(email)).toEqual([`${winner}:owner`]);
    expect(await two.openInvitations(email)).toEqual([loser]);
  });

  it("T71: another organization's SSO does not accept an invitation", async () => {
    const { two, email } = await shared();
    await two.apply({ y: invites(email) });
    expect(await whose(stack, two.sso("x", email))).toMatch(UUID);
    expect(await two.memberships(email)).toEqual(["x:member"]);
    expect(await two.openInvitations(email)).toEqual(["y"]);
  });

  it.each([
    ["its own SSO", "y", [], ["y:owner"]],
    ["a verified login without SSO", null, [], ["y:owner"]],
    ["the SSO of an organization that it trusts", "x", ["x"], ["x:member", "y:owner"]],
  ] as const)("T71: %s accepts an invitation", async (_, side, trusted, memberships) => {
    const { two, email } = await shared();
    await two.apply({ y: { ...invites(email), ...trusts(two, trusted) } });
    const token = side === null ? two.password(email) : two.sso(side, email);
    expect(await whose(stack, token)).toMatch(UUID);
    expect(await two.memberships(email)).toEqual(memberships);
    expect(await two.openInvitations(email)).toEqual([]);
  });

  it.each(ORDERS)("T7F: the other SSO may not take an invited user with a password: %s", async (order) => {
    const { two, email } = await shared();
    await two.apply({ y: invites(email) });
    const [password, sso] = await inOrder(
      order,
      () => whose(stack, two.password(email)),
      () => whose(cached, two.sso("x", email)),
    );
    expect([password, sso]).toContain(CONFLICT);
    expect([password, sso]).toContainEqual(expect.stringMatching(UUID));
    const passwordWon = sso === CONFLICT;
    if (order !== "at once") expect(passwordWon).toBe(order === ORDERS[0]);
    expect(await two.memberships(email)).toEqual(passwordWon ? ["y:owner"] : ["x:member"]);
    expect(await two.openInvitations(email)).toEqual(passwordWon ? [] : ["y"]);
  });

  it("T7G: an SSO adds no member to an organization that does not trust it", async () => {
    const { two, email } = await shared();
    const token = two.sso("x", email);
    const me = await stack.client(await token).org.me.query();
    expect(me).toMatchObject({ organizations: [{ id: two.id.x }], joinable: [] });
    await expect(join(cached, token, two.id.y)).rejects.toMatchObject(NOT_JOINABLE);
    await expect(joinOverRest(cached, token, two.id.y)).rejects.toMatchObject(NOT_JOINABLE);
    expect(await two.memberships(email)).toEqual(["x:member"]);

    await two.apply({ y: trusts(two, ["x"]) });
    const trusted = await stack.client(await token).org.me.query();
    expect(trusted.joinable.map(({ id }) => id)).toEqual([two.id.y]);
    await join(stack, token, two.id.y);
    expect(await two.memberships(email)).toEqual(["x:member", "y:member"]);
  });

  it.each(["an older account", "a password login"])("T7H: an SSO may not take %s", async (kind) => {
    const { two, email } = await shared();
    if (kind === "a password login") await whose(stack, two.password(email));
    else await directory().ensure({ email });
    expect(await whose(stack, two.sso("x", email))).toBe(CONFLICT);
    expect(await two.memberships(email)).toEqual([]);
    expect(await whose(stack, two.sso("x", `new-${email}`))).toMatch(UUID);
  });

  it.each([
    ["if neither trusts the other", []],
    ["if only its organization trusts the other", ["y"]],
  ] as const)("T7K: a user known only through an SSO is not the mailbox's owner %s", async (_, trusted) => {
    const { two, email } = await shared();
    await two.apply({ x: trusts(two, trusted) });
    expect(await whose(stack, two.sso("x", email))).toMatch(UUID);
    expect(await whose(stack, two.password(email))).toBe(CONFLICT);
    expect(await two.memberships(email)).toEqual(["x:member"]);
  });

  it("T7K: a trusted SSO and a password with the same address are one user", async () => {
    const { two, email } = await shared();
    await two.apply({ x: trusts(two, ["y"]), y: trusts(two, ["x"]) });
    const userId = await whose(stack, two.sso("x", email));
    expect(userId).toMatch(UUID);
    expect(await whose(stack, two.password(email))).toBe(userId);
    // A user has the SSO of one organization. Only an operator can add a second one, even if they trust each other.
    expect(await whose(stack, two.sso("y", email))).toBe(CONFLICT);
  });

  it("T7J: a password login is accepted if only one of them enforces SSO, but does not count there", async () => {
    const { two, email } = await shared({ y: { enforceSso: true } });
    const client = stack.client(await two.password(email));
    const me = await client.org.me.query();
    expect(me.joinable.map(({ id }) => id)).toEqual([two.id.x]);
    await client.org.join.mutate({ organizationId: two.id.x });
    for (const side of ["x", "y"] as const) {
      expect(await client.auth.check.query({ organizationId: two.id[side] })).toMatchObject({
        allowed: side === "x",
      });
    }
  });
});

it("T72: the next organization of a domain may not take the users of the previous one", async () => {
  const { two, email } = await shared({ y: { domains: [] } });
  const userId = await whose(stack, two.sso("x", email));
  expect(userId).toMatch(UUID);
  await two.apply({ x: { domains: [] }, y: invites(email) });
  const token = two.sso("y", email);
  expect(await whose(stack, token)).toBe(CONFLICT);
  expect(await two.memberships(email)).toEqual(["x:member"]);
  expect(await two.openInvitations(email)).toEqual(["y"]);

  expect(await stack.cli("identity", "allow", userId, two.id.y, "--yes")).toMatchObject({ status: 0 });
  expect(await whose(stack, token)).toBe(userId);
});

describe("a right that was just withdrawn", () => {
  it.each([
    ["a domain", { domains: [] }, "DOMAIN_NOT_ALLOWED"],
    ["a connection", { connections: [] }, "DOMAIN_NOT_ALLOWED"],
    ["JIT", { jit: false }, UUID],
  ])("T73: a new user gets no membership after the withdrawal of %s", async (_, settings, answer) => {
    const { two, email } = await shared({ y: { domains: [] } });
    await whose(cached, two.sso("x", `warm-${email}`));
    await two.apply({ x: settings, y: { domains: [] } });
    expect(await whose(cached, two.sso("x", email))).toMatch(answer);
    expect(await two.memberships(email)).toEqual([]);
  });

  it.each([
    ["tRPC", "a domain", join, { domains: [] }],
    ["tRPC", "JIT", join, { jit: false }],
    ["REST", "a domain", joinOverRest, { domains: [] }],
    ["REST", "JIT", joinOverRest, { jit: false }],
  ] as const)("T73: no user can join over %s after the withdrawal of %s", async (_, __, over, settings) => {
    const { two, email } = await shared({ y: { domains: [] } });
    const token = two.password(email);
    expect((await cached.client(await token).org.me.query()).joinable).toHaveLength(1);
    await two.apply({ x: settings, y: { domains: [] } });
    await expect(over(cached, token, two.id.x)).rejects.toMatchObject(NOT_JOINABLE);
    expect(await two.memberships(email)).toEqual([]);
  });

  it("T73: a withdrawn domain accepts no invitation", async () => {
    const { two, email } = await shared({ x: { jit: false }, y: { domains: [] } });
    const token = two.sso("x", email);
    expect(await whose(cached, token)).toMatch(UUID);
    await two.apply({ x: { domains: [], ...invites(email) }, y: { domains: [] } });
    await whose(cached, token);
    expect(await two.memberships(email)).toEqual([]);
    expect(await two.openInvitations(email)).toEqual(["x"]);
  });

  it.each([
    ["with its domain", "y", UUID, ["y:member"]],
    ["without its domain", "x", "DOMAIN_NOT_ALLOWED", []],
  ] as const)(
    "T74: a connection moved %s makes no member of its former organization",
    async (_, holder, answer, memberships) => {
      const { two, email } = await shared({ y: { domains: [] } });
      await whose(cached, two.sso("x", `warm-${email}`));
      const domains = (side: string) => (side === holder ? [two.domain] : []);
      await two.apply({
        x: { connections: [], domains: domains("x") },
        y: { connections: [two.declared("x")], domains: domains("y") },
      });
      expect(await whose(cached, two.sso("x", email))).toMatch(answer);
      expect(await two.memberships(email)).toEqual(memberships);
    },
  );

  it("T7I: a removed connection ends its logins in enforce mode, and its users are counted", async () => {
    const { two, email } = await shared({ y: { domains: [] } });
    const tokens = [two.sso("x", email), two.sso("x", `bob-${email}`)];
    const userIds = await Promise.all(tokens.map((token) => whose(brief, token)));
    const output = await two.apply({ x: { connections: [] }, y: { domains: [] } });
    expect(output).toMatch(new RegExp(`${two.connection.x}.*\\b2\\b`));
    for (const token of tokens) await expect.poll(() => whose(brief, token)).toBe("DOMAIN_NOT_ALLOWED");
    expect(await Promise.all(tokens.map((token) => whose(report, token)))).toEqual(userIds);
  });
});

it.each(ORDERS)(
  "T79: a password login has one seat with and without the connection claim: %s",
  async (order) => {
    const { two, email } = await shared();
    const answers = await inOrder(
      order,
      () => whose(stack, two.password(email, undefined, {})),
      () => whose(cached, two.password(email)),
    );
    expect(answers).toContainEqual(expect.stringMatching(UUID));
    expect(answers).toContain(CONFLICT);
    if (order !== "at once") expect(answers.indexOf(CONFLICT)).toBe(order === ORDERS[0] ? 1 : 0);
  },
);

function trusts(two: TwoOrganizations, sides: readonly ("x" | "y")[]): { trusts?: string[] } {
  return sides.length === 0 ? {} : { trusts: sides.map((side) => two.id[side]) };
}

function directory() {
  const { CLJ_PG_WRAPPER_URL: url = "", CLJ_PG_WRAPPER_TOKEN: token = "" } = stack.environment;
  return createCljClient({ url, token });
}
