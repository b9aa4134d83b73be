import type { Organization, Role } from "@platform-api/client";
import { brand } from "../app/config/brand.ts";

export type Setting = "name" | "jit" | "defaultRole";

/** Why a setting cannot be changed here; null if it can. */
export function lockOf(
  setting: Setting,
  { locked }: Pick<Organization, "locked">,
  role: Role,
): string | null {
  if (locked.includes(setting)) return `Set by ${brand().name}. Ask support to change it.`;
  if (setting !== "name" && role !== "owner") return "Only owners can change this.";
  return null;
}
