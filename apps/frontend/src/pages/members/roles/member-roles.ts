import type { Member, Role } from "@platform-api/client";
import { pathOf } from "../../../app/routing/path.ts";
import type { MenuChoice } from "../../../design/overlays/menu-choice.ts";
import { ONLY_OWNER } from "../../../organization/member-refusal.ts";
import { ROLE_NAMES, ROLES } from "../../../organization/role-text.ts";

export const MEANINGS: Readonly<Record<Role, string>> = {
  owner: "Manages everything, also admins and sign-in",
  admin: "Manages members, invitations and domains",
  member: "Uses the organization",
};
const RANKS: Readonly<Record<Role, number>> = { member: 0, admin: 1, owner: 2 };

/** Who looks at the list. */
export interface Caller {
  readonly userId: string;
  readonly role: Role;
}

/** Whether the caller may change the member: people below their own role, and for owners everybody. */
export function mayChange(caller: Caller, { role }: Pick<Member, "role">): boolean {
  return caller.role === "owner" || RANKS[role] < RANKS[caller.role];
}

/** Why the caller may not remove or restore a member whom they may not change. */
export function onlyOwners(kind: "remove" | "restore", { role }: Pick<Member, "role">): string {
  return `Only owners can ${kind} ${role}s.`;
}

/** The entries of the audit that a member made or that are about them. */
export function historyOf(organizationId: string, { userId }: Pick<Member, "userId">): string {
  return `${pathOf(organizationId, "audit")}?person=${userId}`;
}

/** The roles in the menu of a member whom the caller may change. A disabled one says why. */
export function roleChoices(caller: Caller, member: Member, isOnlyOwner: boolean): readonly MenuChoice[] {
  return ROLES.map((role) => {
    const choice = { id: role, label: ROLE_NAMES[role], note: MEANINGS[role] };
    if (isOnlyOwner && role !== member.role) return { ...choice, note: ONLY_OWNER, isDisabled: true };
    if (RANKS[role] > RANKS[caller.role])
      return { ...choice, note: "Only owners can make someone an owner.", isDisabled: true };
    return choice;
  });
}
