import { includesRole } from "../../wire/index.ts";
import { type AuditEntry, auditEntry } from "../audit.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import type { Membership } from "../membership.ts";
import type { Organization } from "../organization.ts";
import { newRevision } from "../revision.ts";
import type { Invitation, InvitationList, InvitationRange } from "./memberships.ts";

export type InvitationState = "open" | "accepted" | "expired" | NonNullable<Invitation["ended"]>;

/**
 * @param now ISO 8601, UTC
 * @param inviter the membership of who invited; null if they are not a member, and never were
 */
export function stateOf(
  invitation: Invitation,
  { now, inviter }: { now: string; inviter: Membership | null },
): InvitationState {
  if (invitation.consumedBy !== null) return "accepted";
  if (invitation.ended !== null) return invitation.ended;
  if (!isCurrent(invitation, now)) return "expired";
  return mayStillGrant(invitation, inviter) ? "open" : "void";
}

/** Whether it is neither consumed, ended nor expired. Its inviter may still have lost the right to invite. */
export function isCurrent({ consumedBy, ended, expiresAt }: Invitation, now: string): boolean {
  return consumedBy === null && ended === null && expiresAt > now;
}

/** How long an invitation stays stored after it has ended or expired. */
const KEPT_MS = 90 * 24 * 60 * 60 * 1_000;

/**
 * Until when an invitation stays stored. Null is for good: a declared one that was accepted, or that others have ended,
 * because the file would offer it again.
 */
export function keptUntil({ declared, consumedBy, endedBy, endedAt, expiresAt }: Invitation): Date | null {
  if (declared && (consumedBy !== null || endedBy === "others")) return null;
  return new Date(Date.parse(endedAt ?? expiresAt) + KEPT_MS);
}

/**
 * Where it stands in the lists by state. Pending ones are in the order in which they expire, so that the open and the
 * expired ones are a range each. Those that are stored as void stand behind them: the others are found among the open ones.
 */
export function listPlaceOf({ consumedBy, ended, expiresAt, email }: Invitation): {
  readonly list: InvitationList;
  readonly position: string;
} {
  if (consumedBy !== null) return { list: "accepted", position: email };
  if (ended === "revoked" || ended === "declined") return { list: ended, position: email };
  return { list: "pending", position: `${ended ?? expiresAt}#${email}` };
}

/** Where all are that have the state at a time, ISO 8601. Open and void ones may stand among one another. */
export function rangeOfState(state: InvitationState, now: string): InvitationRange {
  const behindNow = behind(now);
  switch (state) {
    case "expired":
      return { list: "pending", from: null, to: behindNow };
    case "open":
      return { list: "pending", from: behindNow, to: "void" };
    case "void":
      return { list: "pending", from: behindNow, to: behind("void") };
    default:
      return { list: state, from: null, to: null };
  }
}

/** Behind every position that begins so: `$` follows `#`. */
function behind(beginning: string): string {
  return `${beginning}$`;
}

/** Whether the inviter has been a member, with a role that includes the one that they offered, all the time since. */
function mayStillGrant({ invitedBy, role, createdAt }: Invitation, inviter: Membership | null): boolean {
  if (invitedBy === null) return true;
  if (inviter?.status !== "active" || !includesRole(inviter.role, role)) return false;
  const ceased = inviter.ceased[role];
  return ceased === undefined || ceased < createdAt;
}

/**
 * Whether the person must consent: the company of the address has not decided that they belong here. It decides for the
 * addresses that were its own when they were invited, and still are.
 * @param verifiers the organizations that have verified the domain of the address
 */
export function needsConsent(
  { invitedBy, fromOutside, organizationId }: Invitation,
  verifiers: readonly Pick<Organization, "id">[],
): boolean {
  return invitedBy !== null && (fromOutside || !verifiers.some(({ id }) => id === organizationId));
}

/** An invitation to store in the place of the present one, and the entries of that. */
export interface Replacement {
  readonly next: Invitation;
  readonly present: Invitation | null;
  readonly audit: readonly AuditEntry[];
  /** Whether a mail about it is sent once it is stored. */
  readonly isMailed: boolean;
}

/** An invitation once it has ended. */
export function ended(
  present: Invitation,
  how: Pick<Invitation, "consumedBy"> | Pick<Invitation, "ended" | "endedBy">,
  entry: Parameters<typeof auditEntry>[0],
): Replacement {
  const { organizationId, invitationId } = present;
  const next = { ...present, ...how, endedAt: entry.at, rev: newRevision() };
  const audit = [auditEntry({ ...entry, organizationId, invitationId })];
  return { next, present, audit, isMailed: false };
}

/** The invitation once its user has accepted it. */
export function accepted(
  present: Invitation,
  { userId, claims }: Pick<Identity, "userId" | "claims">,
  at: string,
) {
  const action = { at, actor: "login", action: "invitation-accepted", via: claims.clientId } as const;
  return ended(present, { consumedBy: userId }, { ...action, userId });
}
