import type { Membership } from "../membership.ts";

/** A member as administrators see one. */
export type Member = Readonly<ReturnType<typeof memberOf>>;

export function memberOf(membership: Membership) {
  const { userId, email, name, role, status, origin, invitedBy } = membership;
  const { invitedFromOutside: outside, createdAt: joinedAt, leftAt, ceased } = membership;
  const isRemoved = status === "removed";
  const removedAt = isRemoved ? (ceased.member ?? leftAt) : null;
  const removedBy = !isRemoved || leftAt === null ? membership.removedBy : userId;
  return { userId, email, name, role, status, origin, outside, invitedBy, joinedAt, removedAt, removedBy };
}
