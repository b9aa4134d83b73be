import { timeFrom } from "../../design/text/time-ago.tsx";
import type { Me } from "../../organization/active-organization.ts";
import { aRole } from "../../organization/role-text.ts";

/** An invitation that waits for the user's answer. */
export type MyInvitation = Me["invitations"][number];

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
