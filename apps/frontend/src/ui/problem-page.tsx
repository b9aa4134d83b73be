import { useApp } from "./app-context.ts";
import { isOutage, problemFor } from "./error-reason.ts";
import { Icon, type IconName } from "./icon.tsx";
import { lastRoute } from "./last-route.ts";
import { PageHeading } from "./page.tsx";
import { navigate } from "./path.ts";
import { PendingButton } from "./pending-button.tsx";
import { type AppReason, LABELS, type ProblemAction } from "./problems.ts";

export interface ProblemProps {
  readonly reason: AppReason;
  readonly onTryNow: () => void;
  /** Whether a retry is in progress. */
  readonly isTrying?: boolean;
}

export interface ProblemPageProps extends ProblemProps {
  /** The name of the organization that the problem is about, if any. */
  readonly organization?: string | undefined;
}

/** Shown in place of the page that the user wanted. */
export function ProblemPage({ reason, onTryNow, isTrying = false, organization }: ProblemPageProps) {
  const { email } = useApp();
  const { title, what, next, watch } = problemFor(reason, { email, organization });
  return (
    <section className="problem">
      <span className="problem-icon" data-watch={watch}>
        <Icon name={iconOf(reason)} size={22} />
      </span>
      <PageHeading title={title} />
      <p className="problem-what">{what}</p>
      <p className="problem-next">{next}</p>
      <ProblemActions reason={reason} onTryNow={onTryNow} isTrying={isTrying} />
      <ProblemCode reason={reason} isTrying={isTrying} />
    </section>
  );
}

interface ProblemActionsProps extends ProblemProps {
  /** Called when the user goes to another page. Defaults to `onTryNow`. */
  readonly onLeave?: () => void;
  /** The label of the retry button. Null when the page already has one. */
  readonly tryNow?: string | null;
  readonly isSmall?: boolean;
}

export function ProblemActions({
  reason,
  onTryNow,
  onLeave = onTryNow,
  tryNow = LABELS.tryNow,
  isTrying = false,
  isSmall = false,
}: ProblemActionsProps) {
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
  const handlers: Record<ProblemAction, () => void> = {
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
  const actions = problemFor(reason).actions.filter((action) => action !== "tryNow" || tryNow !== null);
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

export function ProblemCode({
  reason,
  isTrying,
}: {
  readonly reason: AppReason;
  readonly isTrying: boolean;
}) {
  return (
    <p className="problem-code">
      {isOutage(reason) && (
        <span className="problem-watch" data-trying={isTrying || undefined}>
          Trying again automatically
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
