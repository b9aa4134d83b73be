import { timeFrom } from "../../design/text/time-ago.tsx";
import type { Me } from "../../organization/active-organization.ts";
import { aRole } from "../../organization/role-text.ts";

/** An invitation that waits for the user's answer. */
export type MyInvitation = Me["invitations"][number];

/** An older server does not name the inviter. */
export type Offer = Pick<MyInvitation, "name" | "role"> & Partial<Pick<MyInvitation, "inviter">>;

function invitedText(offer: Offer): string {
  const { before, name, after } = invitedParts(offer);
  return `${before}${name}${after}`;
}

/** The sentence around the name of the organization, which pages emphasize. */
export function invitedParts({ name, role, inviter }: Offer) {
  const who = inviter ? `${inviter} invited you` : "You are invited";
  return { before: `${who} to `, name, after: ` as ${aRole(role)}.` };
}

/** In the bar above other pages. */
export function waitingText(invitations: readonly Offer[]): string {
  const [first] = invitations;
  return invitations.length === 1 && first
    ? invitedText(first)
    : `You have ${invitations.length} invitations.`;
}

export function expiryText({ expiresAt }: Pick<MyInvitation, "expiresAt">, now: number): string {
  return `The invitation expires ${timeFrom(new Date(expiresAt), new Date(now))}.`;
}
