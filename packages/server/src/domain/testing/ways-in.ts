import fc from "fast-check";
import { expect } from "vitest";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import type { DomainClaim } from "../domains/claim.ts";
import { type DomainName, domainOf } from "../email.ts";
import { isOwner } from "../membership/owners.ts";
import type { Membership } from "../membership.ts";
import { declaredConnection, declaredDomain, type VerifiedDomain } from "../organization.ts";
import type { UserId } from "../user-id.ts";
import { MemoryAdministration } from "./memory-administration.ts";
import { GUEST_EMAIL, membership } from "./memory-ports.ts";
import { ACME, ENTRA, JANE, JANE_EMAIL, JOE, JOE_EMAIL, link, organization, userNumber } from "./people.ts";

const GUEST = userNumber(3);
export const PEOPLE = [
  { userId: JANE, email: JANE_EMAIL, invitedFromOutside: false },
  { userId: JOE, email: JOE_EMAIL, invitedFromOutside: false },
  { userId: GUEST, email: GUEST_EMAIL, invitedFromOutside: true },
] as const;
export const CONNECTIONS = [ENTRA, { ...ENTRA, name: "acme-okta", strategy: "okta" }] as const;
export const DOMAINS = [domainOf(JANE_EMAIL), domainOf(GUEST_EMAIL)] as const;

function domainNamed(domain: DomainName) {
  return declaredDomain({ domain, organizationId: ACME, verifiedAt: "2026-11-01T00:00:00.000Z" });
}

/** What is stored of a domain that the organization itself has claimed, and of one that it has verified. */
function provenDomain(domain: DomainName, state: DomainClaim["state"]) {
  const proof = { token: "a".repeat(32), checkedAt: null, found: null, missingSince: null, reminders: 0 };
  const verified: VerifiedDomain = { ...domainNamed(domain), verifiedBy: "dns", proof };
  const times = { claimedAt: verified.verifiedAt, expiresAt: "2026-12-01T00:00:00.000Z" };
  const claim: DomainClaim = { domain, organizationId: ACME, state, proof, ...times, rev: "1" };
  return { verified, claim };
}

export const linkOf = (userId: UserId, connection: string) =>
  link({ userId, connection, subject: `${connection}|${userId}` });

/**
 * What is stored when a race begins. An operator has `declared` a domain, and every other one is of the organization
 * itself.
 */
export interface Beginning {
  readonly enforced: boolean;
  readonly people: readonly {
    readonly is: "owner" | "member" | "removed";
    readonly links: readonly string[];
  }[];
  readonly connections: readonly ("enabled" | "disabled")[];
  readonly domains: readonly ("verified" | "declared" | "claimed" | "lapsed" | "none")[];
}

const MEMBER = {
  owner: { role: "owner", status: "active" },
  member: { role: "member", status: "active" },
  removed: { role: "owner", status: "removed" },
} as const satisfies Record<string, Partial<Membership>>;

/** Null where somebody is locked out already, which no race begins with. */
export async function storesAt(beginning: Beginning): Promise<MemoryAdministration | null> {
  const owners = PEOPLE.filter((_, at) => beginning.people[at]?.is === "owner").map(({ userId }) => userId);
  const named = (...states: readonly Beginning["domains"][number][]) =>
    DOMAINS.filter((_, at) => states.includes(beginning.domains[at] ?? "none"));
  const claims = named("claimed").map((name) => [name, provenDomain(name, "pending").claim.expiresAt]);
  const organizations = new MemoryOrganizations().put(
    organization(ACME, {
      enforceSso: beginning.enforced,
      owners,
      domains: named("verified", "declared", "lapsed"),
      claims: Object.fromEntries(claims),
      rev: "1",
    }),
  );
  const stores = new MemoryAdministration(organizations);
  for (const [at, { is, links }] of beginning.people.entries()) {
    const person = PEOPLE[at] ?? expect.fail("there are three people");
    stores.memberships.put(membership({ ...person, ...MEMBER[is], rev: "1" }));
    for (const connection of links) await stores.identities.create(linkOf(person.userId, connection));
  }
  for (const [at, is] of beginning.connections.entries()) {
    const declared = declaredConnection(CONNECTIONS[at] ?? expect.fail("there are two connections"));
    stores.connections.begin({ ...declared, state: is, testedAt: stores.time });
  }
  const { domains } = stores;
  for (const name of named("declared")) domains.put(domainNamed(name));
  for (const name of named("verified")) domains.put(provenDomain(name, "pending").verified);
  for (const name of named("claimed"))
    domains.claims.set(`${ACME} ${name}`, provenDomain(name, "pending").claim);
  for (const name of named("lapsed"))
    domains.claims.set(`${ACME} ${name}`, provenDomain(name, "lapsed").claim);
  return owners.length > 0 && wrongWith(stores) === null ? stores : null;
}

/** Whether somebody is locked out: the rules once more, on what is stored. */
export function wrongWith(stores: MemoryAdministration): string | null {
  if (stores.organizations.organizations.get(ACME)?.enforceSso !== true) return null;
  const { memberships } = stores.memberships;
  const { connections, verifiers } = stores.organizations;
  if (connections.size === 0) return "SSO is enforced without a connection";
  const owners = [...memberships.values()].filter(isOwner);
  const canSignIn = owners.some(
    ({ userId, email, invitedFromOutside }) =>
      [...connections.keys()].some((name) => isLinked(stores, userId, name)) ||
      (invitedFromOutside && email !== null && !verifiers.get(domainOf(email))?.includes(ACME)),
  );
  return canSignIn ? null : "SSO is enforced, and no owner can sign in";
}

export function isLinked(
  { identities, organizations }: MemoryAdministration,
  userId: UserId,
  name: string,
): boolean {
  const linked = [...identities.links.values()].some(
    (each) => each.userId === userId && each.connection === name,
  );
  return linked && organizations.connections.has(name);
}

export const connectionName = fc.constantFrom(...CONNECTIONS.map(({ name }) => name));
const TWO = { minLength: 2, maxLength: 2 };
export const beginning: fc.Arbitrary<Beginning> = fc.record({
  enforced: fc.boolean(),
  people: fc.array(
    fc.record({
      is: fc.constantFrom("owner", "owner", "owner", "member", "removed" as const),
      links: fc.uniqueArray(connectionName, { maxLength: 2 }),
    }),
    { minLength: 3, maxLength: 3 },
  ),
  connections: fc.array(fc.constantFrom("enabled", "enabled", "disabled" as const), TWO),
  domains: fc.array(fc.constantFrom("verified", "declared", "claimed", "lapsed", "none" as const), TWO),
});

/** Jane and Joe at the organization's domain, and a guest from outside; all are owners, and Jane is linked by both. */
export const SSO_ENFORCED: Beginning = {
  enforced: true,
  people: [
    { is: "owner", links: [CONNECTIONS[0].name, CONNECTIONS[1].name] },
    { is: "owner", links: [] },
    { is: "member", links: [] },
  ],
  connections: ["enabled", "enabled"],
  domains: ["verified", "none"],
};

type Person = Beginning["people"][number];
export const owner = (...links: string[]): Person => ({ is: "owner", links });
export const member = (...links: string[]): Person => ({ is: "member", links });
