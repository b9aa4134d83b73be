import type { FreshToken } from "@platform-api/client/react";
import { retractAnnouncement } from "../../design/announcer.tsx";
import { closeToasts } from "../../design/overlays/toast.tsx";

export interface SessionCalls {
  readonly token: FreshToken;
  /** Ends what the session has left: calls in progress never settle, and nothing is said or shown of them. */
  end(): void;
}

/** Calls on behalf of a user, whose results concern nobody once the user has signed out. */
export function sessionCalls(token: FreshToken): SessionCalls {
  let session = {};
  return {
    token: {
      call: (attempt) =>
        new Promise((resolve, reject) => {
          const mine = session;
          token.call(attempt).then(
            (value) => mine === session && resolve(value),
            (error) => mine === session && reject(error),
          );
        }),
    },
    end() {
      session = {};
      retractAnnouncement();
      closeToasts();
    },
  };
}
