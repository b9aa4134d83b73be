import { beforeEach, describe, expect, it } from "vitest";
import { domainOf } from "../email.ts";
import type { Administrator } from "../membership/standing.ts";
import { type Organization, parseOrganizationId } from "../organization.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { GUEST_EMAIL, invitation, membership, NOW, recentRefusal } from "../testing/memory-ports.ts";
import { ACME, address, ENTRA, JANE, JANE_EMAIL, JOE, UNBOUNDED, valid } from "../testing/people.ts";
import { listRefusals } from "./list.ts";
import type { RecentRefusal } from "./refusals.ts";

const DAY_MS = 24 * 3_600_000;
const EVIL = domainOf(address("x@evil.example"));
const removed = { status: "removed" } as const;

let stores: MemoryAdministration;

beforeEach(() => {
  stores = new MemoryAdministration();
});

function store(...refusals: readonly RecentRefusal[]): void {
  for (const each of refusals) stores.memberships.refused.set(`${each.organizationId} ${each.slot}`, each);
}

/** @param settings of the organization as it is now */
function list(settings: Partial<Organization> = {}, by: Pick<Administrator, "role"> = { role: "owner" }) {
  const stored = stores.organizations.organizations.get(ACME);
  const administrator = { ...by, userId: JOE, organization: { ...stored, ...settings } } as Administrator;
  return listRefusals(administrator, stores, UNBOUNDED);
}

const cureOf = async (overrides: Partial<RecentRefusal>, settings?: Partial<Organization>) => {
  store(recentRefusal(overrides));
  return (await list(settings))[0]?.cure;
};

const STRANGER = { email: null, domain: EVIL, reason: "DOMAIN_NOT_ALLOWED" } as const;
const OF_JANE = { userId: JANE, reason: "MEMBERSHIP_REMOVED" } as const;

describe("what can be done about a refusal", () => {
  it.each<[string | null, string, Partial<RecentRefusal>, Partial<Organization>, () => unknown]>([
    ["verify-domain", "a domain that is not verified", STRANGER, {}, () => {}],
    [
      null,
      "one that nobody can verify",
      { ...STRANGER, domain: domainOf(address("x@gmail.com")) },
      {},
      () => {},
    ],
    [
      "none-needed",
      "one that is verified by now",
      STRANGER,
      {},
      () => stores.organizations.verify("evil.example", ACME),
    ],
    [
      "switch-on",
      "a connection that is off",
      STRANGER,
      {},
      () => stores.organizations.setConnection(ENTRA, "disabled"),
    ],
    [
      null,
      "a connection that was removed",
      STRANGER,
      {},
      () => stores.organizations.setConnection(ENTRA, "removed"),
    ],
    ["restore", "a removed member", OF_JANE, {}, () => stores.memberships.put(membership(removed))],
    [
      "invite",
      "a member who has left",
      OF_JANE,
      {},
      () => stores.memberships.put(membership({ ...removed, leftAt: NOW })),
    ],
    [
      "invite",
      "who was erased, and has an account again",
      OF_JANE,
      {},
      () => stores.memberships.put(membership({ ...removed, email: null })),
    ],
    [
      null,
      "a removed member who was erased",
      { ...OF_JANE, email: null },
      {},
      () => stores.memberships.put(membership({ ...removed, email: null })),
    ],
    ["none-needed", "a member by now", OF_JANE, {}, () => stores.memberships.put(membership())],
    ["invite", "who was never invited", {}, { jit: false }, () => {}],
    ["none-needed", "who may join by now", {}, { jit: true }, () => {}],
    ["invite", "who may not join without SSO", { connection: "auth0" }, { jit: true }, () => {}],
    ["none-needed", "who is invited", {}, { jit: false }, () => stores.memberships.invite(invitation())],
    [
      "invite",
      "who was invited for too short",
      {},
      { jit: false },
      () => stores.memberships.invite(invitation({ expiresAt: NOW })),
    ],
    [null, "a stranger", { email: null, domain: EVIL }, { jit: false }, () => {}],
    [null, "who uses no SSO, which is required", { reason: "SSO_REQUIRED" }, { enforceSso: true }, () => {}],
    [
      "none-needed",
      "who uses no SSO, which was required",
      { reason: "SSO_REQUIRED" },
      { enforceSso: false },
      () => {},
    ],
    [null, "a conflict", { reason: "IDENTITY_CONFLICT" }, {}, () => {}],
    [null, "a blocked account", { reason: "IDENTITY_BLOCKED" }, {}, () => {}],
    [
      null,
      "a sign-in without an address",
      { email: null, domain: null, reason: "EMAIL_MISSING" },
      {},
      () => {},
    ],
  ])("is %s for %s", async (cure, _, overrides, settings, given) => {
    given();
    expect(await cureOf(overrides, settings)).toBe(cure);
  });
});

