import type { AppReason } from "../../../app/problems/problems.ts";
import { isOffline } from "../../../design/offline.ts";
import { timeFrom } from "../../../design/text/time-ago.tsx";

export type InvitationAction = "resend" | "revoke" | "invite";

/** What each failed change was to do, so that its row can say so. */
const attempted = new WeakMap<Error, InvitationAction>();

export function actionOf(error: Error): InvitationAction {
  return attempted.get(error) ?? "resend";
}

/** @returns a function that throws an error as that of the action */
export function failedAs(action: InvitationAction): (error: unknown) => never {
  return (error) => {
    const failure = error instanceof Error ? error : new Error("A change failed", { cause: error });
    attempted.set(failure, action);
    throw failure;
  };
}

const WHAT: Readonly<Record<InvitationAction, string>> = {
  resend: "Not resent.",
  revoke: "Not revoked.",
  invite: "Not invited again.",
};

const CONFLICTS: Readonly<Record<InvitationAction, string>> = {
  resend: "It was answered or revoked, or they are a member already.",
  revoke: "It was accepted meanwhile.",
  invite: "Someone else changed it meanwhile.",
};

const WHY: Partial<Record<AppReason, string>> = {
  ROLE_REQUIRED: "Only owners can do this.",
  NOT_A_MEMBER: "You are no longer a member.",
  NOT_FOUND: "The invitation no longer exists.",
  LIMIT_REACHED: "500 invitations are open. Revoke one that you no longer need.",
  NOT_READY: "This organization is closed.",
};

/** Why an invitation was not changed. */
export function invitationFailure(
  action: InvitationAction,
  reason: AppReason,
  retryAfterMs: number | null = null,
): string {
  return `${WHAT[action]} ${whyOf(action, reason, retryAfterMs)}`;
}

/** The same without what was not done. */
export function whyOf(action: InvitationAction, reason: AppReason, retryAfterMs: number | null): string {
  if (reason === "CONFLICT") return CONFLICTS[action];
  if (reason === "RATE_LIMITED") {
    const when = retryAfterMs === null ? "later" : timeFrom(new Date(retryAfterMs), new Date(0));
    return `This address was mailed a moment ago. Try again ${when}.`;
  }
  if (reason === "PLATFORM_UNAVAILABLE" && isOffline()) return "You are offline.";
  return WHY[reason] ?? "Try again in a moment.";
}
