import type { FreshToken } from "@platform-api/client/react";
import { errorReason, RenewalUnanswered } from "./problems/error-reason.ts";
import type { Session } from "./session/session.ts";

/** The token of a session. An expired token does not force a new sign-in while the identity provider is unreachable. */
export function renewingToken(session: Session): FreshToken {
  return {
    call: (attempt) =>
      session.token.call(attempt).catch((error: unknown) => {
        const isUnanswered = session.isRenewalUnanswered && errorReason(error) === "TOKEN_EXPIRED";
        throw isUnanswered
          ? new RenewalUnanswered("the token could not be renewed", { cause: error })
          : error;
      }),
  };
}
