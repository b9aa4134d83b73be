import { useContext, useEffect } from "react";
import { BarProblem, useIsCovered } from "../../app/problems/covered-notice.ts";
import { errorReason, problemFor } from "../../app/problems/error-reason.ts";
import { useRepeat } from "../../app/problems/polling.ts";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";

interface ListProblemProps {
  readonly error: Error;
  readonly isTrying: boolean;
  readonly onTryNow: () => void;
}

/** A bar above rows that could not be loaded again. It tries again by itself, also while the bar of an outage says it all. */
export function ListProblem({ error, isTrying, onTryNow }: ListProblemProps) {
  useRepeat(error, onTryNow, isTrying);
  const reason = errorReason(error);
  const bar = useContext(BarProblem);
  const isCovered = useIsCovered(bar ?? reason, isTrying);
  const text = `This list may be out of date. ${problemFor(reason).title}.`;
  useEffect(() => (isCovered ? undefined : announce(text)), [isCovered, text]);
  if (isCovered) return null;
  return (
    <div className="list-problem">
      <Icon name="cloud" />
      <p>{text}</p>
      <PendingButton className="button button-small" isPending={isTrying} onPress={onTryNow}>
        Try now
      </PendingButton>
    </div>
  );
}
