import type { Membership } from "../membership.ts";
import type { Organization } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import type { Write } from "../transaction.ts";

export const MAX_OWNERS = 20;

export function isOwner({ role, status }: Pick<Membership, "role" | "status">): boolean {
  return role === "owner" && status === "active";
}

/**
 * The organization after a member has become an owner, or ceased to be one. It is written with the member: "the last
 * owner stays" is decided on the list.
 * @throws {Refusal} LIMIT_REACHED at {@link MAX_OWNERS}; LAST_OWNER
 */
export function ownersWrite(present: Organization, member: Membership): Write {
  const rest = present.owners.filter((id) => id !== member.userId);
  if (isOwner(member) && rest.length >= MAX_OWNERS) {
    const hint = `an organization has at most ${MAX_OWNERS} owners`;
    throw new Refusal("LIMIT_REACHED", "the organization has 20 owners", { hint });
  }
  if (!isOwner(member) && rest.length === 0) throw new Refusal("LAST_OWNER", "the last owner stays");
  const owners = isOwner(member) ? [...rest, member.userId] : rest;
  return { item: "organization", next: { ...present, owners, rev: newRevision() }, present };
}

/**
 * What a new membership writes in place of `present`, and the organization where it is an owner's. An organization that
 * has all the owners it can have gets an admin.
 */
export function admission(
  proposed: Membership,
  present: Membership | null,
  organization: Organization,
): { readonly membership: Membership; readonly writes: readonly Write[] } {
  const isFull = organization.owners.length >= MAX_OWNERS;
  const membership = isOwner(proposed) && isFull ? { ...proposed, role: "admin" as const } : proposed;
  const write: Write = { item: "membership", next: membership, present };
  const owners = isOwner(membership) ? [ownersWrite(organization, membership)] : [];
  return { membership, writes: [write, ...owners] };
}
