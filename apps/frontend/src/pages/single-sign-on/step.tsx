import type { ReactNode } from "react";
import { Icon } from "../../design/icon.tsx";
import { Badge } from "../../design/text/badge.tsx";
import { stepId } from "./focus-step.ts";
import type { StepState } from "./progress.ts";

interface StepProps {
  readonly title: string;
  readonly number: number;
  readonly state: StepState;
  /** One line about where it stands. */
  readonly children: ReactNode;
  /** What can be done. */
  readonly body?: ReactNode;
}

/** A step of the checklist. */
export function Step({ title, number, state, children, body }: StepProps) {
  return (
    <li className="sso-step" data-state={state} {...(state === "next" && { "aria-current": "step" })}>
      <span className="sso-mark" aria-hidden="true">
        {state === "done" ? <Icon name="check" size={14} /> : number}
      </span>
      <div className="sso-step-text">
        <div className="sso-step-head">
          <h2 id={stepId(number)} tabIndex={-1} className="sso-step-title">
            {title}
          </h2>
          {state === "done" && (
            <Badge tone="good" icon="check">
              Done
            </Badge>
          )}
          {state === "next" && (
            <Badge tone="accent" icon="forward">
              Next
            </Badge>
          )}
        </div>
        <p className="quiet">{children}</p>
        {body}
      </div>
    </li>
  );
}

/** Why something failed, next to the button that did it. */
export function Refused({ children }: { readonly children: string }) {
  return (
    <p className="sso-refused" role="alert">
      <Icon name="alert" size={14} />
      {children}
    </p>
  );
}

/** A fact that should be known before going on. */
export function Hint({ children }: { readonly children: ReactNode }) {
  return (
    <div className="notice sso-hint">
      <Icon name="alert" />
      <div className="notice-body">{children}</div>
    </div>
  );
}
