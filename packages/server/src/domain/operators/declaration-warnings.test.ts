import { beforeEach, expect, it } from "vitest";
import type { MemoryMemberships } from "../../memory/memberships.ts";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { parseDomain } from "../email.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { invitation, membership, NOW } from "../testing/memory-ports.ts";
import {
  ACME,
  GLOBEX,
  INITECH,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  organization,
  UNBOUNDED,
} from "../testing/people.ts";
import {
  type Beginning,
  CONNECTIONS,
  DOMAINS,
  member,
  owner,
  SSO_ENFORCED,
  storesAt,
} from "../testing/ways-in.ts";
import { planOrganizations } from "./apply-organizations.ts";
import type { DeclaredOrganization } from "./organization-registry.ts";

const DOMAIN = parseDomain("acme.example") ?? expect.fail();
const ACME_DECLARED: DeclaredOrganization = {
  organization: organization(ACME),
  domains: [DOMAIN],
  connections: [],
  invitations: [{ email: JANE_EMAIL, role: "owner" }],
};
const INITECH_DECLARED = { ...ACME_DECLARED, organization: organization(INITECH), invitations: null };

/** Acme and Globex are stored; Acme has verified the domain. */
let stores: MemoryAdministration;
beforeEach(() => {
  const organizations = new MemoryOrganizations().put(organization(ACME), { domains: [DOMAIN] });
  stores = new MemoryAdministration(organizations.put(organization(GLOBEX)));
});

const warningsOf = async (...declared: readonly DeclaredOrganization[]) =>
  (await planOrganizations(declared, stores, UNBOUNDED)).warnings;

it("warns when the declared role differs from the one that an accepted invitation gave", async () => {
  stores.memberships.invite(invitation({ role: "member", consumedBy: JANE }));
  expect(await warningsOf(ACME_DECLARED)).toEqual([
    { kind: "role-ignored", organizationId: ACME, email: JANE_EMAIL, accepted: "member", declared: "owner" },
  ]);
});

it("warns so, too, and invites nobody where the accepted invitation is deleted by now", async () => {
  stores.memberships.put(membership({ origin: "invitation", status: "removed", leftAt: NOW }));
  const plan = await planOrganizations([ACME_DECLARED], stores, UNBOUNDED);
  expect(plan.changes.filter(({ change }) => change.includes("invited"))).toEqual([]);
  expect(plan.warnings).toMatchObject([{ kind: "role-ignored", accepted: "member", declared: "owner" }]);
  stores.memberships.invite(invitation({ expiresAt: NOW }));
  const again = await planOrganizations([ACME_DECLARED], stores, UNBOUNDED);
  expect(again.changes.map(({ change }) => change)).toContain("jane@acme.example invited as owner");
});

it.each(["active", "removed"] as const)(
  "warns when a member is invited whose status is %s",
  async (status) => {
    stores.memberships.put(membership({ status }), membership({ userId: JOE, email: JOE_EMAIL }));
    expect(await warningsOf(ACME_DECLARED)).toEqual([
      { kind: "member-invited", member: membership({ status }) },
    ]);
  },
);

it("warns when a domain is shared by declared and stored organizations", async () => {
  const shared = { kind: "domain-shared", domain: DOMAIN };
  expect(await warningsOf(INITECH_DECLARED)).toEqual([{ ...shared, organizationIds: [ACME, INITECH] }]);
  stores.organizations.verify(DOMAIN, GLOBEX);
  expect(await warningsOf(INITECH_DECLARED, { ...ACME_DECLARED, domains: [] })).toEqual([
    { ...shared, organizationIds: [GLOBEX, INITECH] },
  ]);
});

it.each<[string, (stored: MemoryMemberships) => unknown]>([
  ["the declared role was accepted", (stored) => stored.invite(invitation({ consumedBy: JANE }))],
  ["an open invitation offers another role", (stored) => stored.invite(invitation({ role: "member" }))],
  ["an invitation is already open", (stored) => stored.invite(invitation()).put(membership())],
  ["the address has no membership", (stored) => stored.put(membership({ organizationId: GLOBEX }))],
])("does not warn when %s", async (_, prepare) => {
  prepare(stores.memberships);
  expect(await warningsOf(ACME_DECLARED)).toEqual([]);
});

const [ENTRA, OKTA] = CONNECTIONS;
const BEGINNING: Beginning = { ...SSO_ENFORCED, domains: ["declared", "none"] };
const GUEST_ALONE: Partial<Beginning> = { people: [member(), member(), owner()] };
const GUEST_OF_LAPSED: Partial<Beginning> = {
  ...GUEST_ALONE,
  enforced: false,
  domains: ["declared", "lapsed"],
};
const BY_PASSWORD: Partial<Beginning> = { enforced: false, people: [owner(), member(), member()] };
const BY_ENTRA: Partial<Beginning> = { people: [owner(ENTRA.name), owner(), member()] };

it.each<[string, Partial<Beginning>, Partial<DeclaredOrganization>, number]>([
  ["is a guest of a domain that becomes the organization's", GUEST_ALONE, { domains: DOMAINS }, 1],
  ["is a guest of a domain that has lapsed, when SSO becomes required", GUEST_OF_LAPSED, {}, 1],
  ["has come by a password when SSO becomes required", BY_PASSWORD, {}, 1],
  ["has come through a connection that goes", BY_ENTRA, { connections: [OKTA] }, 1],
  ["has come through a connection that stays", BY_ENTRA, { connections: [ENTRA] }, 0],
  ["is a guest from elsewhere", GUEST_ALONE, {}, 0],
])(
  "warns of owners who are kept out, or not, where the only one who gets in %s",
  async (_, beginning, changed, count) => {
    stores =
      (await storesAt({ ...BEGINNING, ...beginning })) ?? expect.fail("somebody is locked out already");
    const declared = { organization: organization(ACME, { enforceSso: true }), domains: DOMAINS.slice(0, 1) };
    const connections = [...CONNECTIONS];
    const warnings = await warningsOf({ ...declared, connections, invitations: null, ...changed });
    const warning = {
      kind: "owners-kept-out",
      organizationId: ACME,
      missing: expect.stringMatching(/^SSO is enforced, /),
    };
    expect(warnings).toEqual(Array.from({ length: count }, () => warning));
  },
);

it("does not warn again of owners who are kept out already", async () => {
  stores = (await storesAt({ ...BEGINNING, ...BY_PASSWORD })) ?? expect.fail("nobody is locked out");
  const { organizations } = stores.organizations;
  organizations.set(ACME, { ...(organizations.get(ACME) ?? expect.fail()), enforceSso: true });
  const declared = { organization: organization(ACME, { enforceSso: true }), domains: DOMAINS.slice(0, 1) };
  expect(await warningsOf({ ...declared, connections: [...CONNECTIONS], invitations: null })).toEqual([]);
});
