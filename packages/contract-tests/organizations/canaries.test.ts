import { beforeAll, expect, it } from "vitest";
import { canary, holdsCanary } from "../metrics/canary.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { call, type OrganizationWorld, organizationWorld } from "../simulator/organization-world.ts";

const stack = stackOfTests({ organizations: [] });
let world: OrganizationWorld;
/** What each call answered. */
const outcomes: string[] = [];
let guest = "";

beforeAll(async () => {
  world = await organizationWorld(stack);
  const { owner } = world.tokens;
  guest = `${canary()}@partner.example`;
  const joiner = await world.bySso(world.at(canary()));
  const joined = await call(stack.url, "org.me", joiner, {});
  const userId = /"userId":"([^"]+)"/.exec(JSON.stringify(joined.body))?.[1];
  for (const [path, input] of [
    ["org.invitations.create", { emails: [guest, `${canary()}@`, world.at(canary())], role: "member" }],
    ["org.invitations.resend", { email: guest }],
    ["org.invitations.resend", { email: `${canary()}@nowhere.example` }],
    ["org.invitations.list", {}],
    ["org.members.list", { query: canary() }],
    ["org.members.list", { query: canary(), cursor: canary() }],
    ["org.members.setRole", { userId, role: "admin" }],
    ["org.members.setRole", { userId: canary(), role: "admin" }],
    ["org.members.remove", { userId }],
    ["org.members.restore", { userId }],
    ["org.members.lookup", { userIds: [userId] }],
    ["org.audit.list", { actor: canary() }],
    ["org.audit.list", { person: canary() }],
    ["org.audit.list", { cursor: canary() }],
    ["org.domains.claim", { domain: `${canary()}@` }],
    ["org.domains.check", { domain: canary() }],
    ["org.connections.get", { name: canary() }],
    ["org.connections.begin", { displayName: canary() }],
    ["org.connections.test", { name: `${world.id}-sso`, token: canary() }],
    ["org.connections.test", { name: `${world.id}-sso`, token: { secret: canary() } }],
    ["org.connections.test", { name: `${world.id}-sso`, token: await world.bySso(world.at(canary())) }],
    ["org.invitations.changeMany", { emails: [guest, canary(), world.at(canary())], change: "resend" }],
    ["org.invitations.revoke", { email: guest }],
  ] as const) {
    const { outcome } = await call(stack.url, path, owner, { organizationId: world.id, ...input });
    outcomes.push(`${path} ${outcome}`);
  }
  const token = await stack.issuer.sign("auth0|guest", {});
  outcomes.push(
    `accept ${(await call(stack.url, "org.invitations.accept", token, { organizationId: world.id })).outcome}`,
  );
});

it("the calls do what they are made for", () => {
  expect(outcomes.filter((each) => each.endsWith("OK"))).toHaveLength(12);
});

it("no address reaches the log", () => {
  expect(stack.log.filter(holdsCanary)).toEqual([]);
  expect(stack.log.some((line) => line.includes("org.members.setRole"))).toBe(true);
});

it("no address reaches the metrics", async () => {
  const page = await (await fetch(`${stack.url}/metrics`)).text();
  expect(page.split("\n").filter(holdsCanary)).toEqual([]);
});

it("no address reaches the audit", async () => {
  const entries = (await stack.items()).filter(({ type }) => type === "audit-entry");
  const own = entries.filter(({ organizationId }) => organizationId === world.id);
  // The subject of an identity provider may be an address; an organization does not see it.
  const kept = own.map(({ subject: _, holder: __, ...entry }) => JSON.stringify(entry));
  expect(kept.filter(holdsCanary)).toEqual([]);
  expect(kept.join()).toMatch(/invitation-sent[\s\S]*/);
  const input = { organizationId: world.id, limit: 100 };
  const { body } = await call(stack.url, "org.audit.list", world.tokens.owner, input);
  expect(JSON.stringify(body)).toContain("role-changed");
  expect(JSON.stringify(body)).not.toSatisfy(holdsCanary);
});
