import { type ActionLog, recordActions } from "../audit.ts";
import { decideInside, type SpeakersStore } from "../identity/speakers.ts";
import type { Membership, Memberships } from "../membership/membership.ts";
import {
  type Organization,
  type OrganizationId,
  type Organizations,
  requireOrganization,
} from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { UserId } from "../user-id.ts";

/** Identifies one membership. */
export interface MembershipKey {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
}

/** Lists and changes memberships. Every method throws {@link Refusal} STORE_UNAVAILABLE without a usable answer. */
export interface MembershipRegistry {
  /** Every membership, removed ones included; what was written within the last second may be missing. */
  listByOrganization(id: OrganizationId, signal: AbortSignal): Promise<readonly Membership[]>;
  /** Returns the membership, now removed; null when there has never been one. `removedAt`: ISO 8601, UTC. */
  remove(key: MembershipKey, removedAt: string, signal: AbortSignal): Promise<Membership | null>;
  /** Returns the membership, now active with its previous role; null when there is none. */
  restore(key: MembershipKey, signal: AbortSignal): Promise<Membership | null>;
}

export interface MemberPorts extends ActionLog {
  readonly organizations: Pick<Organizations, "find">;
  readonly memberships: Pick<Memberships, "find">;
  readonly membershipRegistry: MembershipRegistry;
  readonly speakers: SpeakersStore;
  readonly now: () => Date;
}

export interface MemberChange {
  readonly membership: Membership;
  /** False when the membership had the status already. */
  readonly changed: boolean;
}

/** @throws {UnknownOrganization} */
export async function listMembers(
  id: OrganizationId,
  { organizations, membershipRegistry }: Pick<MemberPorts, "organizations" | "membershipRegistry">,
  signal: AbortSignal,
): Promise<readonly Membership[]> {
  await requireOrganization(id, organizations, signal);
  return membershipRegistry.listByOrganization(id, signal);
}

/**
 * Removes a member. Only {@link restoreMember} undoes this.
 * @throws {UnknownOrganization}
 * @throws {Refusal} NOT_A_MEMBER when the user was never a member
 * @throws {AuditIncomplete} when the member is removed without an audit entry
 */
export async function removeMember(
  key: MembershipKey,
  ports: MemberPorts,
  signal: AbortSignal,
): Promise<MemberChange> {
  const { organizations, memberships, membershipRegistry, now } = ports;
  await requireOrganization(key.organizationId, organizations, signal);
  const at = now().toISOString();
  const before = await memberships.find(key.organizationId, key.userId, signal);
  const membership = await membershipRegistry.remove(key, at, signal);
  return recorded({ at, action: "membership-removed", before, membership }, ports, signal);
}

/**
 * Makes a removed member active again, with their previous role.
 * @throws {UnknownOrganization}
 * @throws {Refusal} NOT_A_MEMBER when the user was never a member; IDENTITY_CONFLICT when another organization's SSO
 * speaks for the user by now
 * @throws {AuditIncomplete} when the member is restored without an audit entry
 */
export async function restoreMember(
  key: MembershipKey,
  ports: MemberPorts,
  signal: AbortSignal,
): Promise<MemberChange> {
  const { organizations, memberships, membershipRegistry, now } = ports;
  const organization = await requireOrganization(key.organizationId, organizations, signal);
  const at = now().toISOString();
  const before = await memberships.find(key.organizationId, key.userId, signal);
  if (before !== null) await speakAgain(before, organization, ports, signal);
  const membership = await membershipRegistry.restore(key, signal);
  return recorded({ at, action: "membership-restored", before, membership }, ports, signal);
}

/** Decided before the membership is restored, so that a crash in between leaves less access, never more. */
async function speakAgain(
  { userId, invitedFromOutside }: Membership,
  organization: Organization,
  { speakers }: Pick<MemberPorts, "speakers">,
  signal: AbortSignal,
): Promise<void> {
  if (invitedFromOutside || (await decideInside(userId, organization, speakers, signal))) return;
  throw new Refusal("IDENTITY_CONFLICT", "another organization's SSO speaks for this user");
}

async function recorded(
  {
    at,
    action,
    before,
    membership,
  }: {
    at: string;
    action: "membership-removed" | "membership-restored";
    before: Membership | null;
    membership: Membership | null;
  },
  log: ActionLog,
  signal: AbortSignal,
): Promise<MemberChange> {
  if (membership === null)
    throw new Refusal("NOT_A_MEMBER", "the user was never a member of the organization");
  const { organizationId, userId, status } = membership;
  const changed = before?.status !== status;
  if (changed) await recordActions([{ at, action, organizationId, userId }], log, signal);
  return { membership, changed };
}
