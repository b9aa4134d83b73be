import type { DomainName } from "../email.ts";
import type { Invitation } from "../membership/membership.ts";
import type {
  Connection,
  LockableSetting,
  Organization,
  OrganizationId,
  RegisteredConnection,
  VerifiedDomain,
} from "../organization.ts";

declare module "../transaction.ts" {
  interface Items {
    readonly pointer: Auth0Pointer;
  }
}

/** Which of our organizations has an Auth0 id. It is stored together with the organization, which names the id too. */
export interface Auth0Pointer {
  readonly auth0OrgId: string;
  readonly organizationId: OrganizationId;
  readonly rev: string;
}

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
export interface OrganizationRegistry {
  /** Every organization; what was written within the last second may be missing. */
  list(
    signal: AbortSignal,
  ): Promise<readonly (OrganizationState & { readonly organization: Organization })[]>;
  /** The connections of every organization; what was written within the last second may be missing. */
  listConnections(signal: AbortSignal): Promise<readonly RegisteredConnection[]>;
  /**
   * The present state of one organization. The index only suggests names: each of them, and each of the
   * declared ones, is then read consistently. So a declared name is never missed, and nothing deleted is listed;
   * only something undeclared that was written within the last second may be missing.
   */
  read(declared: DeclaredOrganization, signal: AbortSignal): Promise<OrganizationState>;
  /** Null where none of our organizations has the Auth0 id. */
  findPointer(auth0OrgId: string, signal: AbortSignal): Promise<Auth0Pointer | null>;
  /** The connection of every identity link, one by one: reads the whole table. */
  linkedConnections(signal: AbortSignal): AsyncIterable<string>;
}
