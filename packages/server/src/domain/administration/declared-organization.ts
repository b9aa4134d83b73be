import type { CanonicalEmail, DomainName } from "../email.ts";
import type { Connection, Organization, OrganizationId } from "../organization.ts";
import type { Role } from "../role.ts";
import type { DeclaredNames } from "./organization-registry.ts";

/** What an operator declares about one organization. */
export interface DeclaredOrganization {
  readonly organization: Organization;
  readonly domains: readonly DomainName[];
  readonly connections: readonly Connection[];
  /** Null when the operator declares no invitations: open ones are then left alone. */
  readonly invitations: readonly DeclaredInvitation[] | null;
}

export interface DeclaredInvitation {
  readonly email: CanonicalEmail;
  readonly role: Role;
}

export function declaredIds(declared: readonly DeclaredOrganization[]): ReadonlySet<OrganizationId> {
  return new Set(declared.map(({ organization }) => organization.id));
}

export function declaredNames({ domains, connections, invitations }: DeclaredOrganization): DeclaredNames {
  return {
    domains,
    connections: connections.map(({ name }) => name),
    invitations: (invitations ?? []).map(({ email }) => email),
  };
}
