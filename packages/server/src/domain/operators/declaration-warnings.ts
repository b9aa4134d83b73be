import type { Role } from "../../wire/index.ts";
import type { CanonicalEmail, DomainName } from "../email.ts";
import { missingUnderSso, type WayInPorts } from "../membership/ways-in.ts";
import type { Membership } from "../membership.ts";
import type { OrganizationId, Organizations } from "../organization.ts";
import { membersOnceInvited, newInvitations } from "./declared-invitations.ts";
import { declaredOrganization, isKeptBy } from "./organization-differences.ts";
import type { Comparison } from "./organization-step.ts";

/** What an operator should know about a declaration that can be applied. */
export type DeclarationWarning =
  | {
      /** Who has accepted an invitation keeps their role; the declared one changes nothing. */
      readonly kind: "role-ignored";
      readonly organizationId: OrganizationId;
      readonly email: CanonicalEmail;
      readonly accepted: Role;
      readonly declared: Role;
    }
  | {
      /** The invitation changes nothing for this member: it counts as accepted, or is void for a removed one. */
      readonly kind: "member-invited";
      readonly member: Membership;
    }
  | {
      /** The organization has proved it: it stays as it is, and lapses without its record. */
      readonly kind: "domain-verified-by-dns";
      readonly organizationId: OrganizationId;
      readonly domain: DomainName;
    }
  | {
      /** A declaration describes a connection; it does not switch it on. */
      readonly kind: "connection-disabled";
      readonly organizationId: OrganizationId;
      readonly name: string;
    }
  | {
      /** No owner could sign in once the declaration is applied, as `missing` says. */
      readonly kind: "owners-kept-out";
      readonly organizationId: OrganizationId;
      readonly missing: string;
    }
  | {
      readonly kind: "domain-shared";
      readonly domain: DomainName;
      readonly organizationIds: readonly OrganizationId[];
    };

/** What stays as the organization, or an operator, has left it, and what the declared invitations do not change. */
export function warningsOf(comparison: Comparison): DeclarationWarning[] {
  const { declared, stored, members } = comparison;
  const { organization, domains, connections, invitations } = declared;
  const { id: organizationId } = organization;
  const names = connections.map(({ name }) => name);
  const byDns = stored.domains.filter(
    ({ domain, verifiedBy }) => verifiedBy === "dns" && domains.includes(domain),
  );
  const off = stored.connections.filter(({ name, state }) => state === "disabled" && names.includes(name));
  const warnings: DeclarationWarning[] = [
    ...byDns.map(({ domain }) => ({ kind: "domain-verified-by-dns", organizationId, domain }) as const),
    ...off.map(({ name }) => ({ kind: "connection-disabled", organizationId, name }) as const),
  ];
  const consumed = stored.invitations.filter(({ consumedBy }) => consumedBy !== null);
  for (const { email, role } of invitations ?? []) {
    const accepted = [...consumed, ...membersOnceInvited(comparison)].find((each) => each.email === email);
    if (accepted !== undefined && accepted.role !== role)
      warnings.push({ kind: "role-ignored", organizationId, email, accepted: accepted.role, declared: role });
  }
  const invited = new Set(newInvitations(comparison).map(({ email }) => email));
  const known = members.filter(({ email }) => email !== null && invited.has(email));
  return [...warnings, ...known.map((member) => ({ kind: "member-invited", member }) as const)];
}

/**
 * Operators may keep every owner out, where members may not: the owner whom they have invited signs in later.
 * @returns null if an owner could sign in, if the organization has no owner yet, or if the declaration changes no way in
 */
export async function ownersKeptOut(
  { declared, stored }: Pick<Comparison, "declared" | "stored">,
  ports: WayInPorts,
  signal: AbortSignal,
): Promise<Extract<DeclarationWarning, { kind: "owners-kept-out" }> | null> {
  const present = stored.organization;
  if (present === null || present.owners.length === 0) return null;
  const kept = stored.connections.filter((each) => isKeptBy(declared, each));
  const verified = stored.domains.map(({ domain }) => domain);
  // Those of an operator go unless they are declared. The others of the list stay, also one that has lapsed.
  const declarable = stored.domains.filter(({ verifiedBy }) => verifiedBy === "operator");
  const own = present.domains.filter((domain) => declarable.every((each) => each.domain !== domain));
  const next = {
    ...declaredOrganization(declared.organization, present),
    connections: kept.map(({ name }) => name),
    domains: [...own, ...declared.domains],
  };
  const isSameWay =
    present.enforceSso &&
    kept.length === stored.connections.length &&
    declared.domains.every((domain) => verified.includes(domain));
  const missing = isSameWay ? null : await missingUnderSso(next, ports, signal);
  return missing === null ? null : { kind: "owners-kept-out", organizationId: present.id, missing };
}

/**
 * Only an operator may give one domain to several organizations, and should know what that means.
 * @param holders the organizations that declare the domain
 * @param ids all that are declared
 * @returns null for a domain of one organization
 */
export async function sharedDomain(
  { domain, holders, ids }: SharedBy,
  organizations: Organizations,
  signal: AbortSignal,
): Promise<Extract<DeclarationWarning, { kind: "domain-shared" }> | null> {
  const stored = await organizations.listByDomain(domain, signal);
  const others = stored.map(({ id }) => id).filter((id) => !ids.has(id));
  const organizationIds = [...others, ...holders].sort();
  return organizationIds.length > 1 ? { kind: "domain-shared", domain, organizationIds } : null;
}

interface SharedBy {
  readonly domain: DomainName;
  readonly holders: readonly OrganizationId[];
  readonly ids: ReadonlySet<OrganizationId>;
}
