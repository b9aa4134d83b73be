import type { Role } from "../wire/index.ts";
import type { DomainProof } from "./domain-proof.ts";
import type { DomainName } from "./email.ts";
import type { OrganizationId } from "./organization-id.ts";
import { Refusal, Unknown } from "./refusal.ts";
import { newRevision } from "./revision.ts";
import type { Transactions } from "./transaction.ts";
import type { UserId } from "./user-id.ts";

export { type OrganizationId, parseOrganizationId } from "./organization-id.ts";

declare module "./transaction.ts" {
  interface Items {
    readonly organization: Organization;
    readonly domain: VerifiedDomain;
    readonly connection: RegisteredConnection;
  }
}

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
  /** Whether it is recorded as closed. Only {@link isClosed} tells whether it is: its time may have come since. */
  readonly state: "open" | "closed";
  /** When it closes, or has closed; null while nobody has asked for that. */
  readonly closing: Closing | null;
  /** When its owners last asked to close it, whatever became of that; null for never. ISO 8601, UTC. */
  readonly closingAskedAt: string | null;
  /** What an operator's file decides, and nobody else. */
  readonly locked: readonly Lockable[];
  /** The active owners, in the order in which they became owners. */
  readonly owners: readonly UserId[];
  /** The domains that it has verified, and those that have lapsed. */
  readonly domains: readonly DomainName[];
  /** The domains that it has claimed, and when each claim expires. ISO 8601, UTC. */
  readonly claims: Readonly<Record<DomainName, string>>;
  /** The names of its connections that are not removed. */
  readonly connections: readonly string[];
  /** What `org apply` has found to hold already, in all that it declares; null for nothing. */
  readonly applied: AppliedDeclaration | null;
  readonly rev: string;
}

/** The end of an organization, which comes by itself: from its time on every process takes it for closed. */
export interface Closing {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The owner who asked for it; null for an operator. */
  readonly by: UserId | null;
  /** What became of the mails that tell its owners; `none` where none was to be sent. */
  readonly mail: "sending" | "sent" | "failed" | "none";
}

/** Tells the time by which an organization is open or closed. */
export interface Timed {
  readonly now: () => Date;
}

/**
 * A declaration that holds as long as the organization has this revision, and its invitations are as they were: whatever
 * changes what is declared writes the organization, or its invitation ledger.
 */
export interface AppliedDeclaration {
  /** SHA-256, in hexadecimal digits. */
  readonly digest: string;
  readonly rev: string;
  /** Null where it declares no invitations. */
  readonly invitations: {
    /** As the invitation ledger counts them. */
    readonly changes: number;
    /** When an invitation expires, or may be deleted, that then may be offered again; null for none. ISO 8601, UTC. */
    readonly until: string | null;
  } | null;
}

/** The settings that an operator's file may leave to the organization. */
export const LOCKABLE_SETTINGS = ["name", "jit", "defaultRole", "enforceSso"] as const;
export type LockableSetting = (typeof LOCKABLE_SETTINGS)[number];

/** What such a file may decide: also that only operators close the organization. */
export const LOCKABLE = [...LOCKABLE_SETTINGS, "closing"] as const;
export type Lockable = (typeof LOCKABLE)[number];

/** A route to one customer's identity provider that is registered and enabled: its logins are that organization's SSO. */
export interface Connection {
  /** Auth0's name of the connection, unique in the tenant. */
  readonly name: string;
  /** The first part of the subjects it produces: `waad`, `samlp`, `okta` … */
  readonly strategy: string;
  readonly displayName: string;
  readonly organizationId: OrganizationId;
}

/** A connection as it is stored. Only an enabled one is an organization's SSO, see {@link enabledOf}. */
export interface RegisteredConnection extends Connection {
  /**
   * A removed connection stays stored: tokens that name it are refused, and not taken for logins that are not SSO. The
   * name of a removed one of the organization's own is never used again; operators register theirs again.
   */
  readonly state: "enabled" | "disabled" | "removed";
  /** Who set it up. Only operators change those of operators. */
  readonly origin: "operator" | "self-service";
  /** Auth0's id of it (`con_…`); null for those of operators. */
  readonly auth0Id: string | null;
  /** When a login through it last passed its test. ISO 8601, UTC. */
  readonly testedAt: string | null;
  readonly rev: string;
}

