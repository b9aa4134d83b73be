import { type ReactNode, useEffect } from "react";
import { announce } from "./announcer.tsx";
import { useApp } from "./app-context.ts";
import { type AppReason, type FaultAction, isOutage } from "./faults.ts";
import { Icon, type IconName } from "./icon.tsx";
import { PageHeading } from "./page.tsx";
import { navigate } from "./path.ts";
import { PendingButton } from "./pending-button.tsx";
import { faultFor } from "./polling.ts";

const LABELS = {
  tryNow: "Try now",
  signInAgain: "Sign in again",
  signInVerified: "I have verified it, sign in again",
  signInWithSso: "Sign in with SSO",
  signInDifferently: "Use a different address",
  seeOrganizations: "See your organizations",
  seeRuns: "Go to your runs",
  signOut: "Sign out",
} as const satisfies Record<FaultAction, string>;

export interface FaultProps {
  readonly reason: AppReason;
  readonly onTryNow: () => void;
  /** Whether it is being tried at this moment. */
  readonly isTrying?: boolean;
}

/** Everything a person is told instead of the page they wanted. */
export function FaultPage({ reason, onTryNow, isTrying = false }: FaultProps) {
  const { title, what, next, watch } = faultFor(reason);
  return (
    <section className="fault">
      <span className="fault-icon" data-watch={watch}>
        <Icon name={iconOf(reason)} size={22} />
      </span>
      <PageHeading title={title} className="fault-title" />
      <p className="fault-what">{what}</p>
      <p className="fault-next">{next}</p>
      <FaultActions reason={reason} onTryNow={onTryNow} isTrying={isTrying} />
      <FaultCode reason={reason} isTrying={isTrying} />
    </section>
  );
}

/** The same in a part of a page, while the rest goes on. */
export function FaultNotice({
  reason,
  onTryNow,
  isTrying = false,
  children,
}: FaultProps & { readonly children?: ReactNode }) {
  const { title, what, next } = faultFor(reason);
  return (
    <Notice reason={reason} title={title} text={`${what} ${next}`}>
      {children}
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
  /** The button that does it again. */
  readonly again: string;
  readonly reason: AppReason;
  readonly onTryNow: () => void;
  /** The person goes elsewhere to mend it. */
  readonly onDismiss: () => void;
}

/** What a person asked for once, and was not done: nobody does it again but they. */
export function FailureNotice({ title, hint, again, reason, onTryNow, onDismiss }: FailureProps) {
  const { what, next, watch } = faultFor(reason);
  // Stays when the outage is over, which is not looked after here.
  const happened = watch === "outage" ? "There was an outage just then." : what;
  const isPassing = watch === "outage" || reason === "RATE_LIMITED";
  return (
    <Notice reason={reason} title={title} text={`${happened} ${isPassing ? hint : next}`}>
      <FaultActions reason={reason} onTryNow={onTryNow} onLeave={onDismiss} tryNow={again} isSmall />
      <p className="fault-code">
        <code>{reason}</code>
      </p>
    </Notice>
  );
}

interface NoticeProps {
  readonly reason: AppReason;
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}

function Notice({ reason, title, text, children }: NoticeProps) {
  useEffect(() => announce(`${title}. ${text}`), [title, text]);
  return (
    <div className="notice">
      <Icon name={iconOf(reason)} size={18} />
      <div className="notice-body">
        <h3 className="notice-title">{title}</h3>
        <p>{text}</p>
        {children}
      </div>
    </div>
  );
}

interface FaultActionsProps extends FaultProps {
  /** The person goes to another page; as `onTryNow`, where nothing else is said. */
  readonly onLeave?: () => void;
  /** What trying is called. */
  readonly tryNow?: string;
  readonly isSmall?: boolean;
}

function FaultActions({
  reason,
  onTryNow,
  onLeave = onTryNow,
  tryNow = LABELS.tryNow,
  isTrying = false,
  isSmall = false,
}: FaultActionsProps) {
  const { session, email, leave, beginSignIn, signOut } = useApp();
  const signInAgain = () => {
    const route = session.lastRoute();
    if (route === null) beginSignIn(email === null ? {} : { email });
    else leave(route);
  };
  const goTo = (path: string) => {
    navigate(path);
    onLeave();
  };
  const handlers: Record<FaultAction, () => void> = {
    tryNow: onTryNow,
    signInAgain,
    signInVerified: signInAgain,
    signInWithSso: () => {
      const address = email ?? session.lastRoute()?.login_hint;
      beginSignIn({ ...(address !== undefined && { email: address }), isSsoOnly: true });
    },
    signInDifferently: () => beginSignIn(),
    seeOrganizations: () => goTo("/organizations"),
    seeRuns: () => goTo("/"),
    signOut,
  };
  const actions: readonly FaultAction[] = faultFor(reason).actions;
  return (
    <div className="actions">
      {actions.map((action, index) => (
        <PendingButton
          key={action}
          className={`button ${index > 0 ? "button-plain" : isOutage(reason) ? "" : "button-primary"} ${isSmall ? "button-small" : ""}`}
          isPending={action === "tryNow" && isTrying}
          onPress={handlers[action]}
        >
          {action === "tryNow" ? tryNow : LABELS[action]}
        </PendingButton>
      ))}
    </div>
  );
}

function FaultCode({ reason, isTrying }: { readonly reason: AppReason; readonly isTrying: boolean }) {
  return (
    <p className="fault-code">
      {isOutage(reason) && (
        <span className="fault-watch" data-trying={isTrying || undefined}>
          Trying again by itself
        </span>
      )}
      <code>{reason}</code>
    </p>
  );
}

function iconOf(reason: AppReason): IconName {
  if (isOutage(reason)) return "cloud";
  return reason === "SSO_REQUIRED" || reason === "IDENTITY_BLOCKED" ? "lock" : "alert";
}
