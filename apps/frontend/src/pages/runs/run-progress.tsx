import { useRef } from "react";
import { plainText } from "../../design/text/plain-text.ts";
import { CancelFailure, CancelRun, useCancelling } from "./cancel-run.tsx";
import { isFinished, STATUS_NAMES, StatusGlyph } from "./run-status.tsx";
import type { Run } from "./runs-client.ts";

type Status = Run["status"];

export interface Step {
  readonly status: Status;
  readonly state: "done" | "now" | "later" | "ended";
}

const STEPS = ["queued", "running", "succeeded"] as const;
const STATE_NAMES = { done: "done", now: "now", later: "not yet", ended: "ended here" };

/** How far a run has come. Nobody knows at which step a cancelled one was, so it shows no step in between. */
export function stepsOf(status: Status): readonly Step[] {
  if (status === "cancelled") {
    return [
      { status: "queued", state: "done" },
      { status: "cancelled", state: "ended" },
    ];
  }
  const reached = STEPS.indexOf(status);
  return STEPS.map((step, index) => {
    const isDone = index < reached || status === "succeeded";
    return { status: step, state: isDone ? "done" : index === reached ? "now" : "later" };
  });
}

interface RunProgressProps {
  readonly organizationId: string;
  readonly run: Run;
}

export function RunProgress({ organizationId, run }: RunProgressProps) {
  const title = useRef<HTMLHeadingElement>(null);
  const cancelling = useCancelling(organizationId, run.id);
  return (
    <section className="card" aria-labelledby="progress">
      <div className="card-title run-progress-title">
        <h2 id="progress" ref={title} tabIndex={-1}>
          Progress
        </h2>
        {!isFinished(run) && <CancelRun cancelling={cancelling} focusAfter={title} />}
      </div>
      <ol className="steps">
        {stepsOf(run.status).map((step) => (
          <li
            key={step.status}
            className="step"
            data-state={step.state}
            {...(step.state === "now" && { "aria-current": "step" as const })}
          >
            <StatusGlyph status={glyphOf(step)} />
            {STATUS_NAMES[step.status]}
            <span className="visually-hidden">, {STATE_NAMES[step.state]}</span>
          </li>
        ))}
      </ol>
      {!isFinished(run) && <CancelFailure cancelling={cancelling} />}
    </section>
  );
}

function glyphOf({ status, state }: Step): Status {
  if (state === "done") return "succeeded";
  return state === "later" ? "queued" : status;
}

/** Has the same height before and after, so that nothing moves when the result arrives. */
export function RunResult({ run }: { readonly run: Run }) {
  return (
    <section className="card" aria-labelledby="result">
      <h2 id="result" className="card-title">
        Result
      </h2>
      <p className={run.result === undefined ? "run-result quiet" : "run-result"}>
        {run.result === undefined ? withoutResult(run.status) : <bdi>{plainText(run.result)}</bdi>}
      </p>
    </section>
  );
}

export function withoutResult(status: Status): string {
  if (status === "cancelled") return "Cancelled before there was a result.";
  if (status === "succeeded") return "This run has no stored result.";
  return "Appears here when the run has finished.";
}
