import { includesRole, ROLES, type Role } from "../wire/index.ts";
import type { CanonicalEmail } from "./email.ts";
import type { OrganizationId } from "./organization-id.ts";
import type { PersonName } from "./person-name.ts";
import { newRevision } from "./revision.ts";
import type { UserId } from "./user-id.ts";

declare module "./transaction.ts" {
  interface Items {
    readonly membership: Membership;
  }
}

/** What created a membership; `import`: an operator carried it over from an older system. */
export const MEMBERSHIP_ORIGINS = ["jit", "invitation", "join", "import"] as const;
export type MembershipOrigin = (typeof MEMBERSHIP_ORIGINS)[number];

/** A user's place in an organization. A removed one stays stored, so that no login creates it again. */
export interface Membership {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly role: Role;
  readonly status: "active" | "removed";
  readonly origin: MembershipOrigin;
  /** The trusted address it was granted by; for an import, that in the directory. Null for a removed one that was erased. */
  readonly email: CanonicalEmail | null;
  /** What the login that made it, or a later one, calls them; null for nothing. For display and search alone. */
  readonly name: PersonName | null;
  /** When a login last said their name; null for never. ISO 8601, UTC. */
  readonly namedAt: string | null;
  /** Whether the invitation was to an address outside the organization's domains: such a user has no SSO there. */
  readonly invitedFromOutside: boolean;
  /** Who invited them; null for nobody, and for an operator. */
  readonly invitedBy: UserId | null;
  /** When a removed member left by themselves; null for anybody else. ISO 8601, UTC. */
  readonly leftAt: string | null;
  /** Who has removed a removed member; null for an operator, for who left, and where an earlier version did not store it. */
  readonly removedBy: UserId | null;
  /** When a removed member last asked to be restored, be it after an earlier removal ({@link requestedAt}); null for never. ISO 8601, UTC. */
  readonly askedAt: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** When they last ceased to have at least this role. What they have offered before is void. ISO 8601, UTC. */
  readonly ceased: Readonly<Partial<Record<Role, string>>>;
  /** Changes with every write, so that of two concurrent changes one loses. */
  readonly rev: string;
}

type Defaulted =
  | "status"
  | "name"
  | "namedAt"
  | "invitedBy"
  | "leftAt"
  | "removedBy"
  | "askedAt"
  | "ceased"
  | "rev";

/** An active membership without a name that nobody was invited to, unless it is given otherwise. */
export function newMembership(given: Partial<Membership> & Omit<Membership, Defaulted>): Membership {
  return {
    status: "active",
    name: null,
    namedAt: null,
    invitedBy: null,
    leftAt: null,
    removedBy: null,
    askedAt: null,
    ceased: {},
    rev: newRevision(),
    ...given,
  };
}

/** What becomes of a member. */
export type MemberChange = Partial<Pick<Membership, "role" | "status" | "leftAt" | "removedBy">>;

/** A member after a change at this time, under a new revision. */
export function changed(present: Membership, change: MemberChange, at: string): Membership {
  const next = { ...present, ...change, rev: newRevision() };
  const ceased = ROLES.filter((role) => hasRole(present, role) && !hasRole(next, role));
  return { ...next, ceased: { ...present.ceased, ...Object.fromEntries(ceased.map((role) => [role, at])) } };
}

/** Whether an erasure has removed the member, or has found them removed: nobody can restore them. */
export function isErased({ email }: Pick<Membership, "email">): boolean {
  return email === null;
}

/** When a removed member has asked to be restored since they were removed; null if they have not. ISO 8601, UTC. */
export function requestedAt({ status, askedAt, ceased }: Membership): string | null {
  if (status !== "removed" || askedAt === null) return null;
  const removedAt = ceased.member;
  return removedAt !== undefined && askedAt < removedAt ? null : askedAt;
}

/** Where a member stands in lists: the active ones by address, then the removed ones, and last those without an address. */
export function memberPosition({
  status,
  email,
  userId,
}: Pick<Membership, "status" | "email" | "userId">): string {
  return email === null ? `${status}~${userId}` : `${status}#${email}#${userId}`; // "~" is behind "#"
}

function hasRole({ role, status }: Membership, required: Role): boolean {
  return status === "active" && includesRole(role, required);
}
