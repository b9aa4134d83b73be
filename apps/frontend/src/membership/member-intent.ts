import type { Member, Role } from "@platform-api/client";

/** What the caller wants of a member. */
export type Intent =
  | { readonly kind: "role"; readonly role: Role }
  | { readonly kind: "remove" }
  | { readonly kind: "restore" };

/** The member as they will be. Nobody is restored as an owner. */
export function applied(member: Member, intent: Intent): Member {
  switch (intent.kind) {
    case "role":
      return { ...member, role: intent.role };
    case "remove":
      return { ...member, status: "removed" };
    case "restore":
      return { ...member, status: "active", role: member.role === "owner" ? "admin" : member.role };
  }
}

/** Whether it is true already: done by somebody else, or although its answer was lost. */
export function isFulfilled(member: Member, intent: Intent): boolean {
  const { role, status } = applied(member, intent);
  return role === member.role && status === member.status;
}

/** Whether it is asked about first, and shown only when it is done: whatever makes or ends an owner. */
export function needsConfirmation(member: Member, intent: Intent): boolean {
  if (intent.kind === "restore") return false;
  return member.role === "owner" || (intent.kind === "role" && intent.role === "owner");
}
