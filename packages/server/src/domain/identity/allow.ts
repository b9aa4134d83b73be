import { type ActionLog, recordActions } from "../audit.ts";
import { type OrganizationId, type Organizations, requireOrganization } from "../organization.ts";
import type { UserId } from "../user-id.ts";
import { type KnownUserPorts, requireKnownUser } from "./known-user.ts";
import {
  allowed,
  decideSpeakers,
  isUnclaimed,
  type Speakers,
  type SpeakersStore,
  trustingOf,
} from "./speakers.ts";

export interface AllowPorts extends ActionLog {
  readonly organizations: Organizations;
  readonly speakers: SpeakersStore;
  readonly now: () => Date;
}

/**
 * Who may speak for the user now, for the operator to judge; changes nothing.
 * @throws {UnknownOrganization}
 * @throws {UnknownUser}
 */
export async function planAllowance(
  { userId, organizationId }: { userId: UserId; organizationId: OrganizationId },
  { organizations, speakers, ...known }: Pick<AllowPorts, "organizations" | "speakers"> & KnownUserPorts,
  signal: AbortSignal,
): Promise<Speakers> {
  await requireOrganization(organizationId, organizations, signal);
  const present = await speakers.find(userId, signal);
  if (isUnclaimed(present)) await requireKnownUser(userId, known, signal);
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
  { organizations, speakers, now, ...log }: AllowPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const at = now().toISOString();
  let changed = false;
  const decide = async (present: Speakers) => {
    const trusting = await trustingOf(present.inside, organizationId, organizations, signal);
    const next = allowed(present, { organizationId, trusting, at });
    changed = next !== present || present.settledAt === at; // stored by this call, whose reply was lost
    return next;
  };
  await decideSpeakers(userId, decide, speakers, signal);
  if (changed) await recordActions([{ at, action: "identity-allowed", userId, organizationId }], log, signal);
  return changed;
}
