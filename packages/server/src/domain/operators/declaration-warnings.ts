import type { Role } from "../../wire/index.ts";
import type { CanonicalEmail, DomainName } from "../email.ts";
import type { Membership } from "../membership.ts";
import type { OrganizationId, Organizations } from "../organization.ts";
import { newInvitations } from "./declared-invitations.ts";
import type { DeclaredOrganization } from "./organization-registry.ts";
import type { Comparison } from "./organization-step.ts";

/** What an operator should know about a declaration that can be applied. */
export type DeclarationWarning =
  | {
      /** An accepted invitation keeps the role that it gave; the declared one changes nothing. */
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
      readonly kind: "domain-shared";
      readonly domain: DomainName;
      readonly organizationIds: readonly OrganizationId[];
    };

/** What stays as the organization, or an operator, has left it, and what the declared invitations do not change. */
export async function warningsOf(
  { declared: { organization, domains, connections, invitations }, stored, now, ports }: Comparison,
  signal: AbortSignal,
): Promise<DeclarationWarning[]> {
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
  for (const { email, role } of invitations ?? []) {
    const accepted = stored.invitations.find((known) => known.email === email && known.consumedBy !== null);
    if (accepted !== undefined && accepted.role !== role)
      warnings.push({ kind: "role-ignored", organizationId, email, accepted: accepted.role, declared: role });
  }
  const invited = new Set(newInvitations(invitations ?? [], stored, now).map(({ email }) => email));
  if (stored.organization === null || invited.size === 0) return warnings;
  const members = await ports.memberships.listByOrganization(organizationId, signal);
  const known = members.filter(({ email }) => invited.has(email));
  return [...warnings, ...known.map((member) => ({ kind: "member-invited", member }) as const)];
}

/** Only an operator may give one domain to several organizations, and should know what that means. */
export async function sharedDomains(
  declared: readonly DeclaredOrganization[],
  ids: ReadonlySet<OrganizationId>,
  organizations: Organizations,
  signal: AbortSignal,
): Promise<DeclarationWarning[]> {
  const warnings: DeclarationWarning[] = [];
  for (const domain of new Set(declared.flatMap(({ domains }) => domains))) {
    const others = (await organizations.listByDomain(domain, signal)).filter(({ id }) => !ids.has(id));
    const holders = declared.filter(({ domains }) => domains.includes(domain));
    const sharing = [...others, ...holders.map(({ organization }) => organization)];
    const organizationIds = sharing.map(({ id }) => id).sort();
    if (organizationIds.length > 1) warnings.push({ kind: "domain-shared", domain, organizationIds });
  }
  return warnings;
}
