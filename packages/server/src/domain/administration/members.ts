import { recordActions } from "../audit.ts";
import { decideInside } from "../identity/speakers.ts";
import type { Membership } from "../membership/membership.ts";
import { type OrganizationId, requireOrganization } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { Administration, MembershipKey } from "./administration.ts";

interface MemberChange {
  readonly membership: Membership;
  /** False when the membership had the status already. */
  readonly changed: boolean;
}

/** @throws {UnknownOrganization} */
export async function listMembers(
  id: OrganizationId,
  { organizations, membershipRegistry }: Administration,
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
  ports: Administration,
  signal: AbortSignal,
): Promise<MemberChange> {
  await requireOrganization(key.organizationId, ports.organizations, signal);
  const at = ports.now().toISOString();
  const before = await ports.memberships.find(key.organizationId, key.userId, signal);
  const membership = await ports.membershipRegistry.remove(key, at, signal);
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
  ports: Administration,
  signal: AbortSignal,
): Promise<MemberChange> {
  const organization = await requireOrganization(key.organizationId, ports.organizations, signal);
  const at = ports.now().toISOString();
  const before = await ports.memberships.find(key.organizationId, key.userId, signal);
  // Decided before the membership is restored, so that a crash in between leaves less access, never more.
  const isInside = before !== null && !before.invitedFromOutside;
  if (isInside && !(await decideInside(key.userId, organization, ports.speakers, signal)))
    throw new Refusal("IDENTITY_CONFLICT", "another organization's SSO speaks for this user");
  const membership = await ports.membershipRegistry.restore(key, signal);
  return recorded({ at, action: "membership-restored", before, membership }, ports, signal);
}

interface MadeChange {
  readonly at: string;
  readonly action: "membership-removed" | "membership-restored";
  readonly before: Membership | null;
  readonly membership: Membership | null;
}

async function recorded(
  { at, action, before, membership }: MadeChange,
  ports: Administration,
  signal: AbortSignal,
): Promise<MemberChange> {
  if (membership === null)
    throw new Refusal("NOT_A_MEMBER", "the user was never a member of the organization");
  const { organizationId, userId, status } = membership;
  const changed = before?.status !== status;
  if (changed) await recordActions([{ at, action, organizationId, userId }], ports, signal);
  return { membership, changed };
}
