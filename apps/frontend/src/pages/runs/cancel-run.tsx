import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useLayoutEffect, useRef } from "react";
import { errorReason } from "../../app/problems/error-reason.ts";
import { FailureNotice } from "../../app/problems/notice.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import { runKey, useRuns } from "./use-runs.ts";

export function useCancelling(organizationId: string, id: string) {
  const runs = useRuns(organizationId);
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => runs.cancel(id),
    onSuccess: async (run) => {
      const queryKey = runKey(organizationId, id);
      // A poll that began before would bring back an older status.
      await queryClient.cancelQueries({ queryKey });
      queryClient.setQueryData(queryKey, run);
      void queryClient.invalidateQueries({ queryKey: ["runs", organizationId] });
    },
  });
}

type Cancelling = ReturnType<typeof useCancelling>;

interface CancelRunProps {
  readonly cancelling: Cancelling;
  /** Gets the focus if the run ends while the button has it. */
  readonly focusAfter: RefObject<HTMLElement | null>;
}

/** For a run that has not finished. */
export function CancelRun({ cancelling, focusAfter }: CancelRunProps) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const own = button.current;
    const next = focusAfter.current;
    return () => {
      if (own !== null && own === document.activeElement) next?.focus({ preventScroll: true });
    };
  }, [focusAfter]);
  return (
    <PendingButton
      ref={button}
      className="button button-small"
      isPending={cancelling.isPending}
      onPress={() => cancelling.mutate()}
    >
      <Icon name="close" />
      Cancel run
    </PendingButton>
  );
}

export function CancelFailure({ cancelling }: { readonly cancelling: Cancelling }) {
  if (cancelling.error === null) return null;
  return (
    <FailureNotice
      title="Your run was not cancelled"
      hint="It goes on until it has finished, or until you cancel it again."
      reason={errorReason(cancelling.error)}
      error={cancelling.error}
      onTryNow={() => cancelling.mutate()}
      onDismiss={cancelling.reset}
    />
  );
}
