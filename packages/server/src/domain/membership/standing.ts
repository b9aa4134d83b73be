import { includesRole, type Role } from "../../wire/index.ts";
import { type AuditActor, type AuditEntry, auditEntry, type OperatorActor } from "../audit.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import type { Membership } from "../membership.ts";
import {
  type Organization,
  type OrganizationId,
  type Organizations,
  requireOrganization,
} from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import type { UserId } from "../user-id.ts";
import { requireMembership } from "./access.ts";
import type { MembershipPorts } from "./memberships.ts";

/** Each role with those that it includes. */
interface Includes {
  readonly member: { readonly member: true };
  readonly admin: { readonly member: true; readonly admin: true };
  readonly owner: { readonly member: true; readonly admin: true; readonly owner: true };
}

declare const CHECKED: unique symbol;

/** Who acts in an organization. */
export interface Actor {
  readonly organization: Organization;
  /** Their role. An operator has the strongest one. */
  readonly role: Role;
  /** Null for an operator. */
  readonly userId: UserId | null;
  readonly actor: AuditActor;
  /** The application that they use; null for an operator, and where the token does not say. */
  readonly via: string | null;
  /** What their entries have in common, see {@link AuditEntry.batchId}. */
  readonly batchId: string | null;
}

/** Who acts on so many at once: their entries show that they belong together. */
export function inBatch<By extends Actor>(by: By, count: number): By {
  return count > 1 ? { ...by, batchId: crypto.randomUUID() } : by;
}

/** The entry of what they have done in their organization. */
export function entryBy(
  { organization: { id: organizationId }, actor, via, batchId }: Actor,
  about: Pick<AuditEntry, "at" | "action"> & Partial<AuditEntry>,
): AuditEntry {
  return auditEntry({ ...about, actor, via, batchId, organizationId });
}

/**
 * Somebody whose role in an organization was checked: it is at least `Checked`. Only this file makes such values, so a
 * verb that takes one cannot be called without the check.
 */
export type Standing<Checked extends Role> = Actor & { readonly [CHECKED]: Includes[Checked] };

/** One who was judged by this membership. */
export type Judged<Checked extends Role> = Standing<Checked> & { readonly membership: Membership };

export type Administrator = Standing<"admin">;
export type Owner = Standing<"owner">;

/** What is known of a change before its caller is judged. */
export interface Expected {
  readonly claims: VerifiedClaims;
  readonly organizationId: OrganizationId | null;
  /** The member whom it is about; null for another change. */
  readonly userId: UserId | null;
}

/** Reads what a change will be judged by, in few requests. A hint: it decides nothing, and its failure says nothing. */
export type ReadAhead = (expected: Expected, signal: AbortSignal) => Promise<void>;

/**
 * Checks the caller's role in an organization.
 * @param ports with the caches for what is only shown; without for what changes something: a demoted admin must not
 * promote an accomplice out of a memory
 * @throws {Refusal} as {@link requireMembership}; ROLE_REQUIRED
 */
export async function requireRole<Required extends Role>(
  identity: Identity,
  { organizationId, required }: { organizationId: OrganizationId | null; required: Required },
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Judged<Required>> {
  const { organization, membership } = await requireMembership(identity, organizationId, ports, signal);
  const { role, userId } = membership;
  if (!includesRole(role, required))
    throw new Refusal("ROLE_REQUIRED", `the role does not include ${required}`);
  const via = identity.claims.clientId;
  const actor: AuditActor = `user:${userId}`;
  return { ...checked<Required>({ organization, role, userId, actor, via, batchId: null }), membership };
}

/** @throws {Unknown} the organization */
export async function operatorOf(
  actor: OperatorActor,
  id: OrganizationId,
  organizations: Pick<Organizations, "find">,
  signal: AbortSignal,
): Promise<Owner> {
  const organization = await requireOrganization(id, organizations, signal);
  return checked<"owner">({ organization, role: "owner", userId: null, actor, via: null, batchId: null });
}

function checked<Checked extends Role>(actor: Actor): Standing<Checked> {
  return actor as Standing<Checked>;
}

/** Whether the rank of somebody suffices to change this member. Owners act on everyone, others on lower ranks. */
export function mayActOn(
  { role, userId }: Pick<Actor, "role" | "userId">,
  member: Pick<Membership, "role" | "userId">,
): boolean {
  if (role === "owner") return true;
  return member.userId !== userId && includesRole(role, member.role) && role !== member.role;
}

/** Whether somebody may grant a role: up to their own. */
export function mayGrant({ role }: Actor, granted: Role): boolean {
  return includesRole(role, granted);
}
