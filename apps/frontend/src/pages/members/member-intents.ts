import type { Member, PlatformClient, Role } from "@platform-api/client";
import type { AppReason } from "../../app/problems/problems.ts";
import type { Question } from "../../design/overlays/confirm-dialog.tsx";
import { type MemberRefusal, refusalOf } from "../../organization/member-refusal.ts";
import { aRole } from "../../organization/role-text.ts";
import { personOf } from "./lists/member-texts.ts";

type Members = PlatformClient["org"]["members"];

/** What somebody wants to become of one member: everything that differs from one change to another. */
export interface Intent {
  /** What will be different about the member. */
  changes(member: Member): Partial<Member>;
  send(members: Members, whom: { organizationId: string; userId: string }, member: Member): Promise<Member>;
  /** The same for many, as the server names it. */
  readonly change: { readonly role: Role } | "remove" | "restore";
  /** Whatever makes or ends an owner is asked about first, and shown only when it is done. Null for the rest. */
  question(member: Member, isSelf: boolean): Question | null;
  /** What is said of it when it is done. */
  news(member: Member): string;
  /** What takes it back. Null if that is not offered. */
  readonly undo: ((member: Member) => Intent) | null;
  readonly isRemoval: boolean;
  /** How a refusal of it begins. */
  readonly failed: string;
  readonly conflict: string;
}

const CHANGED_MEANWHILE = "Someone else changed this member meanwhile.";

export function toRole(role: Role): Intent {
  return {
    changes: () => ({ role }),
    send: (members, whom, { role: expectedRole }) => members.setRole.mutate({ ...whom, role, expectedRole }),
    change: { role },
    question: (member, isSelf) => questionAboutRole(role, member, isSelf),
    news: (member) => `${personOf(member)} is now ${aRole(role)}.`,
    undo: (member) => toRole(member.role),
    isRemoval: false,
    failed: "Role not changed.",
    conflict: CHANGED_MEANWHILE,
  };
}

export const REMOVE: Intent = {
  changes: () => ({ status: "removed" }),
  send: (members, whom) => members.remove.mutate(whom),
  change: "remove",
  question: (member, isSelf) =>
    member.role !== "owner"
      ? null
      : {
          title: `Remove ${ownerName(member, isSelf)}?`,
          text: "Their access ends within 10 seconds. If you restore them, they come back as an admin.",
          action: "Remove owner",
          isDangerous: true,
        },
  news: () => "Removed. Access ends within 10 seconds.",
  undo: () => RESTORE,
  isRemoval: true,
  failed: "Not removed.",
  conflict: CHANGED_MEANWHILE,
};

/** Nobody is restored as an owner. */
export const RESTORE: Intent = {
  changes: ({ role }) => ({ status: "active", role: role === "owner" ? "admin" : role }),
  send: (members, whom) => members.restore.mutate(whom),
  change: "restore",
  question: () => null,
  news: (member) => `${personOf(member)} is ${aRole(applied(member, RESTORE).role)} again.`,
  undo: null,
  isRemoval: false,
  failed: "Not restored.",
  conflict: "They left by themselves, or their data was erased. Only an invitation can bring them back.",
};

function questionAboutRole(role: Role, member: Member, isSelf: boolean): Question | null {
  if (role !== "owner" && member.role !== "owner") return null;
  const text =
    role === "owner"
      ? "Owners can do everything here: they manage all members, other owners and single sign-on. Only an owner can undo this."
      : isSelf
        ? "You stop being an owner at once. Only another owner can undo this."
        : "They stop being an owner within 10 seconds.";
  return {
    title: `Make ${ownerName(member, isSelf)} ${aRole(role)}?`,
    text,
    action: `Make ${role}`,
    isDangerous: isSelf && role !== "owner",
  };
}

function ownerName(member: Member, isSelf: boolean): string {
  return isSelf ? "yourself" : (member.email ?? "this owner");
}

/** The member as they will be. */
export function applied(member: Member, intent: Intent): Member {
  return { ...member, ...intent.changes(member) };
}

/** Whether it is true already: done by somebody else, or although its answer was lost. */
export function isFulfilled(member: Member, intent: Intent): boolean {
  const now: Readonly<Record<string, unknown>> = member;
  return Object.entries(intent.changes(member)).every(([field, value]) => now[field] === value);
}

export function memberRefusal(reason: AppReason, { failed, conflict }: Intent): MemberRefusal {
  const { text, canRepeat } =
    reason === "CONFLICT" ? { text: conflict, canRepeat: false } : refusalOf(reason);
  return { text: `${failed} ${text}`, canRepeat };
}
