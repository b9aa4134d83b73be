import { useEffect, useRef } from "react";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import { CopyButton } from "../../design/text/copy-button.tsx";
import { problemFor } from "./error-reason.ts";
import { usePendingPress } from "./pending-press.ts";
import { iconOf, type ProblemProps } from "./problem-page.tsx";
import { useReport } from "./problem-report.tsx";
import { type AppReason, LABELS } from "./problems.ts";
import { reportText } from "./report.ts";

const HINT = "What you see may be out of date. Trying again automatically.";

/** A problem that passes by itself. The page below it stays readable and usable. */
export function OutageBar({ reason, error, onTryNow, isTrying = false }: ProblemProps) {
  const report = useReport(reason, error);
  const { isPending, press } = usePendingPress(isTrying, onTryNow);
  return (
    <section className="outage-bar" aria-label="Service status">
      <Icon name={iconOf(reason)} />
      <p className="outage-text">
        <strong>{problemFor(reason).title}.</strong> <span>{HINT}</span>
      </p>
      <code className="outage-code">{reason}</code>
      <CopyButton text={reportText(report)} what="details" />
      <PendingButton className="button button-small" isPending={isPending} onPress={press}>
        {LABELS.tryNow}
      </PendingButton>
    </section>
  );
}

/** Announces the begin and the end of an outage once, however its reason changes. `hasEnded` is false if a refusal follows. */
export function useAnnounceOutage(reason: AppReason | null, hasEnded: boolean): void {
  const title = useRef("");
  if (reason !== null) title.current = problemFor(reason).title;
  const wasOut = useRef(false);
  const isOut = reason !== null;
  useEffect(() => {
    if (isOut) announce(`${title.current}. ${HINT}`);
    else if (wasOut.current && hasEnded) announce("Working again");
    wasOut.current = isOut;
  }, [isOut, hasEnded]);
}
