import type { Role } from "../../wire/index.ts";
import { type AuditAction, type AuditValues, auditEntry, recordActions } from "../audit.ts";
import { domainOf } from "../email.ts";
import { afterMembership, decideInside } from "../identity/speakers.ts";
import { hasVerified, type Membership } from "../membership/membership.ts";
import { changeMember, isOwner, type MemberChange, makeOwner } from "../membership/owners.ts";
import type { Organization } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { UserId } from "../user-id.ts";
import type { OrganizationStores } from "./administration.ts";
import { type Administrator, mayActOn, mayGrant, type Standing } from "./standing.ts";
import { leaveOwners } from "./ways-in.ts";

/**
 * Gives a member another role. Only this verb and an invitation make owners.
 * @param expectedRole what the caller has seen; null for whatever it is
 * @throws {Refusal} NOT_FOUND for somebody who was never a member; ROLE_REQUIRED by the rank of the administrator;
 * CONFLICT for a removed member, or where the role is not the expected one; LAST_OWNER; LIMIT_REACHED; NOT_READY also
 * where SSO is enforced and no other owner could sign in
 * @throws {AuditIncomplete} when the role is changed without an audit entry
 */
export async function setRole(
  administrator: Administrator,
  { userId, role, expectedRole }: { userId: UserId; role: Role; expectedRole: Role | null },
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<Membership> {
  const verb = role === "owner" ? makeOwner : changeMember;
  return change(administrator, { userId, action: "role-changed", verb }, ports, signal, (present) => {
    if (!mayGrant(administrator, role)) throw tooSmallFor("grant this role");
    if (present.status === "active" && present.role === role) return null;
    if (present.status === "removed") throw conflict("the member was removed; restore them first");
    if (expectedRole !== null && present.role !== expectedRole)
      throw conflict("the role is not what you saw; reload");
    return { role };
  });
}

/**
 * Removes a member. No login undoes this, only {@link restoreMember}.
 * @throws {Refusal} NOT_FOUND, ROLE_REQUIRED, LAST_OWNER, NOT_READY as {@link setRole}
 * @throws {AuditIncomplete} when the member is removed without an audit entry
 */
export async function removeMember(
  administrator: Administrator,
  userId: UserId,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<Membership> {
  const about = { userId, action: "membership-removed", verb: changeMember } as const;
  return change(administrator, about, ports, signal, ({ status }) =>
    status === "removed" ? null : { status: "removed", hasLeft: false },
  );
}

/**
 * Makes a removed member active again with their previous role, at most admin.
 * @throws {Refusal} NOT_FOUND, ROLE_REQUIRED as {@link setRole}; CONFLICT for somebody who left by themselves;
 * IDENTITY_CONFLICT when another organization's SSO speaks for the user by now
 * @throws {AuditIncomplete} when the member is restored without an audit entry
 */
export async function restoreMember(
  administrator: Administrator,
  userId: UserId,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<Membership> {
  const { organization } = administrator;
  // Decided before the membership is restored, so that a crash in between leaves less access, never more.
  const before = await ports.membershipWrites.find(organization.id, userId, signal);
  const isRestored = before?.status === "removed" && !before.hasLeft && mayActOn(administrator, before);
  if (isRestored && !(await maySpeakAgain(organization, before, ports, signal)))
    throw new Refusal("IDENTITY_CONFLICT", "another organization's SSO speaks for this user");
  const about = { userId, action: "membership-restored", verb: changeMember } as const;
  return change(administrator, about, ports, signal, ({ status, role, hasLeft }) => {
    if (status === "active") return null;
    if (hasLeft) throw conflict("they left by themselves; invite them instead");
    return { status: "active", role: role === "owner" ? "admin" : role };
  });
}

/**
 * Whether no other organization's SSO speaks for the user, and stores that they are inside if the domain of their address
 * is the organization's now. Nobody was asked, so somebody who was inside a domain that it gave up must not be another
 * holder's user either.
 */
async function maySpeakAgain(
  organization: Organization,
  { userId, email, invitedFromOutside }: Membership,
  { speakers, organizations }: OrganizationStores,
  signal: AbortSignal,
): Promise<boolean> {
  const place = { organization, domain: domainOf(email) };
  if (await hasVerified(organization, email, organizations, signal))
    return decideInside(userId, place, speakers, signal);
  return invitedFromOutside || afterMembership(await speakers.find(userId, signal), place) !== null;
}

/**
 * Ends one's own membership.
 * @throws {Refusal} LAST_OWNER, NOT_READY as {@link setRole}
 * @throws {AuditIncomplete} when the membership is ended without an audit entry
 */
export async function leave(
  standing: Standing<"member">,
  userId: UserId,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const about = { userId, action: "membership-left", verb: changeMember, isOwn: true } as const;
  await change(standing, about, ports, signal, ({ status }) =>
    status === "removed" ? null : { status: "removed", hasLeft: true },
  );
}

interface About {
  readonly userId: UserId;
  readonly action: AuditAction;
  readonly verb: typeof changeMember;
  /** Whether it is the caller's own membership, which no rank protects. */
  readonly isOwn?: boolean;
}

/**
 * Changes a member and records it. What holds already is answered as it is, and its entry appended again under the same
 * key: a crash may have kept it from being written.
 * @param decide what to change on the present membership; null where it holds already
 */
async function change(
  standing: Standing<"member">,
  { userId, action, verb, isOwn = false }: About,
  ports: OrganizationStores,
  signal: AbortSignal,
  decide: (present: Membership) => Omit<MemberChange, "change"> | null,
): Promise<Membership> {
  const { organization, actor, via } = standing;
  const key = { organizationId: organization.id, userId };
  const at = ports.now().toISOString();
  let held: Membership | null = null;
  const stored = await verb(
    key,
    (present) => {
      held = null;
      if (present === null) throw new Refusal("NOT_FOUND", "the user was never a member of the organization");
      if (!isOwn && !mayActOn(standing, present)) throw tooSmallFor("act on this member");
      const fields = decide(present);
      if (fields === null) {
        // An owner whom a crash has left out of the list is added to it.
        if (verb === makeOwner && isOwner(present)) return { change: null };
        held = present;
        return null;
      }
      const next = { ...present, ...fields };
      const about = { before: changedState(present, next), after: changedState(next, present) };
      return { ...fields, change: auditEntry({ ...key, at, actor, via, action, ...about }) };
    },
    { ...ports, ownerLeaves: (id) => leaveOwners(id, ports, signal) },
    signal,
  );
  const membership = stored ?? held;
  if (membership === null) throw new Refusal("INTERNAL", "a member was neither changed nor held");
  const { change: entry } = membership;
  if (entry !== null) await recordActions([entry], { audit: ports.audit, actor: entry.actor }, signal);
  return membership;
}

/** Of role and status, what differs from the other one. */
function changedState({ role, status }: Membership, other: Membership): AuditValues {
  return { ...(role !== other.role && { role }), ...(status !== other.status && { status }) };
}

function tooSmallFor(what: string): Refusal {
  return new Refusal("ROLE_REQUIRED", `the rank is too small to ${what}`);
}

function conflict(hint: string): Refusal {
  return new Refusal("CONFLICT", "the member is not in the expected state", { hint });
}
