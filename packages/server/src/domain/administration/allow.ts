import { auditEntry } from "../audit.ts";
import { allowed, isUnclaimed, type Speakers, speakersWrites } from "../identity/speakers.ts";
import { type OrganizationId, type Organizations, requireOrganization } from "../organization.ts";
import { transact } from "../transaction.ts";
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
 */
export async function allowOrganization(
  { userId, organizationId }: { userId: UserId; organizationId: OrganizationId | null },
  { speakers, organizations, transactions, actor, now }: Administration,
  signal: AbortSignal,
): Promise<boolean> {
  const at = now().toISOString();
  const entry = auditEntry({ at, actor, action: "identity-allowed", userId, organizationId });
  return transact(
    {
      async read() {
        const present = await speakers.find(userId, signal);
        const inside = present.inside.map((each) => each.organizationId);
        return { present, trusting: await trustingOf(inside, organizationId, organizations, signal) };
      },
      decide({ present, trusting }) {
        const writes = speakersWrites(allowed(present, { organizationId, trusting, at }), present);
        if (writes.length === 0) return { changes: null, result: false };
        return { changes: { writes, unchanged: [], audit: [entry] }, result: true };
      },
    },
    transactions,
    signal,
  );
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
