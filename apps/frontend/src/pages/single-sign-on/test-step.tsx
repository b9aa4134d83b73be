import { type Ref, useEffect, useRef } from "react";
import { Button } from "react-aria-components";
import { Badge } from "../../design/text/badge.tsx";
import { Time } from "../../design/text/time-ago.tsx";
import { type Connection, isEnabled } from "./connection/connection.ts";
import { PassedLadder, TestLadder } from "./connection/test-ladder.tsx";
import { type Trial, trialText } from "./connection/trial.ts";
import { focusStep } from "./focus-step.ts";
import { isTested, type StepState } from "./progress.ts";
import { Step } from "./step.tsx";
import type { ConnectionTest } from "./use-connection-test.ts";

interface TestStepProps {
  readonly connections: readonly Connection[];
  readonly state: StepState;
  readonly test: ConnectionTest;
  readonly nowMs: number;
  /** The connection of this sign-in, as far as the browser knows. */
  readonly signedInThrough: string | null;
}

/** A real sign-in in a window of its own, and what Platform makes of it, rule by rule. */
export function TestStep({ connections, state, test, nowMs, signedInThrough }: TestStepProps) {
  const enabled = connections.filter(isEnabled);
  const { trial } = test;
  const result = useRef<HTMLElement>(null);
  const isEnded = trial !== null && trial.kind !== "signingIn" && trial.kind !== "checking";
  useEffect(() => {
    if (isEnded) result.current?.focus();
  }, [isEnded]);
  const offered = trial === null || isEnded ? enabled : [];
  const body = enabled.length > 0 && (
    <>
      {trial && <TrialResult ref={result} trial={trial} />}
      <div className="sso-actions">
        {offered.map((connection, index) => (
          <Button
            key={connection.name}
            className={`button ${state === "next" && index === 0 ? "button-primary" : "button-small"}`}
            onPress={() => test.start(connection)}
          >
            Test {connection.displayName}
            {connection.testedAt !== null || trial?.connection.name === connection.name ? " again" : ""}
          </Button>
        ))}
        {trial && !isEnded && (
          <Button
            className="button button-small"
            onPress={() => {
              test.cancel();
              focusStep(3);
            }}
          >
            Cancel the test
          </Button>
        )}
      </div>
    </>
  );
  return (
    <Step title="Test" number={3} state={state} body={body}>
      <Summary enabled={enabled} state={state} nowMs={nowMs} signedInThrough={signedInThrough} />
    </Step>
  );
}

function Summary({
  enabled,
  state,
  nowMs,
  signedInThrough,
}: {
  enabled: readonly Connection[];
  state: StepState;
  nowMs: number;
  signedInThrough: string | null;
}) {
  const tested = enabled.find((each) => isTested(each, nowMs));
  const last = enabled.find(({ testedAt }) => testedAt !== null);
  if (tested?.testedAt) {
    return (
      <>
        {tested.displayName} passed <Time at={tested.testedAt} />.
      </>
    );
  }
  if (state === "next" && last?.testedAt) {
    return (
      <>
        {last.displayName} passed <Time at={last.testedAt} />. A test counts for 7 days, so test it again.
      </>
    );
  }
  const used = enabled.find(({ name }) => name === signedInThrough);
  const real = used
    ? `You have already signed in through ${used.displayName} yourself, which is needed as well.`
    : "The owner who requires it also has to sign in through it once.";
  return `Only needed before you require single sign-on. Sign in once in a window of its own: it changes nothing, and you stay signed in here. ${real}`;
}

function TrialResult({ trial, ref }: { readonly trial: Trial; readonly ref: Ref<HTMLElement> }) {
  const { state, tone, icon, text } = trialText(trial);
  return (
    <section ref={ref} className="sso-trial" tabIndex={-1} aria-label="Result of the test">
      <p className="sso-set-up-head">
        <Badge tone={tone} icon={icon}>
          {state}
        </Badge>
      </p>
      <p>{text}</p>
      {trial.kind === "judged" &&
        (trial.passed ? (
          <PassedLadder rungs={trial.rungs} checks={trial.checks} />
        ) : (
          <TestLadder rungs={trial.rungs} />
        ))}
    </section>
  );
}
