import { reasonOf } from "@platform-api/client";
import { RunsError } from "../runs-client.ts";
import { type AppReason, PROBLEMS, type Problem } from "./problems.ts";

/** The user and organization that a problem is about, if known. */
export interface Concerned {
  readonly email?: string | null | undefined;
  readonly organization?: string | undefined;
}

export function problemFor(reason: AppReason, { email, organization }: Concerned = {}): Problem {
  if (reason === "MEMBERSHIP_REMOVED" && organization)
    return { ...PROBLEMS[reason], title: `You were removed from ${organization}` };
  if (reason === "EMAIL_UNVERIFIED" && email)
    return { ...PROBLEMS[reason], what: `You haven’t verified ${email} yet.` };
  return PROBLEMS[reason];
}

/** Whether the problem ends without the user. The app keeps retrying and says so. */
export function isOutage(reason: AppReason): boolean {
  return problemFor(reason).watch === "outage";
}

function isAppReason(reason: unknown): reason is AppReason {
  return typeof reason === "string" && Object.hasOwn(PROBLEMS, reason);
}

/** The token could not be renewed because the identity provider did not answer. */
export class RenewalUnanswered extends Error {}

/** The reason a call failed. A reason that this version does not know counts as INTERNAL. */
export function errorReason(error: unknown): AppReason {
  if (isOfRenewal(error)) return "IDENTITY_PROVIDER_UNAVAILABLE";
  const reason = error instanceof RunsError ? error.reason : reasonOf(error);
  if (reason === null) return "PLATFORM_UNAVAILABLE";
  return isAppReason(reason) ? reason : "INTERNAL";
}

/** The SDK wraps our error, so its causes are searched too. */
function isOfRenewal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof RenewalUnanswered || isOfRenewal(error.cause);
}
