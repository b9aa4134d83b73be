import { expect } from "vitest";
import type { MemoryOrganizations } from "../../memory/organizations.ts";
import {
  type MemoryPorts,
  type MemoryPortsOptions,
  memoryResolver,
  memoryPorts as portsInMemory,
} from "../../memory/ports.ts";
import { domainOf } from "../email.ts";
import type { Identity, IdentityResolverOptions, ResolveIdentity } from "../identity/resolve-identity.ts";
import { noSpeakers, type Speakers } from "../identity/speakers.ts";
import type { Invitation } from "../membership/memberships.ts";
import { type Membership, newMembership } from "../membership.ts";
import type { Connection } from "../organization.ts";
import type { RecentRefusal } from "../refusals/refusals.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import {
  ACME,
  acmeAlone,
  address,
  claims,
  ENTRA,
  GLOBEX,
  JANE,
  JANE_EMAIL,
  link,
  NOW,
  organization,
  UNBOUNDED,
  userAt,
} from "./people.ts";

export { NOW } from "./people.ts";

export const OKTA: Connection = {
  name: "globex-okta",
  strategy: "okta",
  displayName: "Globex",
  organizationId: GLOBEX,
};

/** Claims of Jane by each way to sign in; Acme's own SSO is what `claims` says anyway. */
export const VIA_ACME: Partial<VerifiedClaims> = {};
export const VIA_GLOBEX: Partial<VerifiedClaims> = { subject: "okta|jane", connection: OKTA.name };
export const BY_PASSWORD: Partial<VerifiedClaims> = {
  subject: "auth0|jane",
  connection: null,
  emailVerified: true,
};

export const UNVERIFIED: Partial<VerifiedClaims> = { ...BY_PASSWORD, emailVerified: false };

/** Jane's address at a domain that no organization has. */
export const GUEST_EMAIL = address("jane@partner.example");
export const AS_GUEST: Partial<VerifiedClaims> = { ...BY_PASSWORD, email: { canonical: GUEST_EMAIL } };

/** Acme and Globex, which have both verified acme.example and each sign in through their own connection. */
export function acmeAndGlobex(
  acme: Parameters<typeof organization>[1] = {},
  globex: Parameters<typeof organization>[1] = {},
): MemoryOrganizations {
  return acmeAlone()
    .put(organization(ACME, acme))
    .put(organization(GLOBEX, globex), { domains: ["acme.example"], connections: [OKTA] });
}

/** Acme, where only those who are invited become members. */
export const noJit = () => acmeAlone().put(organization(ACME, { jit: false }));

/** Organizations after what an operator did a moment ago. */
export function changed(
  change: (stored: MemoryOrganizations) => unknown,
  organizations = acmeAlone(),
): MemoryOrganizations {
  change(organizations);
  return organizations;
}
/** Acme, which has given its domain up. */
export const released = () => changed((stored) => stored.release("acme.example", ACME));
/** Acme, whose connection was taken away. */
export const unregistered = () => changed((stored) => stored.connections.delete(ENTRA.name));

export type { MemoryPorts };

/** The ports that decide access, in memory, at {@link NOW}. */
export function memoryPorts(
  organizations: MemoryOrganizations = acmeAlone(),
  overrides: Partial<MemoryPortsOptions> = {},
): MemoryPorts {
  return portsInMemory(organizations, { now: () => new Date(NOW), ...overrides });
}

/** The resolver of a process; its directory knows Jane and Joe. */
export function resolver(
  ports: MemoryPorts,
  overrides: Partial<IdentityResolverOptions> = {},
): ResolveIdentity {
  return memoryResolver(ports, { directory: { ensureUser: userAt }, ...overrides });
}

/** The same ports, where this is known of who speaks for a user: Jane, unless said otherwise. */
export function spoken<Ports extends Pick<MemoryPorts, "identities">>(
  ports: Ports,
  { userId = JANE, ...known }: Partial<Speakers>,
): Ports {
  ports.identities.spoken.set(userId, { ...noSpeakers(userId), rev: "1", ...known });
  return ports;
}

/** Jane with a link from long ago, as the resolver sees her by what is cached; no question counts as asked yet. */
export async function signedIn(ports: MemoryPorts, overrides: Partial<VerifiedClaims>): Promise<Identity> {
  const presented = claims(overrides);
  const { identities, organizations, stored, memberships } = ports;
  const connection = organizations.connections.get(presented.connection ?? "");
  const organizationId = connection?.organizationId ?? null;
  const name = connection?.name ?? "auth0";
  await identities.create(link({ subject: presented.subject, organizationId, connection: name }));
  const identity = await resolver(ports)(presented, UNBOUNDED);
  for (const { asked } of [organizations, stored, memberships]) asked.length = 0;
  return identity;
}

export function membership(overrides: Partial<Membership> = {}): Membership {
  return newMembership({
    organizationId: ACME,
    userId: JANE,
    role: "member",
    origin: "jit",
    email: JANE_EMAIL,
    invitedFromOutside: false,
    createdAt: "2026-11-01T00:00:00.000Z",
    rev: "0",
    ...overrides,
  });
}

/** A membership that a login creates at {@link NOW}. */
export function createdMembership(overrides: Partial<Membership> = {}): Membership {
  return membership({ createdAt: NOW, rev: expect.any(String), ...overrides });
}

/** Acme's open invitation of Jane as an owner. */
export function invitation(overrides: Partial<Invitation> = {}): Invitation {
  return {
    organizationId: ACME,
    email: JANE_EMAIL,
    role: "owner",
    fromOutside: false,
    consumedBy: null,
    invitationId: "00000000-0000-4000-8000-0000000000a1",
    ended: null,
    invitedBy: null,
    createdAt: "2026-11-20T00:00:00.000Z",
    expiresAt: "2026-12-20T00:00:00.000Z",
    endedBy: null,
    endedAt: null,
    declared: false,
    mail: "none",
    mailedAt: null,
    counted: false,
    rev: "0",
    ...overrides,
  };
}

/** Jane, whom nobody has let in to Acme through its connection. */
export function recentRefusal(overrides: Partial<RecentRefusal> = {}): RecentRefusal {
  return {
    organizationId: ACME,
    slot: 0,
    connection: ENTRA.name,
    email: JANE_EMAIL,
    domain: domainOf(JANE_EMAIL),
    userId: null,
    reason: "NOT_A_MEMBER",
    firstAt: NOW,
    lastAt: NOW,
    count: 2,
    askedAt: null,
    rev: "0",
    ...overrides,
  };
}

/** Who consumed each invitation. */
export function consumers({ memberships }: MemoryPorts): unknown[] {
  return [...memberships.invitations.values()].map(({ consumedBy }) => consumedBy);
}

/** Each audit entry in two words. */
export function audited({ identities }: MemoryPorts): string[] {
  return identities.entries.map(({ action, rule }) => `${action} ${rule}`);
}
