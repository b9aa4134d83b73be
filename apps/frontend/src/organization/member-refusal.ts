import { brand } from "../app/config/brand.ts";
import type { AppReason } from "../app/problems/problems.ts";
import { isOffline } from "../design/offline.ts";

export const ONLY_OWNER = "The only owner. Make someone else an owner first.";
export const YOU_ARE_ONLY_OWNER = "You are the only owner. Make someone else an owner first.";

/** Why a change failed, and whether repeating it may help. */
export interface MemberRefusal {
  readonly text: string;
  readonly canRepeat: boolean;
}

const WHY: Partial<Record<AppReason, string>> = {
  LAST_OWNER: ONLY_OWNER,
  ROLE_REQUIRED: "Your role does not allow it.",
  NOT_A_MEMBER: "You are no longer a member.",
  MEMBERSHIP_REMOVED: "You are no longer a member.",
  SSO_REQUIRED: "This organization now requires single sign-on.",
  NOT_FOUND: "They are not a member any more.",
  NOT_READY: "This organization has no owner on record. Contact support.",
  LIMIT_REACHED: "An organization can have at most 20 owners.",
  IDENTITY_CONFLICT: "Another organization manages this account.",
};

export function refusalOf(reason: AppReason): MemberRefusal {
  const why = WHY[reason];
  if (why !== undefined) return { text: why, canRepeat: false };
  if (reason === "RATE_LIMITED") return { text: "Too many changes at once. Wait a minute.", canRepeat: true };
  const { name } = brand();
  const isUnanswered = reason === "PLATFORM_UNAVAILABLE";
  if (isUnanswered && isOffline()) return { text: "You are offline.", canRepeat: true };
  return { text: `${name} ${isUnanswered ? "is not responding." : "could not do it."}`, canRepeat: true };
}

/** Whether the refusal says that the caller's own place in the organization has changed. */
export function isAboutCaller(reason: AppReason): boolean {
  return ["ROLE_REQUIRED", "NOT_A_MEMBER", "MEMBERSHIP_REMOVED", "SSO_REQUIRED"].includes(reason);
}

/** Why the caller could not leave. A refusal that stands is not to be tried again. */
export function leaveRefusal(reason: AppReason, organization: string): string {
  if (reason === "LAST_OWNER") return YOU_ARE_ONLY_OWNER;
  if (reason === "SSO_REQUIRED")
    return `You have not left. ${organization} now requires single sign-on: sign in with it, then leave.`;
  const { text, canRepeat } = refusalOf(reason);
  return `You have not left. ${text}${canRepeat ? " Try again in a moment." : ""}`;
}
