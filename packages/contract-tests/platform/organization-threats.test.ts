import { USER_ID_PATTERN } from "@platform-api/server/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fresh } from "./people.ts";
import { type Server, type Stack, startStack } from "./stack.ts";
import { inOrder, ORDERS, type TwoOrganizations, twoOrganizations, whose } from "./two-organizations.ts";

let stack: Stack;
/** A second process with the longest cache times. */
let cached: Server;

beforeAll(async () => {
  stack = await startStack();
  cached = await stack.another({ IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" });
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

describe("two organizations have verified one domain, and a user's logins race over two processes", () => {
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
});

it("T71: the SSO of an organization that is trusted accepts an invitation, another one does not", async () => {
  const { two, email } = await shared();
  await two.apply({ y: invites(email) });
  const token = two.sso("x", email);
  expect(await whose(stack, token)).toMatch(UUID);
  expect(await two.memberships(email)).toEqual(["x:member"]);
  await two.apply({ y: { ...invites(email), trusts: [two.id.x] } });
  expect(await whose(stack, token)).toMatch(UUID);
  expect(await two.memberships(email)).toEqual(["x:member", "y:owner"]);
  expect(await two.openInvitations(email)).toEqual([]);
});

describe("a right that another process has just withdrawn", () => {
  it.each([
    ["T73: its domain", { x: { domains: [] } }, "DOMAIN_NOT_ALLOWED"],
    ["T73: its connection", { x: { connections: [] } }, "DOMAIN_NOT_ALLOWED"],
    ["T73: JIT", { x: { jit: false } }, UUID],
  ])("makes no member, although it is cached: %s", async (_, settings, answer) => {
    const { two, email } = await shared({ y: { domains: [] } });
    await whose(cached, two.sso("x", `warm-${email}`));
    await two.apply({ y: { domains: [] }, ...settings });
    expect(await whose(cached, two.sso("x", email))).toMatch(answer);
    expect(await two.memberships(email)).toEqual([]);
  });

  it("T74: makes no member of its former organization, although its connection is cached as theirs", async () => {
    const { two, email } = await shared({ y: { domains: [] } });
    await whose(cached, two.sso("x", `warm-${email}`));
    await two.apply({ x: { connections: [], domains: [] }, y: { connections: [two.declared("x")] } });
    expect(await whose(cached, two.sso("x", email))).toMatch(UUID);
    expect(await two.memberships(email)).toEqual(["y:member"]);
  });

  it.each([
    ["a domain", { domains: [] }],
    ["JIT", { jit: false }],
  ])("T73: lets nobody join, although it is offered: %s", async (_, settings) => {
    const { two, email } = await shared({ y: { domains: [] } });
    const client = cached.client(await two.password(email));
    expect((await client.org.me.query()).joinable).toHaveLength(1);
    await two.apply({ x: settings, y: { domains: [] } });
    await expect(client.org.join.mutate({ organizationId: two.id.x })).rejects.toMatchObject({
      data: { reason: "NOT_JOINABLE", httpStatus: 403 },
    });
    expect(await two.memberships(email)).toEqual([]);
  });
});
