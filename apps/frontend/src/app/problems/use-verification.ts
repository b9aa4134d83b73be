import type { FreshToken } from "@platform-api/client/react";
import { useEffect, useRef, useState } from "react";
import { useApp } from "../session/app-context.ts";

/** Makes a {@link FreshToken} renew a token that is good, but says what was true when it was issued. */
class Outdated extends Error {
  readonly reason = "TOKEN_EXPIRED";
}

/**
 * Tries again with a new token when the page opens, whenever the user comes back to it, and when another tab stores
 * something, as one does that signs in or opens an organization: only a new token says that the address was verified
 * meanwhile, in another tab or from another device. @returns the same for a button, and whether the user has pressed it
 * too early
 */
export function useVerification(isAwaited: boolean, onVerified: () => unknown) {
  const { token } = useApp();
  const [isEarly, setEarly] = useState(false);
  const tryAgain = useRef(onVerified);
  tryAgain.current = onVerified;
  useEffect(() => {
    if (!isAwaited) return;
    let isRenewing = false;
    const look = async () => {
      if (isRenewing || document.visibilityState === "hidden") return;
      isRenewing = true;
      // Without a new one, "sign in again" is left.
      await renew(token).then(
        () => tryAgain.current(),
        () => {},
      );
      isRenewing = false;
    };
    look();
    addEventListener("focus", look);
    addEventListener("storage", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      removeEventListener("focus", look);
      removeEventListener("storage", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [isAwaited, token]);
  const verify = (otherwise: () => void) =>
    renew(token).then(async () => {
      await tryAgain.current();
      setEarly(true); // the page is still here
    }, otherwise);
  return { isEarly, verify };
}

/** @throws if there is no new token */
async function renew(token: FreshToken): Promise<void> {
  let isOld = true;
  await token.call(async () => {
    if (isOld) {
      isOld = false;
      throw new Outdated();
    }
  });
}
