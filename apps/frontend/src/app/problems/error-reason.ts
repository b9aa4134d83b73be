import { isPlatformError, reasonOf } from "@platform-api/client";
import { isOffline } from "../../design/offline.ts";
import { exactTime } from "../../design/text/time-ago.tsx";
import { branded } from "../config/brand.ts";
import { type AppReason, PROBLEMS, type Problem } from "./problems.ts";
import { RowRefused } from "./row-refused.ts";
import { RunsError } from "./runs-error.ts";

/** The user and organization that a problem is about, if known. */
export interface Concerned {
  readonly email?: string | null | undefined;
  readonly organization?: string | undefined;
  /** Whether the user is known to have left the organization by themselves, and not to have come back since. */
  readonly hasLeft?: boolean | undefined;
  /** When they left, if that is known. ISO 8601. */
  readonly leftAt?: string | undefined;
  /** Whether it is known that others have removed the user: `org.me` names no organization that they left. */
  readonly wasRemoved?: boolean;
}

export function problemFor(reason: AppReason, concerned: Concerned = {}): Problem {
  const problem: Problem = PROBLEMS[reason];
  const { title, what, next } = { ...problem, ...particularsOf(reason, concerned) };
  return { ...problem, title: branded(title), what: branded(what), next: branded(next) };
}

/** Nobody has answered: it may be the browser that has no network. */
const UNANSWERED: ReadonlySet<AppReason> = new Set([
  "PLATFORM_UNAVAILABLE",
  "RUNS_UNAVAILABLE",
  "IDENTITY_PROVIDER_UNAVAILABLE",
]);

/** Texts that say more than those of the reason alone. */
function particularsOf(
  reason: AppReason,
  { email, organization, hasLeft, leftAt, wasRemoved }: Concerned,
): Partial<Problem> {
  if (UNANSWERED.has(reason) && isOffline())
    return { title: "You are offline", what: "Your device is not connected to the internet." };
  if (reason === "MEMBERSHIP_REMOVED" && organization && hasLeft) {
    return {
      title: `You left ${organization}`,
      what: leftAt ? `Your membership ended on ${exactTime(leftAt)}.` : "Your membership has ended.",
      next: `To come back, ask an administrator of ${organization} to invite this address again. The invitation then appears here.`,
    };
  }
  if (reason === "MEMBERSHIP_REMOVED" && organization && leftAt) {
    return {
      title: `You are no longer in ${organization}`,
      what: `You left on ${exactTime(leftAt)}. If you have come back since, an administrator ended your membership.`,
      next: `Only an administrator of ${organization} can let you back in.`,
    };
  }
  if (reason === "MEMBERSHIP_REMOVED" && organization) {
    return {
      title: `You were removed from ${organization}`,
      ...(wasRemoved && { what: "An administrator ended your membership." }),
      next: `Only an administrator of ${organization} can let you back in.`,
    };
  }
  if (reason === "SSO_REQUIRED" && organization) {
    return {
      title: `${organization} has its own sign-in`,
      what: `You are a member, but ${organization} requires single sign-on.`,
    };
  }
  if (reason === "EMAIL_UNVERIFIED" && email) return { what: `You haven’t verified ${email} yet.` };
  if (reason === "DOMAIN_NOT_ALLOWED" && email) {
    const domain = email.slice(email.lastIndexOf("@") + 1);
    return {
      what: `Your company’s sign-in sent us ${email}, but the company hasn’t registered the domain ${domain}.`,
    };
  }
  return {};
}

/** Whether the problem ends without the user. The app keeps retrying and says so. */
export function isOutage(reason: AppReason): boolean {
  return problemFor(reason).watch === "outage";
}

/** Whether the page stays readable and usable meanwhile. Other problems are about the user, and replace the page. */
export function isPassing(reason: AppReason): boolean {
  return isOutage(reason) || reason === "RATE_LIMITED" || reason === "INTERNAL";
}

function isAppReason(reason: unknown): reason is AppReason {
  return typeof reason === "string" && Object.hasOwn(PROBLEMS, reason);
}

/** The token could not be renewed because the identity provider did not answer. */
export class RenewalUnanswered extends Error {}

/** The reason a call failed. A reason that this version does not know counts as INTERNAL. */
export function errorReason(error: unknown): AppReason {
  if (isOfRenewal(error)) return "IDENTITY_PROVIDER_UNAVAILABLE";
  if (error instanceof RowRefused) return error.reason;
  const reason = error instanceof RunsError ? error.reason : reasonOf(error);
  if (reason === null) return "PLATFORM_UNAVAILABLE";
  return isAppReason(reason) ? reason : "INTERNAL";
}

/** The id under which the service has logged the failed request. Null if it sent none. */
export function requestIdOf(error: unknown): string | null {
  if (error instanceof RunsError) return error.requestId;
  const response = isPlatformError(error) ? error.meta?.response : null;
  return response instanceof Response ? response.headers.get("x-request-id") : null;
}

/** The SDK wraps our error, so its causes are searched too. */
function isOfRenewal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof RenewalUnanswered || isOfRenewal(error.cause);
}
