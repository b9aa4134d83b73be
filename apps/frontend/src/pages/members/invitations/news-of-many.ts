import type { AppReason } from "../../../app/problems/problems.ts";
import { countsOf } from "../lists/many-texts.ts";
import { type InvitationAction, whyOf } from "./invitation-failure.ts";

interface Outcome {
  readonly done: number;
  /** Why each of the others was not changed. */
  readonly refused: readonly AppReason[];
}

/** What is said when many invitations were changed, with how many were not for each reason. */
export function newsOfMany(
  action: InvitationAction,
  { done, refused }: Outcome,
  news: (count: number) => string,
): { readonly text: string; readonly detail?: string } {
  if (refused.length === 0) return { text: news(done) };
  const counts = countsOf(refused, (reason, count) => failureOfMany(action, reason, count));
  const isOne = new Set(refused).size === 1;
  return {
    text: done === 0 ? "Nothing was changed." : news(done),
    detail: isOne ? `${counts}.` : `${refused.length} were refused: ${counts}.`,
  };
}

const CONFLICTS_OF_MANY: Readonly<Record<InvitationAction, string>> = {
  resend: "answered or revoked, or the person is a member already",
  revoke: "accepted meanwhile",
  invite: "changed by someone else meanwhile",
};

/** Why so many of them were not changed. */
function failureOfMany(action: InvitationAction, reason: AppReason, count: number): string {
  const [was, needs] = count === 1 ? ["was", "needs"] : ["were", "need"];
  const why = whyOf(action, reason, null);
  switch (reason) {
    case "CONFLICT":
      return `${count} ${was} ${CONFLICTS_OF_MANY[action]}`;
    case "RATE_LIMITED":
      return `${count} ${was} mailed a moment ago`;
    case "ROLE_REQUIRED":
      return `${count} ${needs} an owner`;
    case "LIMIT_REACHED":
      return `${count} would be more than 500 open ones`;
    default:
      return `${count} ${was} not changed: ${why.charAt(0).toLowerCase()}${why.slice(1, -1)}`;
  }
}
