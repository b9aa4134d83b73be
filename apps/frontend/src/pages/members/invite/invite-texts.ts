import { isOutage, problemFor } from "../../../app/problems/error-reason.ts";
import type { AppReason } from "../../../app/problems/problems.ts";
import type { IconName } from "../../../design/icon.tsx";
import type { Tone } from "../../../design/text/badge.tsx";
import type { Outcome } from "../invitations/invitation.ts";
import { countsOf, people } from "../lists/many-texts.ts";
import { type Invitee, MAX_INVITEES } from "./invitees.ts";

/** The answer for an address, in words. */
export const OUTCOMES: Readonly<Record<Outcome, { word: string; icon: IconName; tone: Tone }>> = {
  invited: { word: "Invited", icon: "check", tone: "good" },
  renewed: { word: "Invited again", icon: "check", tone: "good" },
  "already-member": { word: "Already a member, role unchanged", icon: "user", tone: "neutral" },
  removed: { word: "Was removed", icon: "alert", tone: "warn" },
  invalid: { word: "Not an e-mail address", icon: "alert", tone: "bad" },
};

const anyOf = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** Who joins without an invitation, where joining is on. */
export function uninvitedText(domains: readonly string[]): string {
  const shown = domains.length > 3 ? ["your domains"] : domains.map((domain) => `@${domain}`);
  return `People at ${anyOf.format(shown)} need no invitation to join, unless they were removed.`;
}

/** What is wrong with the people so far; null if nothing is. */
export function draftProblem(invitees: readonly Invitee[]): string | null {
  const bad = invitees.filter(({ email }) => email === null).length;
  const good = invitees.length - bad;
  if (good > MAX_INVITEES) {
    const excess = good - MAX_INVITEES;
    return `You can invite ${MAX_INVITEES} people at a time. Remove ${excess} of the ${good} addresses, and invite them afterwards.`;
  }
  if (bad === 0) return null;
  return bad === 1
    ? "1 of these is not an e-mail address. Fix or remove it."
    : `${bad} of these are not e-mail addresses. Fix or remove them.`;
}

/** What the answers say together, for a screen reader and for the toast. */
export function summaryOf(outcomes: readonly Outcome[]): string {
  const parts: Readonly<Record<Outcome, (n: number) => string>> = {
    invited: (n) => `${people(n)} invited`,
    renewed: (n) => `${people(n)} invited again`,
    "already-member": (n) => (n === 1 ? "1 is already a member" : `${n} are already members`),
    removed: (n) => (n === 1 ? "1 was removed earlier" : `${n} were removed earlier`),
    invalid: (n) => (n === 1 ? "1 is not an e-mail address" : `${n} are not e-mail addresses`),
  };
  return `${countsOf(outcomes, (outcome, count) => parts[outcome](count))}.`;
}

const FAILURES: Partial<Record<AppReason, string>> = {
  ROLE_REQUIRED:
    "Your role does not allow one of these invitations. Only owners invite owners, replace an owner’s invitation, and invite people outside your domains while single sign-on is required.",
  LIMIT_REACHED: "500 invitations are open. Revoke some that you no longer need, then try again.",
  RATE_LIMITED: "Too many invitations were sent. Wait a while, then try again.",
  NOT_READY: "This organization is closed.",
  NOT_A_MEMBER: "You are no longer a member of this organization.",
};

/** Why nobody was invited. */
export function inviteFailure(reason: AppReason): string {
  const known = FAILURES[reason];
  if (known !== undefined) return known;
  const { what, next } = problemFor(reason);
  // A repeated invitation only renews the first one.
  return isOutage(reason) ? `${what} Try again in a moment; nobody is invited twice.` : `${what} ${next}`;
}
