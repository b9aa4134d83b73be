import { usePlatformClient } from "@platform-api/client/react";
import { useState } from "react";
import { brand } from "../../app/config/brand.ts";
import { errorReason, isOutage, problemFor } from "../../app/problems/error-reason.ts";
import type { AppReason } from "../../app/problems/problems.ts";
import { useApp } from "../../app/session/app-context.ts";
import { ConfirmDialog } from "../../design/overlays/confirm-dialog.tsx";

/** Asks before every sign-in of the user ends. Then this browser signs out, too. */
export function SignOutDialog({ onClose }: { readonly onClose: () => void }) {
  const client = usePlatformClient();
  const { signOutEverywhere } = useApp();
  const [failure, setFailure] = useState<string | null>(null);
  const confirm = async () => {
    setFailure(null);
    try {
      const { sessions } = await client.auth.signOutEverywhere.mutate();
      signOutEverywhere(sessions);
    } catch (error) {
      const reason = errorReason(error);
      // Repeated after an answer that was lost.
      if (reason === "TOKEN_REVOKED") signOutEverywhere("unknown");
      else setFailure(refusalText(reason));
    }
  };
  const question = {
    title: "Sign out everywhere?",
    text: `All your sign-ins to ${brand().name} and its services end within 10 seconds, in this browser and in every other one. Runs that you started stop, too. Then you can sign in again.`,
    action: "Sign out everywhere",
    isDangerous: true,
  };
  return <ConfirmDialog question={question} failure={failure} onConfirm={confirm} onClose={onClose} />;
}

function refusalText(reason: AppReason): string {
  if (isOutage(reason) || reason === "INTERNAL")
    return "It is not known yet whether you are signed out everywhere. Try again in a moment.";
  const { title, next } = problemFor(reason);
  return `${title}. ${next}`;
}
