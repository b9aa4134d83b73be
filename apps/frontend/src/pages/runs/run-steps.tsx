import { type ReactNode, useContext, useRef } from "react";
import { BarProblem } from "../../app/problems/covered-notice.ts";
import { isPassing } from "../../app/problems/error-reason.ts";
import { plainText } from "../../design/text/plain-text.ts";
import { ActionFailure, RunActionButton } from "./run-action.tsx";
import { isWorking, StatusGlyph } from "./run-status.tsx";
import { STEP_TEXTS, stepState } from "./run-texts.ts";
import type { Run, Step } from "./runs-client.ts";
import { useActing } from "./use-runs.ts";

interface RunStepsProps {
  readonly organizationId: string;
  readonly run: Run;
}

/** The plan of a run: how far each step has come, what it has put out, and what the user can do about it. */
export function RunSteps({ organizationId, run }: RunStepsProps) {
  const title = useRef<HTMLHeadingElement>(null);
  const acting = useActing(organizationId, run.id);
  const mayAct = useMayAct();
  const canCancel = mayAct && (isWorking(run) || run.status === "waiting");
  return (
    <section className="card" aria-labelledby="steps">
      <div className="card-title run-steps-title">
        <h2 id="steps" ref={title} tabIndex={-1}>
          Steps
        </h2>
        {canCancel && <RunActionButton action="cancel" run={run} acting={acting} focusAfter={title} />}
      </div>
      {mayAct && run.status === "waiting" && (
        <div className="run-approval">
          <p>Check the summary below. The result is published when you approve.</p>
          <RunActionButton action="approve" run={run} acting={acting} isPrimary focusAfter={title} />
        </div>
      )}
      <p className="run-rules quiet">
        Each step is a fixed rule: the same document always gives the same result. No language model is asked.
      </p>
      {mayAct && <ActionFailure acting={acting} />}
      <ol className="run-steps">
        {run.steps.map((step) => (
          <StepItem key={step.name} run={run} step={step}>
            {mayAct && run.status === "failed" && step.status === "failed" && (
              <div className="run-step-action">
                {step.name !== run.steps[0]?.name && <p>The steps before are kept.</p>}
                <RunActionButton action="retry" run={run} acting={acting} isPrimary focusAfter={title} />
              </div>
            )}
          </StepItem>
        ))}
      </ol>
    </section>
  );
}

/** Whether the user still has access. The page stays readable without it. */
function useMayAct(): boolean {
  const reason = useContext(BarProblem);
  return reason === null || isPassing(reason);
}

interface StepItemProps {
  readonly run: Run;
  readonly step: Step;
  readonly children: ReactNode;
}

function StepItem({ run, step, children }: StepItemProps) {
  const { name, model } = STEP_TEXTS[step.name];
  const { glyph, text } = stepState(step, run);
  const isNow = glyph === "running" || glyph === "waiting";
  return (
    <li className="run-step" data-status={glyph} {...(isNow && { "aria-current": "step" as const })}>
      <StatusGlyph status={glyph} />
      <div className="run-step-body">
        <div className="run-step-head">
          <h3 className="run-step-name">{name}</h3>
          <span className="run-step-state">{text}</span>
        </div>
        {step.status !== "done" && <p className="run-step-model quiet">{model}</p>}
        {step.output !== undefined && (
          <div className="run-output" dir="auto">
            {plainText(step.output)}
          </div>
        )}
        {step.error !== undefined && <p className="run-step-error">{plainText(step.error)}</p>}
        {children}
      </div>
    </li>
  );
}
