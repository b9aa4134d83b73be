import { useApp } from "./app-context.ts";
import { faultFor, isOutage } from "./fault-of.ts";
import type { AppReason, FaultAction } from "./faults.ts";
import { Icon, type IconName } from "./icon.tsx";
import { lastRoute } from "./last-route.ts";
import { PageHeading } from "./page.tsx";
import { navigate } from "./path.ts";
import { PendingButton } from "./pending-button.tsx";

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

export interface FaultPageProps extends FaultProps {
  /** The one that it is about, where it is about one. */
  readonly organization?: string | undefined;
}

/** Everything a person is told instead of the page they wanted. */
export function FaultPage({ reason, onTryNow, isTrying = false, organization }: FaultPageProps) {
  const { email } = useApp();
  const { title, what, next, watch } = faultFor(reason, { email, organization });
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

interface FaultActionsProps extends FaultProps {
  /** The person goes to another page; as `onTryNow`, where nothing else is said. */
  readonly onLeave?: () => void;
  /** What trying is called; null where it has a button already. */
  readonly tryNow?: string | null;
  readonly isSmall?: boolean;
}

export function FaultActions({
  reason,
  onTryNow,
  onLeave = onTryNow,
  tryNow = LABELS.tryNow,
  isTrying = false,
  isSmall = false,
}: FaultActionsProps) {
  const { email, leave, beginSignIn, signOut } = useApp();
  const signInAgain = () => {
    const route = lastRoute();
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
      const address = email ?? lastRoute()?.login_hint;
      beginSignIn({ ...(address !== undefined && { email: address }), isSsoOnly: true });
    },
    signInDifferently: () => beginSignIn(),
    seeOrganizations: () => goTo("/organizations"),
    seeRuns: () => goTo("/"),
    signOut,
  };
  const actions = faultFor(reason).actions.filter((action) => action !== "tryNow" || tryNow !== null);
  if (actions.length === 0) return null;
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

export function FaultCode({ reason, isTrying }: { readonly reason: AppReason; readonly isTrying: boolean }) {
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

export function iconOf(reason: AppReason): IconName {
  if (isOutage(reason)) return "cloud";
  return reason === "SSO_REQUIRED" || reason === "IDENTITY_BLOCKED" ? "lock" : "alert";
}
