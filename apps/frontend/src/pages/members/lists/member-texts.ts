import type { Member } from "@platform-api/client";
import { brand } from "../../../app/config/brand.ts";
import { personText } from "../../../organization/person-text.ts";

/** Of the badge "Outside". */
export const OUTSIDE =
  "An address outside the verified domains of this organization, as a guest or a partner has.";

/** How somebody became a member. The inviter is null for an operator, and undefined until it is known. */
export function originText(origin: Member["origin"], inviter: string | null | undefined): string {
  switch (origin) {
    case "jit":
      return "Single sign-on";
    case "join":
      return "Joined by domain";
    case "import":
      return "Imported";
    case "invitation":
      if (inviter === undefined) return "Invited";
      return `Invited by ${inviter ?? brand().name}`;
  }
}

/** What a member is called in sentences. */
export function personOf(member: Pick<Member, "email" | "name" | "userId">): string {
  const { email, name } = member;
  return email === null ? nameOf(member) : personText(name, email);
}

/** What a member is called in labels. Only who was erased has no address. */
export function nameOf({ email, userId }: Pick<Member, "email" | "userId">): string {
  return email ?? `erased user ${userId.slice(0, 8)}`;
}
