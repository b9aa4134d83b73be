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
    Partial<Pick<Organization, LockableSetting | "auth0OrgId">> {
  /** Whether only operators close it. */
  readonly isClosedByOperators?: true;
  /** Whether its settings are only what it begins with, and its own decision afterwards. */
  readonly isBeginning?: true;
}

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
  readonly invitations: readonly Invitation[];
}

/** What operators declare. Every method throws {@link Refusal} STORE_UNAVAILABLE when there is no usable answer. */
export interface OrganizationRegistry extends Auth0Pointers {
  /** Every organization, a page by one request; what was written within the last second may be missing. */
  list(signal: AbortSignal): Promise<readonly Organization[]>;
  /**
   * The present state of one organization, read consistently: first the organization with its names, then what is stored
   * of these and of the declared ones. Of the invitations every declared one, and the open ones of operators, which are
   * few whatever was ever accepted or has ended: each read consistently, but one that is not declared and was written within
   * the last second may be missing. None where the operator declares no invitations.
   */
  read(declared: DeclaredOrganization, signal: AbortSignal): Promise<OrganizationState>;
  /** How many links were made through the connection: the numbers of one page after the other. */
  countLinks(connection: string, signal: AbortSignal): AsyncIterable<number>;
}
