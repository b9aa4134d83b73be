import { type RefObject, useLayoutEffect, useRef } from "react";
import type { PressEvent } from "react-aria-components";
import { errorReason } from "../../app/problems/error-reason.ts";
import { FailureNotice } from "../../app/problems/notice.tsx";
import { isStrayClick } from "../../design/fields/double-click.ts";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon, type IconName } from "../../design/icon.tsx";
import type { Run, RunAction } from "./runs-client.ts";
import type { Acting } from "./use-runs.ts";

interface ActionText {
  readonly label: string;
  readonly icon: IconName;
  readonly failed: string;
  readonly hint: string;
}

const ACTIONS = {
  approve: {
    label: "Approve",
    icon: "check",
    failed: "Your approval did not arrive",
    hint: "The run still waits for it. Approve it again.",
  },
  cancel: {
    label: "Cancel run",
    icon: "close",
    failed: "Your run was not cancelled",
    hint: "It goes on until it has finished, or until you cancel it again.",
  },
  retry: {
    label: "Retry from this step",
    icon: "play",
    failed: "The step was not retried",
    hint: "What is done is kept. Retry it again.",
  },
} as const satisfies Record<RunAction, ActionText>;

interface RunActionButtonProps {
  readonly action: RunAction;
  readonly run: Run;
  readonly acting: Acting;
  readonly isPrimary?: boolean;
  /** Gets the focus if the button goes while it has it. */
  readonly focusAfter: RefObject<HTMLElement | null>;
}

export function RunActionButton(props: RunActionButtonProps) {
  const { action, run, acting, isPrimary = false, focusAfter } = props;
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const own = button.current;
    const next = focusAfter.current;
    return () => {
      if (own !== null && own === document.activeElement) next?.focus({ preventScroll: true });
    };
  }, [focusAfter]);
  const { label, icon } = ACTIONS[action];
  const press = (event: PressEvent) => {
    // It stands where "Start run" stood on the page before.
    const isStray = action === "cancel" && isStrayClick(event);
    if (!isStray && !acting.isPending) acting.mutate({ action, seen: run });
  };
  const { variables, isPending, isSuccess } = acting;
  // Until its effect is seen.
  const isBusy = variables?.action === action && (isPending || (isSuccess && variables.seen === run));
  return (
    <PendingButton
      ref={button}
      className={isPrimary ? "button button-primary" : "button"}
      isPending={isBusy}
      onPress={press}
    >
      <Icon name={icon} />
      {label}
    </PendingButton>
  );
}

export function ActionFailure({ acting }: { readonly acting: Acting }) {
  const { error, variables } = acting;
  if (error === null || variables === undefined) return null;
  const { failed, hint } = ACTIONS[variables.action];
  return (
    <FailureNotice
      title={failed}
      hint={hint}
      reason={errorReason(error)}
      error={error}
      onTryNow={() => acting.mutate(variables)}
      onDismiss={acting.reset}
    />
  );
}
