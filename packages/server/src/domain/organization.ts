import type { DomainName } from "./email.ts";
import type { Role } from "./role.ts";

/** The company's own id of a customer organization, chosen by the operator. */
export type OrganizationId = string & { readonly OrganizationId: unique symbol };

/** A customer organization and the rules it signs in by. */
export interface Organization {
  readonly id: OrganizationId;
  readonly name: string;
  /** Auth0's id (`org_…`) where the organization exists there too. */
  readonly auth0OrgId: string | null;
  /** Whether a first login makes its person a member (just-in-time provisioning). */
  readonly jit: boolean;
  readonly defaultRole: Role;
  /** Whether a membership counts only for logins through the organization's own connections. */
  readonly enforceSso: boolean;
  /**
   * The organizations whose SSO may also speak for this one's people where a domain is shared: a group behind one
   * identity provider. Declared by operators alone.
   */
  readonly trusts: readonly OrganizationId[];
}

/** A configured route to one customer's identity provider. Registered by operators alone. */
export interface Connection {
  /** Auth0's name of the connection, unique in the tenant. */
  readonly name: string;
  /** The first part of the subjects it produces: `waad`, `samlp`, `okta` … */
  readonly strategy: string;
  readonly displayName: string;
  readonly organizationId: OrganizationId;
}

/** A domain that an organization has verified, and how. */
export interface VerifiedDomain {
  readonly domain: DomainName;
  readonly organizationId: OrganizationId;
  readonly verifiedBy: "operator";
  /** ISO 8601, UTC. */
  readonly verifiedAt: string;
}

/**
 * What is known of organizations. Absence is null or an empty list; an answer may be `IDENTITY_CACHE_MS` old.
 * Every method throws {@link Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts.
 */
export interface Organizations {
  find(id: OrganizationId, signal: AbortSignal): Promise<Organization | null>;
  /** Those that exist, in any order. */
  findMany(ids: readonly OrganizationId[], signal: AbortSignal): Promise<readonly Organization[]>;
  findByAuth0OrgId(auth0OrgId: string, signal: AbortSignal): Promise<Organization | null>;
  findConnection(name: string, signal: AbortSignal): Promise<Connection | null>;
  listConnections(id: OrganizationId, signal: AbortSignal): Promise<readonly Connection[]>;
  /** The organizations that have verified exactly this domain; subdomains are domains of their own. */
  listByDomain(domain: DomainName, signal: AbortSignal): Promise<readonly Organization[]>;
}

/** The shape of an organization id: 1 to 64 letters, digits, dots, hyphens, underscores; null otherwise. */
export function parseOrganizationId(text: string): OrganizationId | null {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) ? (text as OrganizationId) : null;
}