/** A domain that an organization has verified, and how. */
export interface VerifiedDomain {
  readonly domain: DomainName;
  readonly organizationId: OrganizationId;
  readonly verifiedBy: "operator" | "dns";
  /** ISO 8601, UTC. */
  readonly verifiedAt: string;
  /** The DNS record that proves it; null for a domain of an operator. */
  readonly proof: DomainProof | null;
  readonly rev: string;
}

/**
 * The organizations and their connections and domains. Absence is null or an empty list; a change by another process may
 * take 5 s to show. Every method throws {@link Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal`
 * aborts.
 */
export interface Organizations {
  find(id: OrganizationId, signal: AbortSignal): Promise<Organization | null>;
  /** The existing ones, in any order. */
  findMany(ids: readonly OrganizationId[], signal: AbortSignal): Promise<readonly Organization[]>;
  findByAuth0OrgId(auth0OrgId: string, signal: AbortSignal): Promise<Organization | null>;
  /** Also one that is off; null if none was ever registered under the name. */
  findConnection(name: string, signal: AbortSignal): Promise<RegisteredConnection | null>;
  /** The enabled ones. */
  listConnections(id: OrganizationId, signal: AbortSignal): Promise<readonly Connection[]>;
  /** The organizations that have verified exactly this domain; a subdomain is a domain of its own. */
  listByDomain(domain: DomainName, signal: AbortSignal): Promise<readonly Organization[]>;
}

/** What every change in an organization reads and writes, without a cache. */
export interface ChangePorts {
  readonly organizations: Organizations;
  readonly transactions: Transactions;
  readonly now: () => Date;
}

/** An organization of which nothing is known but its id. */
export function newOrganization(id: OrganizationId): Organization {
  return {
    id,
    name: id,
    auth0OrgId: null,
    jit: true,
    defaultRole: "member",
    enforceSso: false,
    trusts: [],
    state: "open",
    closing: null,
    closingAskedAt: null,
    locked: [],
    rev: newRevision(),
    owners: [],
    domains: [],
    claims: {},
    connections: [],
    applied: null,
  };
}

export function declaredDomain(
  declared: Pick<VerifiedDomain, "domain" | "organizationId" | "verifiedAt">,
): VerifiedDomain {
  return { ...declared, verifiedBy: "operator", proof: null, rev: newRevision() };
}

export function declaredConnection(connection: Connection): RegisteredConnection {
  const { name, strategy, displayName, organizationId } = connection;
  const declared = { state: "enabled", origin: "operator", auth0Id: null, testedAt: null } as const;
  return { name, strategy, displayName, organizationId, ...declared, rev: newRevision() };
}

/** The connection, unless it is switched off, was removed, or never existed. */
export function enabledOf(stored: RegisteredConnection | null): RegisteredConnection | null {
  return stored?.state === "enabled" ? stored : null;
}

/** Those of the organization that are enabled, by name. */
export function enabledIn(
  id: OrganizationId,
  stored: readonly (RegisteredConnection | null)[],
): readonly RegisteredConnection[] {
  const enabled = stored.map(enabledOf).filter((each) => each?.organizationId === id);
  return enabled.filter((each) => each !== null).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Whether it is closed now: nobody belongs to a closed one, and nobody can join it. Its domains stay verified without
 * enforcing SSO. The one place that answers this.
 */
export function isClosed(
  { state, closing }: Pick<Organization, "state" | "closing">,
  { now }: Timed,
): boolean {
  return state === "closed" || (closing !== null && now().getTime() >= Date.parse(closing.at));
}

/** Whether memberships count only for logins through the organization's own connections now. */
export function enforcesSso(
  organization: Pick<Organization, "enforceSso" | "state" | "closing">,
  timed: Timed,
): boolean {
  return organization.enforceSso && !isClosed(organization, timed);
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

/** The organization of somebody who acts in it. @throws {Refusal} NOT_A_MEMBER where it is gone */
export async function findOrganization(
  id: OrganizationId,
  { organizations }: { readonly organizations: Pick<Organizations, "find"> },
  signal: AbortSignal,
): Promise<Organization> {
  const organization = await organizations.find(id, signal);
  if (organization === null) throw new Refusal("NOT_A_MEMBER", "the organization does not exist any more");
  return organization;
}
