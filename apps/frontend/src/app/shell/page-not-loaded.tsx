import { useEffect } from "react";
import { Button } from "react-aria-components";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { isOffline } from "../../design/offline.ts";
import { ProblemFrame } from "../problems/problem-frame.tsx";
import { LABELS } from "../problems/problems.ts";

interface PageNotLoadedProps {
  /** Of the page, as in the navigation. */
  readonly name: string;
  readonly isOutdated: boolean;
  readonly isTrying: boolean;
  readonly onTryNow: () => void;
}

/** In place of a page whose code could not be loaded. */
export function PageNotLoaded({ name, isOutdated, isTrying, onTryNow }: PageNotLoadedProps) {
  const title = isOutdated ? "A new version is available" : `${name} could not be loaded`;
  const failed = isOffline() ? "You are offline." : "The server did not send it.";
  const next = isOutdated ? `Reload to open ${name}.` : `${failed} No action needed.`;
  useEffect(() => announce(`${title}. ${next}`), [title, next]);
  return (
    <ProblemFrame
      icon={isOutdated ? "alert" : "cloud"}
      watch={isOutdated ? undefined : "outage"}
      title={title}
    >
      <p className="problem-what">{next}</p>
      <div className="actions">
        {isOutdated ? (
          <Button className="button button-primary" onPress={() => location.reload()}>
            Reload
          </Button>
        ) : (
          <PendingButton className="button" isPending={isTrying} onPress={onTryNow}>
            {LABELS.tryNow}
          </PendingButton>
        )}
      </div>
      {!isOutdated && <p className="problem-watch">Trying again automatically</p>}
    </ProblemFrame>
  );
}
