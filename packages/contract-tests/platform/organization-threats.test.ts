import { USER_ID_PATTERN } from "@platform-api/server/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fresh } from "./people.ts";
import { type Server, type Stack, startStack } from "./stack.ts";
import { type TwoOrganizations, twoOrganizations, whose } from "./two-organizations.ts";

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

it("T70: of two organizations with one domain, the one whose SSO comes first has the user, also at once", async () => {
  const { two, email } = await shared();
  const invited = { members: [{ email, role: "owner" }] };
  await two.apply({ x: invited, y: invited });
  const answers = await Promise.all([whose(stack, two.sso("y", email)), whose(cached, two.sso("x", email))]);
  expect(answers).toContainEqual(expect.stringMatching(UUID));
  expect(answers).toContain(CONFLICT);
  const [winner, loser] = answers[0] === CONFLICT ? ["x", "y"] : ["y", "x"];
  expect(await two.memberships(email)).toEqual([`${winner}:owner`]);
  expect(await two.openInvitations(email)).toEqual([loser]);
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

describe("an owner whose access was just taken away changes nothing, although they are cached:", () => {
  it.each<[string, string, (two: TwoOrganizations, userId: string) => Promise<unknown>]>([
    ["T84: blocked", "IDENTITY_BLOCKED", (_, userId) => stack.cli("identity", "block", userId, "--yes")],
    ["T85: their connection", "DOMAIN_NOT_ALLOWED", (two) => two.apply({ x: { connections: [] } })],
  ])("%s", async (_, reason, takeAway) => {
    const { two, email } = await shared();
    await two.apply({ x: { members: [{ email, role: "owner" }] } });
    const client = cached.client(await two.sso("x", email));
    const { userId } = await client.auth.validate.query();
    const invite = (name: string) =>
      client.org.invitations.create.mutate({
        organizationId: two.id.x,
        emails: [`${name}@${two.domain}`],
        role: "owner",
      });
    await invite("friend");
    await takeAway(two, userId);
    await expect(invite("accomplice")).rejects.toMatchObject({ data: { reason } });
    expect(await client.auth.validate.query()).toMatchObject({ userId }); // still cached, for at most a minute
  });
});
