import { reasonOf } from "@platform-api/client";
import { RunsError } from "../runs.ts";
import { type AppReason, FAULTS, type Fault } from "./faults.ts";

/** Whom a fault is about, as far as it is known. */
export interface Concerned {
  readonly email?: string | null | undefined;
  readonly organization?: string | undefined;
}

export function faultFor(reason: AppReason, { email, organization }: Concerned = {}): Fault {
  if (reason === "MEMBERSHIP_REMOVED" && organization)
    return { ...FAULTS[reason], title: `You were removed from ${organization}` };
  if (reason === "EMAIL_UNVERIFIED" && email)
    return { ...FAULTS[reason], what: `Nobody has shown yet that the mailbox of ${email} is yours.` };
  return FAULTS[reason];
}

/** Whether it mends itself: the app goes on asking, and says so. */
export function isOutage(reason: AppReason): boolean {
  return faultFor(reason).watch === "outage";
}

function isAppReason(reason: unknown): reason is AppReason {
  return typeof reason === "string" && Object.hasOwn(FAULTS, reason);
}

/** The token could not be renewed, for want of an answer of the identity provider. */
export class RenewalUnanswered extends Error {}

/** The one word for whatever a call failed with. A reason that this version does not know counts as INTERNAL. */
export function faultOf(error: unknown): AppReason {
  if (isOfRenewal(error)) return "IDENTITY_PROVIDER_UNAVAILABLE";
  const reason = error instanceof RunsError ? error.reason : reasonOf(error);
  if (reason === null) return "PLATFORM_UNAVAILABLE";
  return isAppReason(reason) ? reason : "INTERNAL";
}

/** The SDK's error has ours among its causes. */
function isOfRenewal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof RenewalUnanswered || isOfRenewal(error.cause);
}
