import { type ReactNode, useContext, useEffect, useRef } from "react";
import { announce } from "../../design/announcer.tsx";
import { Icon, type IconName } from "../../design/icon.tsx";
import { BehindProblem } from "../routing/page.tsx";
import { useApp } from "../session/app-context.ts";
import { useIsCovered } from "./covered-notice.ts";
import { errorReason, isPassing, problemFor } from "./error-reason.ts";
import { iconOf, isOwnChoice, ProblemActions, type ProblemPageProps, ProblemWatch } from "./problem-page.tsx";
import { ProblemReport } from "./problem-report.tsx";
import type { AppReason } from "./problems.ts";

interface ProblemNoticeProps extends Omit<ProblemPageProps, "reason"> {
  /** Null when nothing is wrong. Default: that of the error. */
  readonly reason?: AppReason | null;
}

/** A problem in one section of a page, while the rest of the page works. */
export function ProblemNotice(props: ProblemNoticeProps) {
  const { organization, hasLeft, leftAt, removedFrom: _, error = null, ...others } = props;
  const { reason = error === null ? null : errorReason(error), ...trying } = others;
  const { isTrying = false } = trying;
  const { email } = useApp();
  const isCovered = useIsCovered(reason, isTrying);
  useAnnounceRecovery(isCovered ? null : reason);
  if (reason === null || isCovered) return null;
  const { title, what, next } = problemFor(reason, { email, organization, hasLeft, leftAt });
  return (
    <Notice icon={iconOf(reason, hasLeft)} title={title} text={`${what} ${next}`}>
      <ProblemActions reason={reason} {...trying} isSmall />
      <ProblemWatch reason={reason} />
      {!isOwnChoice(reason, hasLeft) && <ProblemReport reason={reason} error={error} />}
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
  /** The error of the failed call, whose request id support can look up. */
  readonly error?: unknown;
  readonly onTryNow: () => void;
  /** Called when the user leaves to fix the problem elsewhere. */
  readonly onDismiss: () => void;
}

/** A failed one-off action. It is not retried automatically. */
export function FailureNotice(props: FailureProps) {
  const { title, hint, again = null, isSaidBeside = false, reason, error, onTryNow, onDismiss } = props;
  const { what, next, watch } = problemFor(reason);
  // The notice stays after the outage has ended, because nothing polls it.
  const happened = watch === "outage" ? "There was an outage at that moment." : what;
  const isPassing = watch === "outage" || reason === "RATE_LIMITED";
  return (
    <Notice
      icon={iconOf(reason)}
      title={title}
      text={`${happened} ${isPassing ? hint : next}`}
      isPlain={isSaidBeside}
    >
      <ProblemActions reason={reason} onTryNow={onTryNow} onLeave={onDismiss} tryNow={again} isSmall />
      {!isSaidBeside && <ProblemReport reason={reason} error={error} />}
    </Notice>
  );
}

interface NoticeProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  /** Without a box around it. */
  readonly isPlain?: boolean;
  readonly children: ReactNode;
}

function Notice({ icon, title, text, isPlain = false, children }: NoticeProps) {
  const isHidden = useContext(BehindProblem);
  // Retracted on unmount, so that a problem that has ended is not read aloud.
  useEffect(() => (isHidden ? undefined : announce(`${title}. ${text}`)), [isHidden, title, text]);
  return (
    <div className={isPlain ? "notice notice-plain" : "notice"}>
      {!isPlain && <Icon name={icon} size={18} />}
      <div className="notice-body">
        <h2 className="notice-title">{title}</h2>
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
    if (reason === null && before.current !== null && !isHidden)
      announce(isPassing(before.current) ? "Working again" : "The problem is solved");
    before.current = reason;
  }, [reason, isHidden]);
}
