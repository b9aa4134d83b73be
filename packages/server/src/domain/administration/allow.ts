import { type AuditActor, auditEntry } from "../audit.ts";
import { allowed, isUnclaimed, type Speakers, speakersWrites } from "../identity/speakers.ts";
import { type OrganizationId, type Organizations, requireOrganization } from "../organization.ts";
import { type Changes, transact } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import type { Administration } from "./administration.ts";
import { requireKnownUser } from "./user-overview.ts";

/** Whose SSO is to speak for a user. */
export interface Allowance {
  readonly userId: UserId;
  /** Null for a login that is not SSO. */
  readonly organizationId: OrganizationId | null;
}

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
 * @returns whether anything had to be changed
 */
export function allowOrganization(
  allowance: Allowance,
  ports: Administration,
  signal: AbortSignal,
): Promise<boolean> {
  const by = { ...allowance, at: ports.now().toISOString(), actor: ports.actor };
  return transact(
    {
      read: () => readAllowance(allowance, ports, signal),
      decide(ground) {
        const changes = allowanceChanges(ground, by);
        return { changes, result: changes !== null };
      },
    },
    ports.transactions,
    signal,
  );
}

/** What an allowance is decided on. */
export interface AllowanceGround {
  readonly speakers: Speakers;
  /** The organizations inside that trust the allowed one. */
  readonly trusting: ReadonlySet<OrganizationId>;
}

export async function readAllowance(
  { userId, organizationId }: Allowance,
  ports: Pick<Administration, "speakers" | "organizations">,
  signal: AbortSignal,
): Promise<AllowanceGround> {
  const speakers = await ports.speakers.find(userId, signal);
  const inside = speakers.inside.map((each) => each.organizationId);
  return { speakers, trusting: await trustingOf(inside, organizationId, ports.organizations, signal) };
}

/** @returns null where the organization speaks for the user already */
export function allowanceChanges(
  { speakers, trusting }: AllowanceGround,
  {
    userId,
    organizationId,
    at,
    actor,
  }: Allowance & {
    /** ISO 8601, UTC. */
    readonly at: string;
    readonly actor: AuditActor;
  },
): Changes | null {
  const next = allowed(speakers, { organizationId, trusting, at });
  if (next === speakers) return null;
  const entry = auditEntry({ at, actor, action: "identity-allowed", userId, organizationId });
  return { writes: speakersWrites(next, speakers), unchanged: [], audit: [entry] };
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
