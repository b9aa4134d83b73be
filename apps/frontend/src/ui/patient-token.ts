import type { FreshToken } from "@platform-api/client/react";
import type { Session } from "../session.ts";
import { faultOf, RenewalUnanswered } from "./fault-of.ts";

/** The token of a session. That it has expired is no reason to sign in again while nobody could renew it. */
export function patientToken(session: Session): FreshToken {
  return {
    call: (attempt) =>
      session.token.call(attempt).catch((error: unknown) => {
        const isUnanswered = session.isRenewalUnanswered && faultOf(error) === "TOKEN_EXPIRED";
        throw isUnanswered
          ? new RenewalUnanswered("the token could not be renewed", { cause: error })
          : error;
      }),
  };
}
