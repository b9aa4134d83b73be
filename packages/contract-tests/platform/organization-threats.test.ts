import { systemClock } from "@platform-api/server/adapters";
import { USER_ID_PATTERN } from "@platform-api/server/wire";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh } from "../simulator/people.ts";
import { type Server, whose } from "../simulator/stack.ts";
import { type TwoOrganizations, twoOrganizations } from "../simulator/two-organizations.ts";

const stack = stackOfTests({ organizations: [] });
/** A second process with the longest cache times, which is not notified of changes. */
let cached: Server;

beforeAll(async () => {
  cached = await stack.another({ IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" });
});

const UUID = new RegExp(USER_ID_PATTERN);
const CONFLICT = "IDENTITY_CONFLICT";

/** Applies the organizations. @returns them and a new address of their domain */
async function shared(settings?: Parameters<TwoOrganizations["apply"]>[0]) {
  const two = twoOrganizations(stack);
  await two.apply(settings);
  return { two, email: `${fresh("ada")}@${two.domain}` };
}

const invites = (email: string, role = "owner") => ({ members: [{ email, role }] });

it("T70: two organizations share a domain, and the one whose SSO comes first has the user, also at once", async () => {
  const { two, email } = await shared();
  await two.apply({ x: invites(email), y: invites(email) });
  const answers = await Promise.all([whose(stack, two.sso("y", email)), whose(cached, two.sso("x", email))]);
  expect(answers).toContainEqual(expect.stringMatching(UUID));
  expect(answers).toContain(CONFLICT);
  const [winner, loser] = answers[0] === CONFLICT ? ["x", "y"] : ["y", "x"];
  expect(await two.memberships(email)).toEqual([`${winner}:owner`]);
  expect(await two.openInvitations(email)).toEqual([loser]);
});

// The rules are proven beside them, in packages/server/src/domain. A row here shows that what is cached decides nothing.
describe("a right that another process has just withdrawn", () => {
  it.each([
    ["T73: its connection", { x: { connections: [] } }, "DOMAIN_NOT_ALLOWED"],
    ["T73: JIT", { x: { jit: false } }, UUID],
  ])("makes no member, although it is cached: %s", async (_, settings, answer) => {
    const { two, email } = await shared({ y: { domains: [] } });
    await whose(cached, two.sso("x", `warm-${email}`));
    await two.apply({ y: { domains: [] }, ...settings });
    expect(await whose(cached, two.sso("x", email))).toMatch(answer);
    expect(await two.memberships(email)).toEqual([]);
  });

  it("T73: lets nobody join a domain, although it is offered", async () => {
    const { two, email } = await shared({ y: { domains: [] } });
    const client = cached.client(await two.password(email));
    expect((await client.org.me.query()).joinable).toHaveLength(1);
    await two.apply({ x: { domains: [] }, y: { domains: [] } });
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
    await two.apply({ x: invites(email) });
    const client = cached.client(await two.sso("x", email));
    const { userId } = await client.auth.validate.query();
    const invite = (name: string) =>
      client.org.invitations.create.mutate({
        organizationId: two.id.x,
        emails: [`${name}@${two.domain}`],
        role: "owner",
      });
    await invite("friend");
    const frozen = vi.spyOn(systemClock, "monotonicMs").mockReturnValue(systemClock.monotonicMs());
    onTestFinished(() => frozen.mockRestore());
    await client.auth.validate.query(); // what is read for a first login and for a change is not cached
    await takeAway(two, userId);
    const refused = { data: { reason } };
    await expect(invite("accomplice")).rejects.toMatchObject(refused);
    // This query may finish a set-up.
    const asked = client.org.connections.get.query({ organizationId: two.id.x, name: "none" });
    await expect(asked).rejects.toMatchObject(refused);
    expect(await client.auth.validate.query()).toMatchObject({ userId }); // still cached
  });
});

it("T84: an owner who was just removed from the organization of their token changes nothing in another", async () => {
  const { two, email } = await shared({ y: { domains: [] } });
  await two.apply({ y: { domains: [], ...invites(email) } });
  const client = cached.client(await two.sso("x", email));
  const { userId } = await client.auth.validate.query();
  await client.org.me.query();
  expect(await two.memberships(email)).toEqual(["x:member", "y:owner"]);
  await stack.cli("member", "remove", two.id.x, userId);
  const invite = client.org.invitations.create.mutate({
    organizationId: two.id.y,
    emails: [`accomplice@${two.domain}`],
    role: "owner",
  });
  await expect(invite).rejects.toMatchObject({ data: { reason: "MEMBERSHIP_REMOVED" } });
});
