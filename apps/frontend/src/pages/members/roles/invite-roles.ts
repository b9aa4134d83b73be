import type { Role } from "@platform-api/client";
import type { MenuChoice } from "../../../design/overlays/menu-choice.ts";
import { ROLE_NAMES, ROLES } from "../../../organization/role-text.ts";
import { MEANINGS } from "./member-roles.ts";

/** Whether the caller may offer this role, and so also resend and revoke an invitation to it. */
export function mayOffer(caller: Role, role: Role): boolean {
  return caller === "owner" || (caller === "admin" && role !== "owner");
}

/** The roles that the caller may offer. */
export function rolesToOffer(caller: Role): readonly (MenuChoice & { readonly id: Role })[] {
  return ROLES.filter((role) => mayOffer(caller, role)).map((role) => ({
    id: role,
    label: ROLE_NAMES[role],
    note: MEANINGS[role],
  }));
}
