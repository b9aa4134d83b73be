import type { Role } from "@platform-api/client";

/** Strongest first: the order of every menu and list. */
export const ROLES: readonly Role[] = ["owner", "admin", "member"];

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  owner: "Owner",
  admin: "Admin",
  member: "Member",
};

export function roleOf(text: string): Role | null {
  return ROLES.find((each) => each === text) ?? null;
}

/** "an admin" */
export function aRole(role: string): string {
  return `${/^[aeiou]/.test(role) ? "an" : "a"} ${role}`;
}
