import { usePlatformClient } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { errorReason } from "../../../app/problems/error-reason.ts";
import type { AppReason } from "../../../app/problems/problems.ts";
import { announce } from "../../../design/announcer.tsx";
import { PendingButton } from "../../../design/fields/pending-button.tsx";
import { Badge } from "../../../design/text/badge.tsx";

interface RestoreButtonProps {
  readonly organizationId: string;
  readonly email: string;
  readonly onRestored: () => void;
}

/** Makes a removed person a member again: they are restored, not invited. */
export function RestoreButton({ organizationId, email, onRestored }: RestoreButtonProps) {
  const { members } = usePlatformClient().org;
  const restoring = useMutation({
    mutationFn: async () => {
      const { items } = await members.list.query({ organizationId, query: email, status: "removed" });
      const userId = items.find((each) => each.email === email)?.userId;
      if (userId !== undefined) await members.restore.mutate({ organizationId, userId });
      return userId !== undefined;
    },
    networkMode: "always",
    onSuccess(isRestored) {
      if (isRestored) announce(`${email} is a member again`);
      onRestored();
    },
  });
  const failure = restoring.error
    ? restoreFailure(errorReason(restoring.error))
    : restoring.data === false
      ? "They are not among the removed members any more."
      : null;
  useEffect(() => (failure === null ? undefined : announce(failure)), [failure]);
  if (restoring.data === true)
    return (
      <span ref={takeFocus} tabIndex={-1} className="answer-done">
        <Badge tone="good" icon="check">
          Restored
        </Badge>
      </span>
    );
  return (
    <>
      <PendingButton
        className="button button-small"
        aria-label={`Restore ${email}`}
        isPending={restoring.isPending}
        onPress={() => restoring.mutate()}
      >
        Restore
      </PendingButton>
      {failure !== null && <p className="answer-failure">{failure}</p>}
    </>
  );
}

/** If the button that has just gone had the focus. */
function takeFocus(element: HTMLElement | null): void {
  if (document.activeElement === document.body) element?.focus();
}

function restoreFailure(reason: AppReason): string {
  if (reason === "ROLE_REQUIRED") return "Only owners restore admins and owners.";
  if (reason === "CONFLICT") return "Someone else changed this member. Look at the list of members.";
  return "Not restored. Try again in a moment.";
}
