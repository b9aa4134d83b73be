import { type ReactNode, useContext, useEffect, useRef } from "react";
import { announce } from "./announcer.tsx";
import { problemFor } from "./error-reason.ts";
import { Icon } from "./icon.tsx";
import { BehindProblem } from "./page.tsx";
import { iconOf, ProblemActions, ProblemCode, type ProblemProps } from "./problem-page.tsx";
import type { AppReason } from "./problems.ts";

interface ProblemNoticeProps extends Omit<ProblemProps, "reason"> {
  /** Null when nothing is wrong. */
  readonly reason: AppReason | null;
}

/** A problem in one section of a page, while the rest of the page works. */
export function ProblemNotice({ reason, onTryNow, isTrying = false }: ProblemNoticeProps) {
  useAnnounceRecovery(reason);
  if (reason === null) return null;
  const { title, what, next } = problemFor(reason);
  return (
    <Notice reason={reason} title={title} text={`${what} ${next}`}>
      <ProblemActions reason={reason} onTryNow={onTryNow} isTrying={isTrying} isSmall />
      <ProblemCode reason={reason} isTrying={isTrying} />
    </Notice>
  );
}

export interface FailureProps {
  readonly title: string;
  /** What the user can do if the problem may end soon. */
  readonly hint: string;
  /** The label of the button that repeats the action. Omit it if the original button is still there. */
  readonly again?: string;
  /** Another notice next to this one already explains the problem. */
  readonly isSaidBeside?: boolean;
  readonly reason: AppReason;
  readonly onTryNow: () => void;
  /** Called when the user leaves to fix the problem elsewhere. */
  readonly onDismiss: () => void;
}

/** A failed one-off action. It is not retried automatically. */
export function FailureNotice(props: FailureProps) {
  const { title, hint, again = null, isSaidBeside = false, reason, onTryNow, onDismiss } = props;
  const { what, next, watch } = problemFor(reason);
  // The notice stays after the outage has ended, because nothing polls it.
  const happened = watch === "outage" ? "There was an outage at that moment." : what;
  const isPassing = watch === "outage" || reason === "RATE_LIMITED";
  return (
    <Notice
      reason={reason}
      title={title}
      text={`${happened} ${isPassing ? hint : next}`}
      isPlain={isSaidBeside}
    >
      <ProblemActions reason={reason} onTryNow={onTryNow} onLeave={onDismiss} tryNow={again} isSmall />
      {!isSaidBeside && (
        <p className="problem-code">
          <code>{reason}</code>
        </p>
      )}
    </Notice>
  );
}

interface NoticeProps {
  readonly reason: AppReason;
  readonly title: string;
  readonly text: string;
  /** Without a box around it. */
  readonly isPlain?: boolean;
  readonly children: ReactNode;
}

function Notice({ reason, title, text, isPlain = false, children }: NoticeProps) {
  const isHidden = useContext(BehindProblem);
  // Retracted on unmount, so that a problem that has ended is not read aloud.
  useEffect(() => (isHidden ? undefined : announce(`${title}. ${text}`)), [isHidden, title, text]);
  return (
    <div className={isPlain ? "notice notice-plain" : "notice"}>
      {!isPlain && <Icon name={iconOf(reason)} size={18} />}
      <div className="notice-body">
        <h3 className="notice-title">{title}</h3>
        <p>{text}</p>
        {children}
      </div>
    </div>
  );
}

/** Announces recovery to screen readers. Sighted users see the notice disappear. */
function useAnnounceRecovery(reason: AppReason | null): void {
  const before = useRef<AppReason | null>(null);
  const isHidden = useContext(BehindProblem);
  useEffect(() => {
    if (reason === null && before.current !== null && !isHidden) announce("Back online");
    before.current = reason;
  }, [reason, isHidden]);
}
