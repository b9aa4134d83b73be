import type { DomainName } from "../email.ts";
import type { Invitation } from "../membership/memberships.ts";
import type {
  Connection,
  LockableSetting,
  Organization,
  RegisteredConnection,
  VerifiedDomain,
} from "../organization.ts";
import type { Auth0Pointers } from "../settings/auth0-id.ts";

/**
 * The settings of a declared organization. Those that are left out are the organization's own decision; `auth0OrgId` then
 * stays as it is, because setting up a connection may have made it.
 */
export interface DeclaredSettings
  extends Pick<Organization, "id" | "trusts">,
    Partial<Pick<Organization, LockableSetting | "auth0OrgId">> {}

/** What an operator declares about one organization. */
export interface DeclaredOrganization {
  readonly organization: DeclaredSettings;
  readonly domains: readonly DomainName[];
  readonly connections: readonly Connection[];
  /** Null when the operator declares no invitations: open ones are then left alone. */
  readonly invitations: readonly DeclaredInvitation[] | null;
}

export type DeclaredInvitation = Pick<Invitation, "email" | "role">;

/** Everything that operators declare about one organization; `organization` is null while it does not exist. */
export interface OrganizationState {
  readonly organization: Organization | null;
  readonly domains: readonly VerifiedDomain[];
  /** Removed ones are left out. */
  readonly connections: readonly RegisteredConnection[];
  /** Consumed ones included. */
  readonly invitations: readonly Invitation[];
}

/** What operators declare. Every method throws {@link Refusal} STORE_UNAVAILABLE when there is no usable answer. */
export interface OrganizationRegistry extends Auth0Pointers {
  /** Every organization; what was written within the last second may be missing. */
  list(
    signal: AbortSignal,
  ): Promise<readonly (OrganizationState & { readonly organization: Organization })[]>;
  /**
   * The present state of one organization. The index only suggests names: each of them, and each of the
   * declared ones, is then read consistently. So a declared name is never missed, and nothing deleted is listed;
   * only something undeclared that was written within the last second may be missing.
   */
  read(declared: DeclaredOrganization, signal: AbortSignal): Promise<OrganizationState>;
  /** The connection of every identity link, one by one: reads the whole table. */
  linkedConnections(signal: AbortSignal): AsyncIterable<string>;
}
