import type { Membership } from "../membership/membership.ts";

/** A member as administrators see one. */
export type Member = Readonly<ReturnType<typeof memberOf>>;

export function memberOf(membership: Membership) {
  return {
    userId: membership.userId,
    email: membership.email,
    role: membership.role,
    status: membership.status,
    origin: membership.origin,
    outside: membership.invitedFromOutside,
    invitedBy: membership.invitedBy,
    joinedAt: membership.createdAt,
  };
}
