import type { Role } from "../wire/index.ts";
import { isOrganizationId } from "../wire/index.ts";
import type { DomainName } from "./email.ts";
import { Unknown } from "./refusal.ts";

/** The company's own id of a customer organization, chosen by the operator. */
export type OrganizationId = string & { readonly OrganizationId: unique symbol };

/** A customer organization and its sign-in rules. */
export interface Organization {
  readonly id: OrganizationId;
  readonly name: string;
  /** Auth0's id (`org_…`) if the organization also exists there. */
  readonly auth0OrgId: string | null;
  /** Whether a first login makes its user a member (just-in-time provisioning). */
  readonly jit: boolean;
  readonly defaultRole: Role;
  /** Whether a membership counts only for logins through the organization's own connections. */
  readonly enforceSso: boolean;
  /**
   * The organizations whose SSO may also speak for this one's users on a shared domain, for example a group of
   * companies behind one identity provider. Declared by operators only.
   */
  readonly trusts: readonly OrganizationId[];
}

/** A configured route to one customer's identity provider. Registered by operators only. */
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
 * The organizations and their connections and domains. Absence is null or an empty list; an answer may be `IDENTITY_CACHE_MS` old.
 * Every method throws {@link Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts.
 */
export interface Organizations {
  find(id: OrganizationId, signal: AbortSignal): Promise<Organization | null>;
  /** The existing ones, in any order. */
  findMany(ids: readonly OrganizationId[], signal: AbortSignal): Promise<readonly Organization[]>;
  findByAuth0OrgId(auth0OrgId: string, signal: AbortSignal): Promise<Organization | null>;
  findConnection(name: string, signal: AbortSignal): Promise<Connection | null>;
  listConnections(id: OrganizationId, signal: AbortSignal): Promise<readonly Connection[]>;
  /** The organizations that have verified exactly this domain; a subdomain is a domain of its own. */
  listByDomain(domain: DomainName, signal: AbortSignal): Promise<readonly Organization[]>;
}

/** The id of an organization, which may not exist; null for a text that cannot be one. */
export function parseOrganizationId(text: string): OrganizationId | null {
  return isOrganizationId(text) ? (text as OrganizationId) : null;
}

/** @throws {Unknown} for an organization that does not exist */
export async function requireOrganization(
  id: OrganizationId,
  organizations: Pick<Organizations, "find">,
  signal: AbortSignal,
): Promise<Organization> {
  const organization = await organizations.find(id, signal);
  if (organization === null) throw new Unknown("organization", id);
  return organization;
}
