import type { ConnectionPorts } from "../connections/setup.ts";
import type { DomainPorts } from "../domains/claim.ts";
import { type DomainName, domainOf } from "../email.ts";
import { isCurrent } from "../membership/invitation.ts";
import type { Invitation, MembershipRegistry } from "../membership/memberships.ts";
import { type Administrator, mayActOn } from "../membership/standing.ts";
import { isErased, type Membership, requestedAt } from "../membership.ts";
import type { Organization, RegisteredConnection } from "../organization.ts";
import { isPastRefusal, type RecentRefusal, type RefusalStore, type RefusedReason } from "./refusals.ts";

/**
 * What an administrator can do about a refusal. `ask-owner`: an owner can restore them, for which the rank of the one who
 * reads it is too small. `none-needed`: what refused them is gone, so they can sign in again.
 */
export const REFUSAL_CURES = [
  "verify-domain",
  "switch-on",
  "restore",
  "ask-owner",
  "invite",
  "none-needed",
] as const;
export type RefusalCure = (typeof REFUSAL_CURES)[number];

/** A recent refusal as administrators see it. */
export interface RefusalView
  extends Pick<
    RecentRefusal,
    "email" | "domain" | "userId" | "connection" | "reason" | "firstAt" | "lastAt" | "count"
  > {
  /** Null for what nobody in the organization can do anything about. */
  readonly cure: RefusalCure | null;
  /** When the removed member asked to be restored, since they were removed; null if they have not. ISO 8601, UTC. */
  readonly askedAt: string | null;
}

export interface RefusalListPorts {
  readonly refusals: RefusalStore;
  readonly memberships: Pick<MembershipRegistry, "findMany" | "findInvitation">;
  readonly domains: Pick<DomainPorts["domains"], "list">;
  readonly domainNames: DomainPorts["domainNames"];
  readonly connections: Pick<ConnectionPorts["connections"], "findMany">;
  readonly now: () => Date;
}

/** What a refusal is judged by, as it is now. */
interface Present {
  readonly administrator: Administrator;
  readonly organization: Organization;
  readonly isVerified: (domain: DomainName) => boolean;
  /** Whether any organization can claim the domain. */
  readonly isClaimable: (domain: DomainName) => boolean;
  /** Of the row; null without one. */
  readonly connection: RegisteredConnection | null;
  readonly member: Membership | null;
  readonly invitation: Invitation | null;
  readonly at: string;
}

/** The recent refusals, the latest one first. An address that is not the organization's any more is left out. */
export async function listRefusals(
  administrator: Administrator,
  ports: RefusalListPorts,
  signal: AbortSignal,
): Promise<readonly RefusalView[]> {
  const { organization } = administrator;
  const { id } = organization;
  const now = ports.now();
  const [stored, { domains }] = await Promise.all([
    ports.refusals.list(id, signal),
    ports.domains.list(id, signal),
  ]);
  const recent = stored.filter((each) => !isPastRefusal(each, now)).sort(byTime);
  const verified = new Set(domains.map(({ domain }) => domain));
  const [members, connections, invitations] = await Promise.all([
    ports.memberships.findMany(id, unique(recent.map(({ userId }) => userId)), signal),
    ports.connections.findMany(unique(recent.map(({ connection }) => connection)), signal),
    Promise.all(
      unique(recent.map(({ email }) => email)).map((email) =>
        ports.memberships.findInvitation(id, email, signal),
      ),
    ),
  ]);
  return recent.map((refusal) =>
    viewOf(refusal, {
      administrator,
      organization,
      isVerified: (domain) => verified.has(domain),
      isClaimable: (domain) => ports.domainNames.problemOf(domain) === null,
      connection:
        connections.find((each) => each.organizationId === id && each.name === refusal.connection) ?? null,
      member: members.find(({ userId }) => userId === refusal.userId) ?? null,
      invitation: invitations.find((each) => each !== null && each.email === refusal.email) ?? null,
      at: now.toISOString(),
    }),
  );
}

function viewOf(refusal: RecentRefusal, present: Present): RefusalView {
  const { email, domain, connection, reason, firstAt, lastAt, count } = refusal;
  const { member, invitation, isVerified } = present;
  const isTheirs =
    email !== null && (isVerified(domainOf(email)) || member?.email === email || invitation !== null);
  return {
    email: isTheirs ? email : null,
    domain,
    userId: member?.userId ?? null,
    connection,
    reason,
    firstAt,
    lastAt,
    count,
    cure: CURES[reason]({ ...refusal, email: isTheirs ? email : null }, present),
    askedAt: member === null ? null : requestedAt(member),
  };
}

type CureOf = (refusal: RecentRefusal, present: Present) => RefusalCure | null;

const NO_CURE: CureOf = () => null;

const CURES: Readonly<Record<RefusedReason, CureOf>> = {
  EMAIL_MISSING: NO_CURE,
  EMAIL_INVALID: NO_CURE,
  IDENTITY_CONFLICT: NO_CURE,
  IDENTITY_BLOCKED: NO_CURE,
  SSO_REQUIRED: (_, { organization }) => (organization.enforceSso ? null : "none-needed"),
  DOMAIN_NOT_ALLOWED({ domain }, { connection, isVerified, isClaimable }) {
    if (connection === null || domain === null) return null;
    if (connection.state !== "enabled") return connection.state === "disabled" ? "switch-on" : null;
    if (isVerified(domain)) return "none-needed";
    return isClaimable(domain) ? "verify-domain" : null;
  },
  NOT_A_MEMBER: letIn,
  MEMBERSHIP_REMOVED: letIn,
};

function letIn(...[{ email, domain }, present]: Parameters<CureOf>): RefusalCure | null {
  const { administrator, organization, member, invitation, connection, isVerified, at } = present;
  if (member?.status === "active") return "none-needed";
  if (member !== null && member.leftAt === null && !isErased(member))
    return mayActOn(administrator, member) ? "restore" : "ask-owner";
  if (invitation !== null && (invitation.consumedBy !== null || isCurrent(invitation, at)))
    return "none-needed";
  const joins = member === null && organization.jit && connection?.state === "enabled";
  if (joins && domain !== null && isVerified(domain)) return "none-needed";
  return email === null ? null : "invite";
}

function byTime(one: RecentRefusal, other: RecentRefusal): number {
  if (one.lastAt !== other.lastAt) return one.lastAt < other.lastAt ? 1 : -1;
  return one.slot - other.slot;
}

function unique<T>(values: readonly (T | null)[]): readonly T[] {
  return [...new Set(values.filter((each) => each !== null))];
}
