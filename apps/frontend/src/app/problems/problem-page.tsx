import { PendingButton } from "../../design/fields/pending-button.tsx";
import type { IconName } from "../../design/icon.tsx";
import { navigate } from "../routing/path.ts";
import { useApp } from "../session/app-context.ts";
import { lastRoute } from "../session/last-route.ts";
import { AskToBeRestored, type RemovedFrom } from "./ask-to-be-restored.tsx";
import { isOutage, problemFor } from "./error-reason.ts";
import { usePendingPress } from "./pending-press.ts";
import { ProblemFrame } from "./problem-frame.tsx";
import { ProblemReport } from "./problem-report.tsx";
import { type AppReason, LABELS, type ProblemAction } from "./problems.ts";
import { useVerification } from "./use-verification.ts";
import { Verification } from "./verification-email.tsx";

export interface ProblemProps {
  readonly reason: AppReason;
  readonly onTryNow: () => void;
  /** Whether a retry is in progress. */
  readonly isTrying?: boolean;
  /** The error of the failed call, whose request id support can look up. */
  readonly error?: unknown;
}

export interface ProblemPageProps extends ProblemProps {
  /** The name of the organization that the problem is about, if any. */
  readonly organization?: string | undefined;
  /** Whether the user has left it themselves. */
  readonly hasLeft?: boolean;
  /** When they have, if that is known. */
  readonly leftAt?: string | undefined;
  /** In place of the usual buttons of the reason. */
  readonly actions?: readonly ProblemAction[];
  /** The organizations that have removed the user. Default: that of the token. */
  readonly removedFrom?: readonly RemovedFrom[];
}

/** Shown in place of the page that the user wanted. */
export function ProblemPage(props: ProblemPageProps) {
  const { reason, organization, hasLeft, leftAt, removedFrom = [null], error, ...trying } = props;
  const { email, config } = useApp();
  const { isEarly, verify } = useVerification(reason === "EMAIL_UNVERIFIED", trying.onTryNow);
  const { title, what, next, watch } = problemFor(reason, {
    email,
    organization,
    hasLeft,
    leftAt,
    wasRemoved: removedFrom.every((each) => each !== null),
  });
  const isChosen = isOwnChoice(reason, hasLeft);
  const canAsk = reason === "MEMBERSHIP_REMOVED" && !isChosen;
  return (
    <ProblemFrame icon={iconOf(reason, hasLeft)} watch={watch} title={title}>
      <p className="problem-what">{what}</p>
      <p className="problem-next">{next}</p>
      {canAsk &&
        removedFrom.map((each) => (
          <AskToBeRestored
            key={each?.id ?? "token"}
            organization={each}
            isNamed={removedFrom.length > 1}
            name={each?.name ?? organization}
          />
        ))}
      <ProblemActions
        reason={reason}
        verify={verify}
        isSecondary={canAsk}
        {...(isChosen && { actions: ["signInDifferently", "signOut"] })}
        {...trying}
      />
      {reason === "EMAIL_UNVERIFIED" && (
        <Verification url={config.emailVerificationUrl ?? null} isEarly={isEarly} />
      )}
      <ProblemWatch reason={reason} />
      {!isChosen && <ProblemReport reason={reason} error={error} />}
    </ProblemFrame>
  );
}

/** Whether the user has ended their membership themselves: nothing has gone wrong, and support has nothing to look up. */
export function isOwnChoice(reason: AppReason, hasLeft = false): boolean {
  return reason === "MEMBERSHIP_REMOVED" && hasLeft;
}

interface ProblemActionsProps extends Omit<ProblemProps, "error"> {
  /** Called when the user goes to another page. Defaults to `onTryNow`. */
  readonly onLeave?: () => void;
  /** Looks whether the address was verified meanwhile. Default: to sign in again. */
  readonly verify?: (otherwise: () => void) => unknown;
  /** The label of the retry button. Null when the page already has one. */
  readonly tryNow?: string | null;
  readonly isSmall?: boolean;
  /** Whether another button comes first. */
  readonly isSecondary?: boolean;
  /** In place of the usual ones of the reason. */
  readonly actions?: readonly ProblemAction[] | undefined;
}

export function ProblemActions({
  reason,
  onTryNow,
  onLeave = onTryNow,
  tryNow = LABELS.tryNow,
  isTrying = false,
  isSmall = false,
  isSecondary = false,
  verify = (otherwise) => otherwise(),
  actions: given = problemFor(reason).actions,
}: ProblemActionsProps) {
  const { email, leave, beginSignIn, signOut } = useApp();
  const { isPending, press } = usePendingPress(isTrying, onTryNow);
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
    tryNow: press,
    signInAgain,
    signInVerified: () => void verify(signInAgain),
    signInWithSso: () => {
      const address = email ?? lastRoute()?.login_hint;
      beginSignIn({ ...(address !== undefined && { email: address }), isSsoOnly: true });
    },
    signInDifferently: () => beginSignIn(),
    seeOrganizations: () => goTo("/organizations"),
    seeRuns: () => goTo("/"),
    signOut,
  };
  const actions = given.filter((action) => action !== "tryNow" || tryNow !== null);
  if (actions.length === 0) return null;
  return (
    <div className="actions">
      {actions.map((action, index) => (
        <PendingButton
          key={action}
          className={`button ${isSecondary || index > 0 ? "button-plain" : isOutage(reason) ? "" : "button-primary"} ${isSmall ? "button-small" : ""}`}
          isPending={action === "tryNow" && isPending}
          onPress={handlers[action]}
        >
          {action === "tryNow" ? tryNow : LABELS[action]}
        </PendingButton>
      ))}
    </div>
  );
}

/** Says that nobody has to press "Try now". */
export function ProblemWatch({ reason }: Pick<ProblemProps, "reason">) {
  if (!isOutage(reason)) return null;
  return <p className="problem-watch">Trying again automatically</p>;
}

export function iconOf(reason: AppReason, hasLeft?: boolean): IconName {
  if (isOwnChoice(reason, hasLeft)) return "out";
  if (isOutage(reason)) return "cloud";
  if (reason === "EMAIL_UNVERIFIED") return "mail";
  return reason === "SSO_REQUIRED" || reason === "IDENTITY_BLOCKED" ? "lock" : "alert";
}
