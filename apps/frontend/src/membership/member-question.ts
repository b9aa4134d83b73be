import type { Member } from "@platform-api/client";
import { aRole } from "../organization/role-text.ts";
import type { Intent } from "./member-intent.ts";

/** What a dialog asks before an owner is made or ended. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** The label of the button that does it. */
  readonly action: string;
  readonly isDangerous: boolean;
}

export function questionAbout(member: Member, intent: Intent, isSelf: boolean): Question {
  const name = isSelf ? "yourself" : (member.email ?? "this owner");
  if (intent.kind === "role" && intent.role === "owner") {
    return {
      title: `Make ${name} an owner?`,
      text: "Owners can do everything here: they manage all members, other owners and single sign-on. Only an owner can undo this.",
      action: "Make owner",
      isDangerous: false,
    };
  }
  if (intent.kind === "role") {
    const { role } = intent;
    return {
      title: `Make ${name} ${aRole(role)}?`,
      text: isSelf
        ? "You stop being an owner at once. Only another owner can undo this."
        : "They stop being an owner within 10 seconds.",
      action: `Make ${role}`,
      isDangerous: isSelf,
    };
  }
  return {
    title: `Remove ${name}?`,
    text: "Their access ends within 10 seconds. If you restore them, they come back as an admin.",
    action: "Remove owner",
    isDangerous: true,
  };
}
