import { recordActions } from "../audit.ts";
import { decideInside } from "../identity/speakers.ts";
import type { Membership } from "../membership/membership.ts";
import { type Organization, type OrganizationId, requireOrganization } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { Administration, MembershipKey } from "./administration.ts";

interface MemberChange {
  readonly membership: Membership;
  /** False when the membership had the status already. */
  readonly changed: boolean;
}

/** @throws {Unknown} the organization */
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
 * @throws {Unknown} the organization
 * @throws {Refusal} NOT_A_MEMBER when the user was never a member
 * @throws {AuditIncomplete} when the member is removed without an audit entry
 */
export async function removeMember(
  key: MembershipKey,
  ports: Administration,
  signal: AbortSignal,
): Promise<MemberChange> {
  return changeMember("membership-removed", key, ports, signal, ({ at }) =>
    ports.membershipRegistry.remove(key, at, signal),
  );
}

/**
 * Makes a removed member active again, with their previous role.
 * @throws {Unknown} the organization
 * @throws {Refusal} NOT_A_MEMBER when the user was never a member; IDENTITY_CONFLICT when another organization's SSO
 * speaks for the user by now
 * @throws {AuditIncomplete} when the member is restored without an audit entry
 */
export async function restoreMember(
  key: MembershipKey,
  ports: Administration,
  signal: AbortSignal,
): Promise<MemberChange> {
  return changeMember("membership-restored", key, ports, signal, async ({ before, organization }) => {
    // Decided before the membership is restored, so that a crash in between leaves less access, never more.
    const isInside = before !== null && !before.invitedFromOutside;
    if (isInside && !(await decideInside(key.userId, organization, ports.speakers, signal)))
      throw new Refusal("IDENTITY_CONFLICT", "another organization's SSO speaks for this user");
    return ports.membershipRegistry.restore(key, signal);
  });
}

async function changeMember(
  action: "membership-removed" | "membership-restored",
  { organizationId, userId }: MembershipKey,
  ports: Administration,
  signal: AbortSignal,
  change: (present: {
    at: string;
    before: Membership | null;
    organization: Organization;
  }) => Promise<Membership | null>,
): Promise<MemberChange> {
  const organization = await requireOrganization(organizationId, ports.organizations, signal);
  const at = ports.now().toISOString();
  const before = await ports.memberships.find(organizationId, userId, signal);
  const membership = await change({ at, before, organization });
  if (membership === null)
    throw new Refusal("NOT_A_MEMBER", "the user was never a member of the organization");
  const changed = before?.status !== membership.status;
  if (changed) await recordActions([{ at, action, organizationId, userId }], ports, signal);
  return { membership, changed };
}