it.each([
  ["restore", "owner", "owner"],
  ["restore", "owner", "admin"],
  ["restore", "admin", "member"],
  ["ask-owner", "admin", "admin"],
  ["ask-owner", "admin", "owner"],
] as const)("the cure is %s where an %s reads of an %s who was removed", async (cure, reader, role) => {
  store(recentRefusal(OF_JANE));
  stores.memberships.put(membership({ ...removed, role }));
  expect(await list({}, { role: reader })).toMatchObject([{ cure }]);
});

describe("the list of refusals", () => {
  it("begins with the latest, ends after 14 days, and has no other organization's", async () => {
    const at = (ms: number) => new Date(Date.parse(NOW) - ms).toISOString();
    store(
      recentRefusal({ slot: 3, lastAt: at(2), count: 1 }),
      recentRefusal({ slot: 4, lastAt: at(1), count: 2 }),
      recentRefusal({ slot: 5, lastAt: at(14 * DAY_MS), count: 3 }),
      recentRefusal({ slot: 6, organizationId: valid(parseOrganizationId("globex")), count: 4 }),
    );
    expect((await list()).map(({ count }) => count)).toEqual([2, 1]);
  });

  it("shows no address any more whose domain was given up, and which is nobody's here", async () => {
    stores.organizations.release("acme.example", ACME);
    store(recentRefusal());
    expect(await list()).toMatchObject([{ email: null, domain: "acme.example", userId: null, cure: null }]);
  });

  it.each([
    ["a member", () => stores.memberships.put(membership({ email: GUEST_EMAIL })), JANE],
    ["an invitation", () => stores.memberships.invite(invitation({ email: GUEST_EMAIL })), null],
  ])("shows an outside address as long as it is that of %s", async (_, given, userId) => {
    given();
    store(recentRefusal({ email: GUEST_EMAIL, domain: domainOf(GUEST_EMAIL), userId }));
    expect(await list()).toMatchObject([{ email: GUEST_EMAIL, userId }]);
  });

  it("shows no user who is not a member here, and nothing but what it says", async () => {
    store(recentRefusal({ userId: JOE }));
    const [shown] = await list();
    expect(shown).toEqual({
      email: JANE_EMAIL,
      domain: "acme.example",
      userId: null,
      connection: ENTRA.name,
      reason: "NOT_A_MEMBER",
      firstAt: NOW,
      lastAt: NOW,
      count: 2,
      cure: "none-needed",
      askedAt: null,
    });
  });

  it("says when a removed member has asked to be restored, and not of who is back", async () => {
    store(recentRefusal(OF_JANE));
    stores.memberships.put(membership({ ...removed, askedAt: NOW }));
    expect(await list()).toMatchObject([{ askedAt: NOW }]);
    const later = new Date(Date.parse(NOW) + 1).toISOString(); // they were removed again after they had asked
    stores.memberships.put(membership({ ...removed, askedAt: NOW, ceased: { member: later } }));
    expect(await list()).toMatchObject([{ askedAt: null }]);
    stores.memberships.put(membership({ askedAt: NOW }));
    expect(await list()).toMatchObject([{ askedAt: null }]);
  });
});
