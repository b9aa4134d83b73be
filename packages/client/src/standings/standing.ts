import { isRole, isUserId, type StandingReason } from "@platform-api/server/wire";
import type { Role } from "../guards/token-validator.ts";
import { isOrganizationIdInput } from "../options.ts";

/** Whose standing is asked, for work that goes on without the token that started it. */
export interface StandingQuestion {
  /** That of `auth.validate`, when the work was started. */
  readonly userId: string;
  /** Where the work is done. */
  readonly organizationId: string;
  /** The role that the work needs. Default: `member`. */
  readonly role?: Role | undefined;
  /** The `issuedAt` that `auth.validate` answered, never a time of your own clock. */
  readonly since: string;
  /** The `loginId` that `auth.validate` answered; null for a legacy token. */
  readonly loginId?: string | null | undefined;
}

/** Why a user's work ends: what a watched signal aborts with. */
export class StandingEnded extends Error {
  override readonly name = "StandingEnded";
  /** STORE_UNAVAILABLE: for too long nobody could say whether the user still stands. `cause` is then the last error. */
  readonly reason: StandingReason | "STORE_UNAVAILABLE";

  constructor(reason: StandingReason | "STORE_UNAVAILABLE", cause?: unknown) {
    super(`the user's work ends: ${reason}`, { cause });
    this.reason = reason;
  }
}

/** A question as it is sent: equal questions have equal fields, in the same order, and no others. */
export type SentQuestion = ReturnType<typeof sentQuestion>;

/** @throws {TypeError} for what the server would refuse, with all that is asked in the same request */
export function sentQuestion(question: StandingQuestion) {
  const { userId, organizationId, role = "member", since, loginId = null } = question;
  const problem =
    (!isUserId(userId) && "userId: a lower-case UUID") ||
    (!isOrganizationIdInput(organizationId) && "organizationId: 1 to 256 characters") ||
    (!isRole(role) && "role: member, admin or owner") ||
    (Number.isNaN(Date.parse(since)) && "since: the issuedAt that auth.validate answered") ||
    (loginId !== null && typeof loginId !== "string" && "loginId: that of auth.validate");
  if (problem) throw new TypeError(`watchStandings: ${problem}`);
  return { userId, organizationId, role, since, loginId };
}

/** Why the user's work must end; null if it may go on. */
export type Answered = { readonly reason: StandingReason | null };

/** Null for anything that the server does not answer. A newer one may have further reasons. */
export function answerIn(found: unknown): Answered | null {
  if (typeof found !== "object" || found === null) return null;
  const { standing, role, reason }: { standing?: unknown; role?: unknown; reason?: unknown } = found;
  if (standing === "active") return isRole(role) ? { reason: null } : null;
  return standing === "ended" && isReason(reason) ? { reason } : null;
}

function isReason(reason: unknown): reason is StandingReason {
  return typeof reason === "string";
}
