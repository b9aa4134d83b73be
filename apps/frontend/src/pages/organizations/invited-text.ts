import { timeFrom } from "../../design/text/time-ago.tsx";
import type { Me } from "../../organization/active-organization.ts";
import { aRole } from "../../organization/role-text.ts";

/** An invitation that waits for the user's answer. */
export type MyInvitation = Me["invitations"][number];

/** One that cannot be accepted any more. */
export type PastInvitation = Me["pastInvitations"][number];

/** An older server does not name the inviter. */
export type Offer = Pick<MyInvitation, "name" | "role"> &
  Partial<Pick<MyInvitation, "inviter" | "inviterName">>;

/** Who invites. People choose their names themselves, so the address stands beside it. Null for an operator. */
export function inviterText({
  inviter,
  inviterName,
}: Partial<Pick<MyInvitation, "inviter" | "inviterName">>) {
  if (!inviter) return null;
  return inviterName ? `${inviterName} (${inviter})` : inviter;
}

/** The sentence around the inviter and the name of the organization, which pages set apart. */
export function invitedParts({ name, role, ...by }: Offer) {
  const who = inviterText(by);
  return {
    who,
    before: `${who === null ? "You are invited" : " invited you"} to `,
    name,
    after: ` as ${aRole(role)}.`,
  };
}

export function expiryText({ expiresAt }: Pick<MyInvitation, "expiresAt">, now: number): string {
  return `The invitation expires ${timeFrom(new Date(expiresAt), new Date(now))}.`;
}

/** Why an invitation cannot be accepted any more. `next` is null where somebody can be named who helps. */
export function pastTexts({ name, state, since, inviter }: PastInvitation, now: number) {
  const ago = timeFrom(new Date(since), new Date(now));
  switch (state) {
    case "expired":
      return {
        title: "This invitation has expired",
        what: `The invitation to ${name} expired ${ago}.`,
        next: inviter === null ? `Ask an administrator of ${name} for a new one.` : null,
      };
    case "revoked":
      return {
        title: "This invitation was withdrawn",
        what: `${name} withdrew it ${ago}.`,
        next: "If you think that this is a mistake, ask the person who invited you.",
      };
    case "declined":
      return {
        title: "You declined this invitation",
        what: `You declined the invitation to ${name} ${ago}.`,
        next: `If you changed your mind, ask an administrator of ${name} for a new one.`,
      };
    case "void":
      return {
        title: "This invitation is no longer valid",
        what: `The person who sent it can’t invite people to ${name} any more.`,
        next: `Ask another administrator of ${name} for a new one.`,
      };
  }
}
