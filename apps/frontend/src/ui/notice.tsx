import { type ReactNode, useContext, useEffect, useRef } from "react";
import { announce } from "./announcer.tsx";
import { faultFor } from "./fault-of.ts";
import { FaultActions, FaultCode, type FaultProps, iconOf } from "./fault-page.tsx";
import type { AppReason } from "./faults.ts";
import { Icon } from "./icon.tsx";
import { BehindFault } from "./page.tsx";

interface FaultNoticeProps extends Omit<FaultProps, "reason"> {
  /** Null: nothing is wrong. */
  readonly reason: AppReason | null;
}

/** What a fault page says, in a part of a page, while the rest goes on. */
export function FaultNotice({ reason, onTryNow, isTrying = false }: FaultNoticeProps) {
  useAnnounceRecovery(reason);
  if (reason === null) return null;
  const { title, what, next } = faultFor(reason);
  return (
    <Notice reason={reason} title={title} text={`${what} ${next}`}>
      <FaultActions reason={reason} onTryNow={onTryNow} isTrying={isTrying} isSmall />
      <FaultCode reason={reason} isTrying={isTrying} />
    </Notice>
  );
}

export interface FailureProps {
  /** What was not done. */
  readonly title: string;
  /** What becomes of it, where the fault may be over soon. */
  readonly hint: string;
  /** The button that does it again; none where the one that did it is still there. */
  readonly again?: string;
  /** The fault is shown beside it already, with all that there is to say. */
  readonly isSaidBeside?: boolean;
  readonly reason: AppReason;
  readonly onTryNow: () => void;
  /** The person goes elsewhere to mend it. */
  readonly onDismiss: () => void;
}

/** What a person asked for once, and was not done: nobody does it again but they. */
export function FailureNotice(props: FailureProps) {
  const { title, hint, again = null, isSaidBeside = false, reason, onTryNow, onDismiss } = props;
  const { what, next, watch } = faultFor(reason);
  // Stays when the outage is over, which is not looked after here.
  const happened = watch === "outage" ? "There was an outage just then." : what;
  const isPassing = watch === "outage" || reason === "RATE_LIMITED";
  return (
    <Notice
      reason={reason}
      title={title}
      text={`${happened} ${isPassing ? hint : next}`}
      isPlain={isSaidBeside}
    >
      <FaultActions reason={reason} onTryNow={onTryNow} onLeave={onDismiss} tryNow={again} isSmall />
      {!isSaidBeside && (
        <p className="fault-code">
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
  /** Not in a box of its own. */
  readonly isPlain?: boolean;
  readonly children: ReactNode;
}

function Notice({ reason, title, text, isPlain = false, children }: NoticeProps) {
  const isHidden = useContext(BehindFault);
  // Taken back when it goes: what is over is not read aloud any more.
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

/** Says aloud that a fault is over, whose notice the eye sees go. */
function useAnnounceRecovery(reason: AppReason | null): void {
  const before = useRef<AppReason | null>(null);
  const isHidden = useContext(BehindFault);
  useEffect(() => {
    if (reason === null && before.current !== null && !isHidden) announce("It works again");
    before.current = reason;
  }, [reason, isHidden]);
}
