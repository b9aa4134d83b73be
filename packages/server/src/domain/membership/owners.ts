import { includesRole, ROLES, type Role } from "../../wire/index.ts";
import type { AuditEntry } from "../audit.ts";
import type { OrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import type { UserId } from "../user-id.ts";
import type { Membership, MembershipWrites, Owners, OwnersStore } from "./membership.ts";

export const MAX_OWNERS = 20;

export interface OwnerPorts {
  readonly owners: OwnersStore;
  readonly membershipWrites: MembershipWrites;
}

/**
 * Decides, when an owner has left the list, whether those who are still on it are enough.
 * @throws {Refusal} if not: the owner is then put back, and stays
 */
export interface OwnerGuard {
  ownerLeaves(id: OrganizationId, signal: AbortSignal): Promise<void>;
}

/** What becomes of a member. */
export interface MemberChange extends Partial<Pick<Membership, "role" | "status" | "hasLeft">> {
  /** The entry that records it; null keeps the present one. */
  readonly change: AuditEntry | null;
}

/**
 * Makes an active member an owner: the membership first, then the list. Nothing else makes owners. A call that loses a
 * race starts over; one that is repeated after a crash finishes the work.
 * @param decide what to store on the present membership; null for nothing
 * @returns the membership as it is stored now; null when `decide` said so
 * @throws {Refusal} LIMIT_REACHED at {@link MAX_OWNERS}
 */
export async function makeOwner(
  { organizationId, userId }: Pick<Membership, "organizationId" | "userId">,
  decide: (present: Membership | null) => MemberChange | null,
  { owners, membershipWrites }: OwnerPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  for (;;) {
    // In this order: a concurrent demotion changes the list first.
    const listed = await owners.find(organizationId, signal);
    const present = await membershipWrites.find(organizationId, userId, signal);
    const change = decide(present);
    if (present === null || change === null) return null;
    if (listed.userIds.includes(userId) && isOwner(present)) return present;
    const rest = listed.userIds.filter((id) => id !== userId);
    if (rest.length >= MAX_OWNERS) {
      throw new Refusal("LIMIT_REACHED", "the organization has 20 owners", {
        hint: `an organization has at most ${MAX_OWNERS} owners`,
      });
    }
    const next = { ...changed(present, change), role: "owner" } as const;
    if (!(await membershipWrites.replace(next, present, signal))) continue;
    const userIds = [...rest, userId];
    if (await owners.replace({ organizationId, userIds, rev: newRevision() }, listed.rev, signal))
      return next;
  }
}

/**
 * Changes a member who is not an owner afterwards. An owner leaves the list first, so that a crash in between leaves the list
 * too small, never too large. A call that loses a race starts over.
 * @param decide what to store on the present membership; null for nothing
 * @returns the membership as it is stored now; null when `decide` said so
 * @throws {Refusal} LAST_OWNER; NOT_READY while the list is empty; as the guard
 */
export async function changeMember(
  { organizationId, userId }: Pick<Membership, "organizationId" | "userId">,
  decide: (present: Membership | null) => MemberChange | null,
  ports: OwnerPorts & OwnerGuard,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { owners, membershipWrites } = ports;
  for (;;) {
    const present = await membershipWrites.find(organizationId, userId, signal);
    const change = decide(present);
    if (present === null || change === null) return null;
    if (isOwner(present)) {
      const listed = await owners.find(organizationId, signal);
      const userIds = others(listed, userId);
      if (!(await owners.replace({ organizationId, userIds, rev: newRevision() }, listed.rev, signal)))
        continue;
      await ports.ownerLeaves(organizationId, signal).catch(async (error: unknown) => {
        if (error instanceof Refusal) await listAgain(present, ports, signal);
        throw error;
      });
    }
    const next = changed(present, change);
    if (await membershipWrites.replace(next, present, signal)) return next;
  }
}

export function isOwner({ role, status }: Pick<Membership, "role" | "status">): boolean {
  return role === "owner" && status === "active";
}

/** The owners without one of them. @throws {Refusal} LAST_OWNER, NOT_READY */
function others({ userIds }: Owners, userId: UserId): readonly UserId[] {
  if (userIds.length === 0) {
    throw new Refusal("NOT_READY", "the list of owners is empty", {
      hint: "an operator must make an owner with `platform-api member set-role --force`",
    });
  }
  const remaining = userIds.filter((id) => id !== userId);
  if (remaining.length === 0) throw new Refusal("LAST_OWNER", "the last owner stays");
  return remaining;
}

function changed(present: Membership, { change, ...fields }: MemberChange): Membership {
  const next = { ...present, ...fields, change: change ?? present.change, rev: newRevision() };
  if (change === null) return next;
  const ceased = ROLES.filter((role) => hasRole(present, role) && !hasRole(next, role));
  return {
    ...next,
    ceased: { ...present.ceased, ...Object.fromEntries(ceased.map((role) => [role, change.at])) },
  };
}

function hasRole({ role, status }: Membership, required: Role): boolean {
  return status === "active" && includesRole(role, required);
}

/**
 * Adds an owner to the list who is missing there: a crash has left them out, or they had to stay. Where the list is full
 * they stay out of it.
 * @returns whether they are still an owner
 */
export async function listAgain(
  key: Pick<Membership, "organizationId" | "userId">,
  ports: OwnerPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const isStill = (present: Membership | null) =>
    present !== null && isOwner(present) ? { change: null } : null;
  try {
    return (await makeOwner(key, isStill, ports, signal)) !== null;
  } catch (error) {
    if (error instanceof Refusal && error.reason === "LIMIT_REACHED") return true;
    throw error;
  }
}

/** Adds the owner of a new membership to the list. One who does not fit any more becomes an admin. */
export async function listOwnerOf(
  membership: Membership,
  ports: OwnerPorts,
  signal: AbortSignal,
): Promise<Membership> {
  if (!isOwner(membership)) return membership;
  const ifOwner = (change: MemberChange) => (present: Membership | null) =>
    present !== null && isOwner(present) ? change : null;
  const stored = await makeOwner(membership, ifOwner({ change: null }), ports, signal).catch(
    (error: unknown) => {
      if (!(error instanceof Refusal && error.reason === "LIMIT_REACHED")) throw error;
      // The guard counts only those on the list, and this owner is not on it.
      const unguarded = { ...ports, ownerLeaves: async () => {} };
      return changeMember(membership, ifOwner({ role: "admin", change: null }), unguarded, signal);
    },
  );
  return (
    stored ??
    (await ports.membershipWrites.find(membership.organizationId, membership.userId, signal)) ??
    membership
  );
}
