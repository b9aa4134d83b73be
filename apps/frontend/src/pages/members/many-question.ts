import type { Member, Role } from "@platform-api/client";
import type { Question } from "../../design/overlays/confirm-dialog.tsx";
import type { MenuChoice } from "../../design/overlays/menu-choice.ts";
import { aRole, ROLE_NAMES, ROLES } from "../../organization/role-text.ts";
import { people } from "./lists/many-texts.ts";
import { personOf } from "./lists/member-texts.ts";
import { applied, type Intent } from "./member-intents.ts";
import { MEANINGS } from "./roles/member-roles.ts";

/** As many people are named. */
const NAMED = 5;

/** What is asked before the intent is sent for all of them. Null if it would be asked of none. */
export function questionOfMany(intent: Intent, members: readonly Member[]): Question | null {
  const [first] = members.flatMap((member) => intent.question(member, false) ?? []);
  if (members.length > 1 && intent.isRemoval) return questionAboutRemoval(members, first !== undefined);
  if (first === undefined || members.length === 1) return first ?? null;
  const { change } = intent;
  if (typeof change === "string") return first;
  const who = people(members.length);
  const owners = ownersAmong(members);
  const text = change.role === "owner" ? first.text : `${owners} They stop being owners within 10 seconds.`;
  return { ...first, title: `Make ${who} ${change.role}s?`, text, action: `Make ${change.role}s` };
}

/** Many are never removed by one press. */
function questionAboutRemoval(members: readonly Member[], hasOwners: boolean): Question {
  const who = people(members.length);
  const more = members.length - NAMED;
  const names = members.slice(0, NAMED).map(personOf);
  const ends = "Their access ends within 10 seconds.";
  return {
    title: `Remove ${who}?`,
    whom: more > 0 ? [...names, `${more} more`] : names,
    text: hasOwners ? `${ownersAmong(members)} ${ends} Owners whom you restore come back as admins.` : ends,
    action: `Remove ${who}`,
    isDangerous: true,
  };
}

function ownersAmong(members: readonly Member[]): string {
  const count = members.filter(({ role }) => role === "owner").length;
  if (count === members.length) return "All of them are owners.";
  return count === 1 ? "One of them is an owner." : `${count} of them are owners.`;
}

/**
 * What is said of the intent when it is done to many.
 * @param already of how many others it was true before
 */
export function newsOfIntent(intent: Intent, members: readonly Member[], already = 0): string {
  const { change } = intent;
  const who = people(members.length);
  if (change === "remove") return `Removed ${who}. Access ends within 10 seconds.`;
  if (change === "restore") return rolesAgain(members.map((member) => applied(member, intent)));
  const were = `${already === 1 ? `was ${aRole(change.role)}` : `were ${change.role}s`} already.`;
  if (members.length === 0) return `${people(already)} ${were}`;
  const are = `${who} ${members.length === 1 ? `is now ${aRole(change.role)}` : `are now ${change.role}s`}.`;
  return already === 0 ? are : `${are} ${already} ${were}`;
}

/** "3 people are admins again." or "3 people have their roles again: 1 admin and 2 members." */
export function rolesAgain(members: readonly Member[]): string {
  const counts = ROLES.flatMap((role) => {
    const count = members.filter((member) => member.role === role).length;
    return count === 0 ? [] : [{ role, count }];
  });
  const [first, ...others] = counts;
  const who = people(members.length);
  if (first && others.length === 0)
    return `${who} ${first.count === 1 ? `is ${aRole(first.role)}` : `are ${first.role}s`} again.`;
  const texts = counts.map(({ role, count }) => `${count} ${role}${count === 1 ? "" : "s"}`);
  return `${who} have their roles again: ${new Intl.ListFormat("en").format(texts)}.`;
}

/** The role that all of them have. Empty if they have several. */
export function commonRole([first, ...others]: readonly Member[]): Role | "" {
  if (first === undefined) return "";
  return others.every(({ role }) => role === first.role) ? first.role : "";
}

/** The roles that many can be given. */
export function rolesForMany(caller: Role): readonly MenuChoice[] {
  return ROLES.map((role) => {
    const choice = { id: role, label: ROLE_NAMES[role], note: MEANINGS[role] };
    if (caller === "owner" || role !== "owner") return choice;
    return { ...choice, note: "Only owners can make someone an owner.", isDisabled: true };
  });
}
