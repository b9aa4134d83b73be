import type { Member, Role } from "@platform-api/client";
import type { Question } from "../../design/overlays/confirm-dialog.tsx";
import type { MenuChoice } from "../../design/overlays/menu-choice.ts";
import { ROLE_NAMES, ROLES } from "../../organization/role-text.ts";
import { people } from "./lists/many-texts.ts";
import type { Intent } from "./member-intents.ts";
import { MEANINGS } from "./roles/member-roles.ts";

/** What is asked before the intent is sent for all of them. Null if it would be asked of none. */
export function questionOfMany(intent: Intent, members: readonly Member[]): Question | null {
  const [first] = members.flatMap((member) => intent.question(member, false) ?? []);
  if (first === undefined || members.length === 1) return first ?? null;
  const { change } = intent;
  const who = people(members.length);
  const owners = ownersAmong(members);
  if (typeof change === "string") {
    const text = `${owners} Their access ends within 10 seconds. Owners whom you restore come back as admins.`;
    return { ...first, title: `Remove ${who}?`, text, action: `Remove ${who}` };
  }
  const text = change.role === "owner" ? first.text : `${owners} They stop being owners within 10 seconds.`;
  return { ...first, title: `Make ${who} ${change.role}s?`, text, action: `Make ${change.role}s` };
}

function ownersAmong(members: readonly Member[]): string {
  const count = members.filter(({ role }) => role === "owner").length;
  if (count === members.length) return "All of them are owners.";
  return count === 1 ? "One of them is an owner." : `${count} of them are owners.`;
}

/** The roles that many can be given. */
export function rolesForMany(caller: Role): readonly MenuChoice[] {
  return ROLES.map((role) => {
    const choice = { id: role, label: ROLE_NAMES[role], note: MEANINGS[role] };
    if (caller === "owner" || role !== "owner") return choice;
    return { ...choice, note: "Only owners can make someone an owner.", isDisabled: true };
  });
}
