import { recordActions } from "../audit.ts";
import { allowed, decideSpeakers, isUnclaimed, type Speakers } from "../identity/speakers.ts";
import { type OrganizationId, type Organizations, requireOrganization } from "../organization.ts";
import type { UserId } from "../user-id.ts";
import type { Administration } from "./administration.ts";
import { requireKnownUser } from "./user-overview.ts";

/**
 * Who may speak for the user now, for the operator to judge; changes nothing.
 * @throws {Unknown} the organization or the user
 */
export async function planAllowance(
  { userId, organizationId }: { userId: UserId; organizationId: OrganizationId },
  ports: Administration,
  signal: AbortSignal,
): Promise<Speakers> {
  await requireOrganization(organizationId, ports.organizations, signal);
  const present = await ports.speakers.find(userId, signal);
  if (isUnclaimed(present)) await requireKnownUser(userId, ports, signal);
  return present;
}

/**
 * Lets the organization's SSO speak for the user from now on, and no other: an operator's decision in a conflict.
 * @param organizationId null for a login that is not SSO
 * @returns whether anything had to be changed
 * @throws {AuditIncomplete} when it is changed without an audit entry
 */
export async function allowOrganization(
  { userId, organizationId }: { userId: UserId; organizationId: OrganizationId | null },
  ports: Administration,
  signal: AbortSignal,
): Promise<boolean> {
  const at = ports.now().toISOString();
  let changed = false;
  const decide = async (present: Speakers) => {
    const inside = present.inside.map((each) => each.organizationId);
    const trusting = await trustingOf(inside, organizationId, ports.organizations, signal);
    const next = allowed(present, { organizationId, trusting, at });
    changed = next !== present || present.settledAt === at; // stored by this call, whose reply was lost
    return next;
  };
  await decideSpeakers(userId, decide, ports.speakers, signal);
  if (changed)
    await recordActions([{ at, action: "identity-allowed", userId, organizationId }], ports, signal);
  return changed;
}

/**
 * The organizations that trust `trusted`, read from the store. A deleted organization trusts none.
 * @param trusted null for a login through no organization, which none trusts
 */
export async function trustingOf(
  organizationIds: readonly OrganizationId[],
  trusted: OrganizationId | null,
  stored: Pick<Organizations, "findMany">,
  signal: AbortSignal,
): Promise<ReadonlySet<OrganizationId>> {
  if (trusted === null) return new Set();
  const others = organizationIds.filter((id) => id !== trusted);
  if (others.length === 0) return new Set();
  const organizations = await stored.findMany(others, signal);
  return new Set(organizations.filter(({ trusts }) => trusts.includes(trusted)).map(({ id }) => id));
}
